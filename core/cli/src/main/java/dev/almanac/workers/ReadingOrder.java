package dev.almanac.workers;

/** In what order a worker looks IDs up. */
public enum ReadingOrder {
  /** As the file holds them: each ID once, neighbours in the file one after the other. */
  SEQUENTIAL,
  /** From an even sample of the file's IDs, in an order of each worker's own. */
  RANDOM
}
