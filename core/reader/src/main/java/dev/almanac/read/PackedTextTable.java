package dev.almanac.read;

import dev.almanac.format.IdShape;
import dev.almanac.format.Utf8;
import java.util.Arrays;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Lookups by text where the texts are numbers of an {@link IdShape}: makes the number, and looks
 * that up. What is not of the shape is absent without a look at the pages.
 */
final class PackedTextTable implements TextTable {
  /** How many texts of a batch become numbers before those are looked up. */
  static final int GROUP = 512;

  private final SealedFile file;
  private final IdShape shape;
  private final int longestIdBytes;
  // One of the two.
  private final @Nullable LongTable narrow;
  private final @Nullable WideTable wide;
  private final Scratch<Group> scratch;

  PackedTextTable(SealedFile file, IdShape shape) {
    this.file = file;
    this.shape = shape;
    this.longestIdBytes = shape.longestIdBytes();
    this.narrow = shape.isWide() ? null : LongTable.of(file);
    this.wide = shape.isWide() ? new WideTable(file) : null;
    this.scratch =
        new Scratch<>() {
          @Override
          Group make() {
            return new Group(longestIdBytes);
          }
        };
  }

  @Override
  public int longestIdBytes() {
    return longestIdBytes;
  }

  @Override
  public int code(CharSequence id) {
    if (!shape.isAscii()) {
      return TextTable.super.code(id);
    }
    long key = shape.key(id);
    long low = isWide() ? shape.low(id) : 0;
    return IdShape.isNone(key, low) && !shape.has(id) ? absent() : codeOf(key, low);
  }

  @Override
  public int code(byte[] bytes, int offset, int length) {
    long key = shape.key(bytes, offset, length);
    long low = isWide() ? shape.low(bytes, offset, length) : 0;
    return IdShape.isNone(key, low) && !shape.has(bytes, offset, length)
        ? absent()
        : codeOf(key, low);
  }

  @Override
  public int code(UUID id) {
    long key = shape.key(id);
    long low = isWide() ? shape.low(id) : 0;
    return IdShape.isNone(key, low) ? TextTable.super.code(id) : codeOf(key, low);
  }

  private boolean isWide() {
    return wide != null;
  }

  private int codeOf(long key, long low) {
    WideTable table = wide;
    return table == null ? narrow().code(key) : table.code(key, low);
  }

  private LongTable narrow() {
    return Objects.requireNonNull(narrow);
  }

  private int absent() {
    file.requireOpen();
    checkSeal();
    return -1;
  }

  private void checkSeal() {
    try {
      try {
        file.checkSealAfterwards();
      } catch (IllegalStateException | InternalError e) {
        throw file.explain(e);
      }
    } catch (InternalError late) {
      throw file.explain(late);
    }
  }

  @Override
  public void codes(CharSequence[] ids, int idsOffset, int[] codes, int codesOffset, int length) {
    Group group = scratch.take();
    for (int done = 0; done < length; done += GROUP) {
      int n = Math.min(GROUP, length - done);
      group.count = 0;
      for (int i = 0; i < n; i++) {
        add(group, ids[idsOffset + done + i], i);
      }
      lookUp(group, codes, codesOffset + done, n);
    }
    scratch.giveBack(group);
  }

  @Override
  public void codes(byte[] utf8, int[] starts, int[] ends, int[] codes, int count) {
    Group group = scratch.take();
    for (int done = 0; done < count; done += GROUP) {
      int n = Math.min(GROUP, count - done);
      group.count = 0;
      for (int i = 0; i < n; i++) {
        int start = starts[done + i];
        int length = ends[done + i] - start;
        Objects.checkFromIndexSize(start, length, utf8.length);
        add(group, utf8, start, length, i);
      }
      lookUp(group, codes, done, n);
    }
    scratch.giveBack(group);
  }

  private void add(Group group, CharSequence id, int place) {
    if (shape.isAscii()) {
      group.add(shape.encode(id, group.keys, group.lows, group.count), place);
    } else {
      add(group, group.text, 0, Utf8.encode(id, group.text, 0, longestIdBytes), place);
    }
  }

  private void add(Group group, byte[] text, int from, int length, int place) {
    group.add(shape.encode(text, from, length, group.keys, group.lows, group.count), place);
  }

  /** Looks up the numbers of a group of {@code n} texts, of which some may have none. */
  private void lookUp(Group group, int[] codes, int to, int n) {
    int count = group.count;
    boolean all = count == n;
    int[] found = all ? codes : group.codes;
    int foundAt = all ? to : 0;
    WideTable table = wide;
    if (table == null) {
      narrow().codes(group.keys, 0, found, foundAt, count);
    } else {
      table.codes(group.keys, group.lows, found, foundAt, count);
    }
    if (!all) {
      checkSeal();
      Arrays.fill(codes, to, to + n, -1);
      for (int i = 0; i < count; i++) {
        codes[to + group.places[i]] = group.codes[i];
      }
    }
  }

  /** Parts are pages. */
  @Override
  public int partCount() {
    return wide == null ? narrow().partCount() : wide.partCount();
  }

  @Override
  public TextCursor cursor(int fromPart, int toPart) {
    WideTable table = wide;
    return new PackedTextCursor(
        file,
        shape,
        table == null ? narrow().cursor(fromPart, toPart) : table.cursor(fromPart, toPart));
  }

  /** What a batch keeps of the texts of a group that are of the shape. */
  private static final class Group {
    final byte[] text;
    final long[] keys = new long[GROUP];
    final long[] lows = new long[GROUP];
    final int[] codes = new int[GROUP];

    /** Where in the group each text is. */
    final int[] places = new int[GROUP];

    int count;

    Group(int longestIdBytes) {
      text = new byte[longestIdBytes];
    }

    /** Counts the numbers of a text if it has some. */
    void add(boolean has, int place) {
      places[count] = place;
      count += has ? 1 : 0;
    }
  }
}
