package dev.almanac;

import java.time.LocalDate;

/** The distinct dates of a file, sorted by date, then text. Code order is date order. */
public final class DateDictionary {
  DateDictionary() {}

  public int size() {
    throw new UnsupportedOperationException();
  }

  public LocalDate date(int code) {
    throw new UnsupportedOperationException();
  }

  public String text(int code) {
    throw new UnsupportedOperationException();
  }

  public int code(LocalDate date) {
    throw new UnsupportedOperationException();
  }

  public int floor(LocalDate date) {
    throw new UnsupportedOperationException();
  }

  public int ceiling(LocalDate date) {
    throw new UnsupportedOperationException();
  }
}
