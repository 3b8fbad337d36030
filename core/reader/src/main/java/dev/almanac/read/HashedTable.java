package dev.almanac.read;

import dev.almanac.format.HashedPages;
import java.nio.MappedByteBuffer;

/**
 * Lookups in {@link HashedPages}. The bucket is computed, so a lookup waits for one cache line; its
 * tags say which slot to compare, and whether there is one.
 */
final class HashedTable extends Buckets implements LongTable {
  private final Scratch<Group> scratch =
      new Scratch<>() {
        @Override
        Group make() {
          return new Group();
        }
      };

  HashedTable(SealedFile file) {
    super(file);
  }

  @Override
  public int code(long id) {
    try {
      try {
        MappedByteBuffer window = file.onlyWindow();
        long key = id - firstKey;
        if (window != null && !isOutside(key)) {
          long mixed = pages.mixHigh(key);
          int bucket = (int) pages.offset(pages.bucketOfHigh(mixed));
          int code = likelyCode(window, bucket, pages.remainder(mixed));
          if (code >= 0) {
            file.checkSealAfter(code, window);
            return code;
          }
          if (code == ABSENT) {
            file.checkSealAfterwards();
            return ABSENT;
          }
        }
        return exactCode(file.regions(), key);
      } catch (IndexOutOfBoundsException | IllegalStateException | InternalError e) {
        throw file.explain(e);
      }
    } catch (InternalError late) {
      throw file.explain(late);
    }
  }

  private int exactCode(MappedByteBuffer[] windows, long key) {
    int code = isOutside(key) ? absentOutside(windows) : findExactly(windows, pages.mixHigh(key));
    file.checkSealAfterwards();
    return code;
  }

  /**
   * In groups and each group in steps: compute where the buckets are, touch those, then compare. A
   * step that touches memory does next to nothing else, because a processor looks only some hundred
   * instructions ahead for the next miss to start.
   */
  @Override
  public void codes(long[] ids, int idsOffset, int[] codes, int codesOffset, int length) {
    try {
      try {
        Group group = scratch.take();
        MappedByteBuffer[] windows = file.regions();
        for (int done = 0; done < length; done += Group.SIZE) {
          int n = Math.min(Group.SIZE, length - done);
          codesOfGroup(windows, group, ids, idsOffset + done, codes, codesOffset + done, n);
          file.checkSealAfterwards();
        }
        scratch.giveBack(group);
        file.endBatch();
      } catch (IndexOutOfBoundsException | IllegalStateException | InternalError e) {
        throw file.explain(e);
      }
    } catch (InternalError late) {
      throw file.explain(late);
    }
  }

  private void codesOfGroup(
      MappedByteBuffer[] windows, Group group, long[] ids, int from, int[] codes, int to, int n) {
    long[] offsets = group.offsets;
    long[] remainders = group.remainders;
    for (int i = 0; i < n; i++) {
      long mixed = pages.mixHigh(ids[from + i] - firstKey);
      offsets[i] = pages.offset(pages.bucketOfHigh(mixed));
      remainders[i] = pages.remainder(mixed);
    }
    MappedByteBuffer window = windows.length == 1 ? windows[0] : null;
    if (window != null) {
      group.touch(window, n);
    } else {
      group.touch(windows, n);
    }
    for (int i = 0; i < n; i++) {
      long key = ids[from + i] - firstKey;
      int code = window == null ? UNKNOWN : likelyCode(window, (int) offsets[i], remainders[i]);
      codes[to + i] =
          isOutside(key)
              ? ABSENT
              : code != UNKNOWN ? code : findExactly(windows, pages.mixHigh(key));
    }
  }

  @Override
  public int partCount() {
    return pageCount;
  }

  @Override
  public LongCursor cursor(int fromPart, int toPart) {
    return new Cursor(fromPart, toPart);
  }

  /** Bucket after bucket; an ID is put together from its slot and its home. */
  private final class Cursor extends LongCursor {
    private final Walk walk;

    Cursor(int fromPage, int toPage) {
      super(file);
      this.walk = new Walk(fromPage, toPage);
    }

    @Override
    int fill() {
      int count = walk.read(ids, codes);
      for (int i = 0; i < count; i++) {
        ids[i] += firstKey;
      }
      return count;
    }
  }
}
