package com.example.invoices;

import java.math.BigDecimal;

/** A line of the input: {@code number|order|amount}. */
record Invoice(String number, long orderId, BigDecimal amount) {}
