package dev.almanac.build.pages;

import dev.almanac.build.workspace.Spool;
import dev.almanac.format.Mix;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Objects;

/**
 * Writes the codes of blocks, see {@link dev.almanac.format.Directory}, as direct pages. A
 * partition is a range of mixed block numbers, and so of block indexes.
 */
public final class BlockPageWriter extends DirectPageWriter {
  private final long firstKey;
  private final int blockBits;
  private final long placeMask;
  private final Mix mix;
  private final long[] firstBlocks;
  private final KeySpooler blocks;

  /**
   * @param firstBlocks as {@code Entries.countBlocks} has it
   * @param blocks takes the number of each block, with its index for a code, as a key of the
   *     directory
   */
  public BlockPageWriter(
      KeySource source,
      PagePlan plan,
      Place place,
      FileChannel file,
      long[] firstBlocks,
      Spool blocks) {
    super(source, plan, place, file);
    this.firstKey = plan.pages().firstKey();
    this.blockBits = plan.blockBits();
    this.placeMask = (1L << blockBits) - 1;
    this.mix = plan.mix();
    this.firstBlocks = firstBlocks;
    this.blocks = new KeySpooler(blocks, Objects.requireNonNull(plan.directory()));
  }

  /** Of the first code of a block: pages and partitions begin at different ones. */
  @Override
  long firstByte(int partition) {
    int pageBits = plan.pages().pageBits();
    long index =
        partition == plan.partitionCount()
            ? (long) plan.pageCount() << pageBits
            : firstBlocks[partition] << blockBits;
    long inPage = index & (1L << pageBits) - 1;
    return (index >>> pageBits) * place.entryBytes()
        + (inPage == 0 ? 0 : place.dataAt() + inPage * plan.pages().codeBits() / Byte.SIZE);
  }

  /** Brings keys into the order of their blocks, and then turns them into indexes. */
  @Override
  boolean prepare(int partition) throws IOException {
    for (int i = 0; i < count; i++) {
      long key = keys[i] - firstKey;
      keys[i] = mix.mix(key >>> blockBits) << blockBits | key & placeMask;
    }
    sortKeys();
    long index = firstBlocks[partition] - 1;
    long last = -1;
    for (int i = 0; i < count; i++) {
      long mixed = keys[i] >>> blockBits;
      if (mixed != last) {
        last = mixed;
        index++;
        // Less than 2^28: see PagePlan.
        blocks.add(mix.unmix(mixed), 0, (int) index);
      }
      keys[i] = index << blockBits | keys[i] & placeMask;
    }
    return true;
  }

  /** Writes the blocks that wait. */
  public void flushBlocks() throws IOException {
    blocks.flush();
  }
}
