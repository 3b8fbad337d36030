package dev.almanac.benchmarks.stores;

import java.util.Locale;

/** What the IDs of the generated rows look like. */
public enum Ids {
  /** 0, 1, 2 and so on, as row numbers and automatic keys are. */
  DENSE,
  /** 64-bit numbers of both signs without any pattern. */
  SPARSE,
  /** Order numbers, {@code ORD-0000001f-IB}. */
  TEXT;

  /** The kind that a command line names in small letters. */
  public static Ids named(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }
}
