package dev.almanac.benchmarks.stores;

import java.util.Locale;

/** What the IDs of the generated rows look like. */
public enum Ids {
  /** 0, 1, 2 and so on, as row numbers and automatic keys are. */
  DENSE(false),
  /** 64-bit numbers of both signs without any pattern. */
  SPARSE(false),
  /** Random numbers of ten digits, as account numbers are. */
  ACCOUNTS(false),
  /** Runs of 100 consecutive numbers, scattered over a range of 10^13. */
  CLUSTERED(false),
  /** Order numbers, {@code ORD-0000001f-IB}. */
  TEXT(true),
  /** Customer numbers, {@code CUST-00000042}, without a gap. */
  CUSTOMERS(true),
  /** Random UUIDs in small letters. */
  UUIDS(true),
  /** Addresses, {@code kqzv.3f9c0a1b2d4e5f60@mail7.example}: just within 128 bits. */
  ADDRESSES(true),
  /** E-mail addresses, {@code kqzvbn.hcwqpzrtubmaxe@blqwz.example}: too varied for 128 bits. */
  EMAILS(true);

  private final boolean text;

  Ids(boolean text) {
    this.text = text;
  }

  /** Whether the IDs are texts. */
  public boolean isText() {
    return text;
  }

  /** The kind that a command line names in small letters. */
  public static Ids named(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }
}
