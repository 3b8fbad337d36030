package dev.almanac.benchmarks.experiment;

import dev.almanac.benchmarks.stores.Ids;
import java.util.List;

/**
 * A way to give ten processes the dates.
 *
 * @param name as in options and results
 * @param label as in tables
 * @param kind what it takes to run it
 * @param sharedBytesPerRow memory that all workers share, for each row; estimated on the high side,
 *     to find out what fits
 * @param workerBytesPerRow memory of each worker's own, likewise
 * @param heapBytesPerRow the heap that a worker JVM needs for each row; the most of any number of
 *     rows, as tables double
 * @param heapMegabytes the heap that it needs besides
 */
record Case(
    String name,
    String label,
    Kind kind,
    int sharedBytesPerRow,
    int workerBytesPerRow,
    int heapBytesPerRow,
    int heapMegabytes) {

  enum Kind {
    /** The parent loads the rows and forks the workers. */
    PYTHON,
    /** Each worker JVM loads the rows. */
    HEAP,
    /** Each worker JVM opens a copy of a stock Chronicle Map. */
    CHRONICLE_COPIES,
    /** All worker JVMs open one stock Chronicle Map. */
    CHRONICLE_SHARED,
    /**
     * All worker JVMs open one stock Chronicle Map, mapped so that what one writes is copied for
     * it.
     */
    CHRONICLE_PRIVATE,
    /** All worker JVMs open one sealed file. */
    ALMANAC,
    /** Threads of one JVM read one sealed file. */
    ALMANAC_THREADS
  }

  static final List<Case> ALL =
      List.of(
          new Case("python-plain", "Python dictionary", Kind.PYTHON, 170, 125, 0, 0),
          new Case(
              "python-interned", "Python dictionary, dates interned", Kind.PYTHON, 120, 4, 0, 0),
          new Case(
              "hashmap-strings", "`HashMap<String, String>` each", Kind.HEAP, 0, 150, 150, 112),
          new Case(
              "hashmap-strings-interned",
              "`HashMap<String, String>` each, dates interned",
              Kind.HEAP,
              0,
              95,
              95,
              112),
          new Case("hashmap-dates", "`HashMap<Long, LocalDate>` each", Kind.HEAP, 0, 95, 95, 112),
          new Case("fastutil", "fastutil `Long2ShortOpenHashMap` each", Kind.HEAP, 0, 27, 27, 112),
          new Case(
              "chronicle-strings",
              "stock Chronicle Map, text to text, a copy each",
              Kind.CHRONICLE_COPIES,
              60,
              60,
              0,
              160),
          new Case(
              "chronicle-codes",
              "stock Chronicle Map, number to code, a copy each",
              Kind.CHRONICLE_COPIES,
              22,
              22,
              0,
              160),
          new Case(
              "chronicle-codes-shared",
              "stock Chronicle Map, number to code, one writable file",
              Kind.CHRONICLE_SHARED,
              22,
              1,
              0,
              160),
          new Case(
              "chronicle-codes-private",
              "stock Chronicle Map, number to code, private mappings",
              Kind.CHRONICLE_PRIVATE,
              22,
              2,
              0,
              160),
          new Case("almanac", "Almanac", Kind.ALMANAC, 4, 0, 0, 8),
          new Case("almanac-text", "Almanac, text IDs", Kind.ALMANAC, 40, 0, 0, 16),
          new Case("almanac-orders", "Almanac, order numbers as text", Kind.ALMANAC, 40, 0, 0, 16),
          new Case(
              "almanac-threads", "Almanac, threads of one JVM", Kind.ALMANAC_THREADS, 4, 0, 0, 16));

  /** What the IDs of its rows look like. Where they are dense, text IDs are their decimals. */
  Ids ids() {
    return name.equals("almanac-orders") ? Ids.TEXT : Ids.DENSE;
  }

  /** Whether it looks texts up. */
  boolean hasTextIds() {
    return name.equals("almanac-text") || ids().isText();
  }

  /** The memory that it takes, in bytes. */
  long bytes(long rowCount, int workerCount) {
    return rowCount * (sharedBytesPerRow + (long) workerCount * workerBytesPerRow)
        + (long) workerCount * (heapMegabytes + 40) * 1_000_000;
  }

  /** The rows that fit into some memory. */
  long rowsThatFit(long bytes, int workerCount) {
    return (bytes - bytes(0, workerCount))
        / Math.max(1, bytes(1, workerCount) - bytes(0, workerCount));
  }

  static Case named(String name) {
    return ALL.stream()
        .filter(each -> each.name.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "A case goes by one of the names %s; name=%s"
                        .formatted(ALL.stream().map(Case::name).toList(), name)));
  }
}
