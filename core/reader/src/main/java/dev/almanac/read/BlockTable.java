package dev.almanac.read;

import dev.almanac.format.DirectPages;
import dev.almanac.format.Directory;
import dev.almanac.format.Footer;
import java.nio.MappedByteBuffer;
import java.util.Objects;

/**
 * Lookups in blocks: a {@link Directory} says which block a number lies in, if any, and its code
 * lies there as in {@link DirectPages}. Two cache lines, one after the other.
 */
final class BlockTable extends Buckets implements LongTable {
  private final Scratch<BlockGroup> scratch =
      new Scratch<>() {
        @Override
        BlockGroup make() {
          return new BlockGroup();
        }
      };
  private final DirectTable codes;
  private final DirectPages places;
  private final int blockBits;
  private final long placeMask;
  private final int blockCount;

  BlockTable(SealedFile file) {
    super(file);
    Footer footer = file.footer();
    Directory directory = Objects.requireNonNull(footer.pages().directory());
    this.codes = new DirectTable(file);
    this.places = new DirectPages(footer.pages());
    this.blockBits = directory.blockBits();
    this.placeMask = (1L << blockBits) - 1;
    this.blockCount = directory.blockCount();
  }

  @Override
  public int code(long id) {
    try {
      try {
        MappedByteBuffer window = file.onlyWindow();
        long key = id - firstKey;
        if (window != null && !isOutside(key)) {
          long mixed = pages.mixHigh(key >>> blockBits);
          int code = likelyCode(window, bucket(mixed), pages.remainder(mixed));
          if (code >= 0) {
            long index = index(code, key);
            code = codes.codeAt(window, (int) places.offset(index), places.shift(index));
          }
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

  /** Where the bucket of a mixed block lies in the last window, which is that of the directory. */
  private int bucket(long mixed) {
    return firstOffset + (int) pages.offset(pages.bucketOfHigh(mixed));
  }

  /** The index of the code of a key in a block. */
  private long index(int block, long key) {
    return ((long) block << blockBits) + (key & placeMask);
  }

  private int exactCode(MappedByteBuffer[] windows, long key) {
    int code = absentOutside(windows);
    if (!isOutside(key)) {
      int block = findExactly(windows, pages.mixHigh(key >>> blockBits));
      code = block < 0 ? ABSENT : codes.codeAt(windows, index(block, key));
    }
    file.checkSealAfterwards();
    return code;
  }

  /**
   * In groups and each group in steps, as {@link HashedTable#codes}: touch the buckets of the
   * directory; find the blocks; touch their codes; read those.
   */
  @Override
  public void codes(long[] ids, int idsOffset, int[] codes, int codesOffset, int length) {
    try {
      try {
        BlockGroup group = scratch.take();
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
      MappedByteBuffer[] windows,
      BlockGroup group,
      long[] ids,
      int from,
      int[] found,
      int to,
      int n) {
    findBlocks(windows, group, ids, from, n);
    long[] indexes = group.indexes;
    if (windows.length == 1) {
      MappedByteBuffer window = windows[0];
      group.touch(window, n);
      for (int i = 0; i < n; i++) {
        long index = indexes[i];
        found[to + i] =
            index < 0 ? ABSENT : codes.codeAt(window, (int) group.offsets[i], places.shift(index));
      }
    } else {
      group.touch(windows, n);
      for (int i = 0; i < n; i++) {
        found[to + i] = indexes[i] < 0 ? ABSENT : codes.codeAt(windows, indexes[i]);
      }
    }
  }

  /** Sets the index of each code and where it lies. */
  private void findBlocks(
      MappedByteBuffer[] windows, BlockGroup group, long[] ids, int from, int n) {
    long[] remainders = group.remainders;
    long[] offsets = group.offsets;
    for (int i = 0; i < n; i++) {
      long mixed = pages.mixHigh(ids[from + i] - firstKey >>> blockBits);
      offsets[i] = bucket(mixed);
      remainders[i] = pages.remainder(mixed);
    }
    MappedByteBuffer directory = windows[windows.length - 1];
    group.touch(directory, n);
    for (int i = 0; i < n; i++) {
      long key = ids[from + i] - firstKey;
      int block = ABSENT;
      if (!isOutside(key)) {
        block = likelyCode(directory, (int) offsets[i], remainders[i]);
        if (block == UNKNOWN) {
          block = findExactly(windows, pages.mixHigh(key >>> blockBits));
        }
      }
      group.indexes[i] = block < 0 ? ABSENT : index(block, key);
      offsets[i] = block < 0 ? 0 : places.offset(group.indexes[i]);
    }
  }

  /** Parts are pages of the directory. */
  @Override
  public int partCount() {
    return pageCount;
  }

  @Override
  public LongCursor cursor(int fromPart, int toPart) {
    return new Cursor(fromPart, toPart);
  }

  /** Block after block, and the codes of each. */
  private final class Cursor extends LongCursor {
    private final Walk walk;
    private final long[] blockKeys = new long[AHEAD];
    private final int[] blocks = new int[AHEAD];
    private int blocksRead;
    private int nextBlock;
    private int blocksLeft = blockCount;
    private long firstId;
    private long index;
    private long end;

    Cursor(int fromPage, int toPage) {
      super(file);
      this.walk = new Walk(fromPage, toPage);
    }

    @Override
    int fill() {
      MappedByteBuffer[] windows = file.regions();
      int count = 0;
      while (count == 0 && (index < end || nextBlock())) {
        long stop = Math.min(end, index + AHEAD);
        for (; index < stop; index++) {
          int found = BlockTable.this.codes.codeAt(windows, index);
          ids[count] = firstId + (index & placeMask);
          codes[count] = found;
          count += found >= 0 ? 1 : 0;
        }
        file.checkSealAfterwards();
      }
      return count;
    }

    private boolean nextBlock() {
      if (nextBlock == blocksRead) {
        blocksRead = walk.read(blockKeys, blocks);
        nextBlock = 0;
        if (blocksRead == 0) {
          return false;
        }
      }
      if (blocksLeft-- == 0) {
        // A forged directory would make a walk longer than the file.
        throw file.corrupt(
            "a directory must have as many blocks as the footer says: blockCount=" + blockCount);
      }
      firstId = firstKey + (blockKeys[nextBlock] << blockBits);
      index = (long) blocks[nextBlock++] << blockBits;
      end = index + placeMask + 1;
      return true;
    }
  }

  /** With the indexes of the codes, negative ones of absent IDs. */
  private static final class BlockGroup extends Group {
    final long[] indexes = new long[SIZE];
  }
}
