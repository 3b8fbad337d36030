package dev.almanac.read;

import dev.almanac.format.IdShape;
import dev.almanac.format.Utf8;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Lookups by text where the texts are numbers of an {@link IdShape}: makes the number, and looks
 * that up. What is not of the shape is absent without a look at the pages.
 */
final class PackedTextTable implements TextTable {
  /** How many texts of a batch become numbers before those are looked up. */
  static final int GROUP = 512;

  /**
   * The number of a text on its way from the shape to the table, of each thread. JDK types alone,
   * so that a thread of a container keeps no class of this library.
   */
  private static final ThreadLocal<long @Nullable [][]> NUMBER = new ThreadLocal<>();

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

  private static long[][] number() {
    long[][] number = NUMBER.get();
    if (number == null) {
      number = new long[2][1];
      NUMBER.set(number);
    }
    return number;
  }

  @Override
  public int code(CharSequence id) {
    long[][] number = number();
    int found = shape.encode(id, number[0], number[1], 0);
    if (found < 0) {
      return TextTable.super.code(id);
    }
    return found == 0 ? absent() : codeOf(number);
  }

  @Override
  public int code(byte[] bytes, int offset, int length) {
    long[][] number = number();
    return shape.encode(bytes, offset, length, number[0], number[1], 0) ? codeOf(number) : absent();
  }

  private int codeOf(long[][] number) {
    WideTable table = wide;
    return table == null ? narrow().code(number[0][0]) : table.code(number[0][0], number[1][0]);
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
        CharSequence id = ids[idsOffset + done + i];
        int found = shape.encode(id, group.keys, group.lows, group.count);
        if (found < 0) {
          int bytes = Utf8.encode(id, group.text, 0, longestIdBytes);
          add(group, group.text, 0, bytes, i);
        } else {
          group.places[group.count] = i;
          group.count += found;
        }
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

  private void add(Group group, byte[] text, int from, int length, int place) {
    int at = group.count;
    group.places[at] = place;
    group.count += shape.encode(text, from, length, group.keys, group.lows, at) ? 1 : 0;
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
  }
}
