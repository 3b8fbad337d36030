package dev.almanac.benchmarks.stores;

/** What the IDs of the generated rows look like. */
public enum Ids {
  /** 0, 1, 2 and so on, as row numbers and automatic keys are. */
  DENSE,
  /** 64-bit numbers of both signs without any pattern. */
  SPARSE,
  /** Order numbers, {@code ORD-0000001f-IB}. */
  TEXT
}
