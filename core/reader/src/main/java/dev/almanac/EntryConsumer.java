package dev.almanac;

/** Takes the entries of a file of numbers, see {@link Almanac#forEach}. */
@FunctionalInterface
public interface EntryConsumer {
  /** Takes one entry: an ID and its date code. */
  void accept(long id, int code);
}
