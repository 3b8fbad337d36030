package com.example.invoices;

import java.time.LocalDate;

/** An invoice with the date of its order, which is null if the order is not known. */
record DatedInvoice(Invoice invoice, LocalDate orderDate) {
  String line() {
    return String.join(
        "|",
        invoice.number(),
        Long.toString(invoice.orderId()),
        invoice.amount().toPlainString(),
        orderDate == null ? "" : orderDate.toString());
  }
}
