package dev.almanac.read;

import dev.almanac.format.IdShape;
import dev.almanac.format.Utf8;
import java.util.UUID;

/**
 * Lookups by text, one class for each way in which a file holds texts. For any number of threads.
 *
 * <p>What no ID of the file can be is absent: an empty text, one too long, one with a lone
 * surrogate.
 */
public interface TextTable {
  /** The table of a file of text IDs. */
  static TextTable of(SealedFile file) {
    IdShape shape = file.shape();
    return shape == null ? new EntriesTextTable(file) : new PackedTextTable(file, shape);
  }

  /** The length of the longest ID of the file, in bytes. */
  int longestIdBytes();

  /** The date code of an ID that is given as its UTF-8 bytes, or -1. */
  int code(byte[] bytes, int offset, int length);

  /** The date code of an ID, or -1. */
  default int code(CharSequence id) {
    byte[] bytes = IdBytes.take(longestIdBytes());
    int length = Utf8.encode(id, bytes, 0, longestIdBytes());
    IdBytes.giveBack(bytes);
    return code(bytes, 0, length);
  }

  /** The date code of an ID that is given as a number and stored as its canonical decimal. */
  default int code(long id) {
    byte[] bytes = IdBytes.take(Utf8.MAX_DECIMAL_BYTES);
    int length = Utf8.encodeDecimal(id, bytes);
    IdBytes.giveBack(bytes);
    return code(bytes, 0, length);
  }

  /** The date code of an ID that is given as a UUID and stored as {@link UUID#toString} has it. */
  default int code(UUID id) {
    byte[] bytes = IdBytes.take(Utf8.UUID_BYTES);
    Utf8.encodeUuid(id, bytes);
    IdBytes.giveBack(bytes);
    return code(bytes, 0, Utf8.UUID_BYTES);
  }

  /** The codes of {@code length} IDs. */
  void codes(CharSequence[] ids, int idsOffset, int[] codes, int codesOffset, int length);

  /** The codes of {@code count} IDs that lie in {@code utf8}, each from its start to its end. */
  void codes(byte[] utf8, int[] starts, int[] ends, int[] codes, int count);

  /** How many parts the file has: segments or pages. */
  int partCount();

  /** The entries of some parts of the file, in its order. */
  TextCursor cursor(int fromPart, int toPart);

  /** The entries of the file, in its order. */
  default TextCursor cursor() {
    return cursor(0, partCount());
  }
}
