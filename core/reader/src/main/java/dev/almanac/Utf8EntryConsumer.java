package dev.almanac;

/** Takes the entries of a file of text IDs as UTF-8, see {@link Entries#forEachUtf8}. */
@FunctionalInterface
public interface Utf8EntryConsumer {
  /**
   * Takes one entry. The ID is in {@code utf8}, from {@code from} to before {@code to}; the array
   * must not be written, and holds the ID only during the call.
   */
  void accept(byte[] utf8, int from, int to, int code);
}
