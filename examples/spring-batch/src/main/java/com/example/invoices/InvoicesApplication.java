package com.example.invoices;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Runs the job; exits with a status other than 0 if it did not complete. */
@SpringBootApplication
public class InvoicesApplication {
  public static void main(String[] arguments) {
    System.exit(
        SpringApplication.exit(SpringApplication.run(InvoicesApplication.class, arguments)));
  }
}
