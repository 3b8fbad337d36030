package dev.almanac;

/** Takes the entries of a file of text IDs, see {@link Almanac#forEachText}. */
@FunctionalInterface
public interface TextEntryConsumer {
  /** Takes one entry: an ID and its date code. */
  void accept(String id, int code);
}
