package dev.almanac.read;

import dev.almanac.format.IdShape;

/** Walks the numbers of a file of packed texts. Makes a text only when it is asked for. */
final class PackedTextCursor extends TextCursor {
  private static final int NOT_MADE = 0;

  private final SealedFile file;
  private final IdShape shape;
  private final LongCursor numbers;
  private final byte[] text;
  private int length;

  PackedTextCursor(SealedFile file, IdShape shape, LongCursor numbers) {
    this.file = file;
    this.shape = shape;
    this.numbers = numbers;
    this.text = new byte[shape.longestIdBytes()];
  }

  @Override
  public boolean next() {
    length = NOT_MADE;
    return numbers.next();
  }

  @Override
  public int code() {
    return numbers.code();
  }

  @Override
  public byte[] idBytes() {
    idLength();
    return text;
  }

  @Override
  public int idOffset() {
    return 0;
  }

  @Override
  public int idLength() {
    if (length == NOT_MADE) {
      int made = shape.decode(numbers.id(), numbers.low(), text, 0);
      if (made < 0) {
        throw file.corrupt(
            "a key must be the number of a text: key="
                + Long.toHexString(numbers.id())
                + " low="
                + Long.toHexString(numbers.low()));
      }
      length = made;
    }
    return length;
  }
}
