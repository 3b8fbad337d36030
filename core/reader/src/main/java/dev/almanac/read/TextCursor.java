package dev.almanac.read;

import java.nio.charset.StandardCharsets;

/**
 * Walks the entries of a file of text IDs in its order, reading a stretch of them ahead, see {@link
 * LongCursor}. For one thread.
 */
public abstract class TextCursor {
  TextCursor() {}

  /** Moves to the next entry; false after the last. */
  public abstract boolean next();

  /** The date code of the current entry. */
  public abstract int code();

  /** Holds the current entry's ID from {@link #idOffset()} on; changes with the next entry. */
  public abstract byte[] idBytes();

  /** Where the current entry's ID begins in {@link #idBytes()}. */
  public abstract int idOffset();

  /** How many bytes the current entry's ID takes. */
  public abstract int idLength();

  /** The ID of the current entry. */
  public final String id() {
    return new String(idBytes(), idOffset(), idLength(), StandardCharsets.UTF_8);
  }
}
