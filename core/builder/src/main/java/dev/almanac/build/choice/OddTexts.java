package dev.almanac.build.choice;

import dev.almanac.build.BuildRemark;
import dev.almanac.build.workspace.Parallel;
import dev.almanac.build.workspace.Spool;
import dev.almanac.format.Footer;
import dev.almanac.format.IdShape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Finds the few text IDs without which the others could be stored as numbers. A sample gives the
 * shape of most IDs. Then the rows of another shape are counted.
 */
public final class OddTexts {
  /** Rows of the sample: some partitions of a hash of the ID, so that any row may be in it. */
  private static final int SAMPLE_ROWS = 1 << 14;

  /** A byte at its position is rare if no more than this part of the sample has it there. */
  private static final int RARE_PART = 1 << 10;

  /** More than this part of the rows are not few. */
  private static final int FEW_PART = 100;

  private final Spool rows;

  private OddTexts(Spool rows) {
    this.rows = rows;
  }

  /** The remark about such IDs; null if there are no such IDs, or too many, or a base has some. */
  public static @Nullable BuildRemark find(SpooledRows rows, Parallel threads, InputLedger ledger)
      throws IOException {
    OddTexts texts = new OddTexts(rows.spool());
    IdShape common = texts.hasNumbers() ? null : texts.common();
    Found found = common == null ? new Found() : texts.count(common, threads);
    if (found.count == 0
        || found.count > rows.textRowCount() / FEW_PART
        || RowPosition.isBase(found.position)) {
      return null;
    }
    return RowRemarks.remark(
        BuildRemark.Kind.ID_UNLIKE_OTHERS,
        found.count,
        found.count == 1 ? "row" : "rows",
        "first id=" + found.text,
        ledger.source(found.position) + " line=" + ledger.line(found.position));
  }

  /** Rows that are unlike the others, and the first of them. */
  private static final class Found {
    long count;
    long position = Long.MAX_VALUE;
    String text = "";

    void add(Found other) {
      count += other.count;
      if (other.position < position) {
        position = other.position;
        text = other.text;
      }
    }
  }

  private int firstOfTexts() {
    return rows.partitionCount() / 2;
  }

  /** Whether some IDs are numbers: then a remark names those that are not. */
  private boolean hasNumbers() {
    for (int partition = 0; partition < firstOfTexts(); partition++) {
      if (rows.blockCount(partition) > 0) {
        return true;
      }
    }
    return false;
  }

  /** The shape of the sample without the texts that have a rare byte, or null. */
  private @Nullable IdShape common() throws IOException {
    int[][] counts = new int[IdShape.MAX_LENGTH + 1][];
    int end = firstOfTexts();
    int[] sampled = new int[1];
    for (; end < rows.partitionCount() && sampled[0] < SAMPLE_ROWS; end++) {
      forEach(
          end,
          (position, bytes, length) -> {
            sampled[0]++;
            if (length <= IdShape.MAX_LENGTH) {
              int[] of = counts[length] == null ? new int[length << 8] : counts[length];
              counts[length] = of;
              for (int i = 0; i < length; i++) {
                of[i << 8 | bytes[i] & 0xFF]++;
              }
            }
          });
    }
    int rare = sampled[0] / RARE_PART;
    TextShape common = new TextShape();
    for (int partition = firstOfTexts(); partition < end; partition++) {
      forEach(
          partition,
          (position, bytes, length) -> {
            if (length <= IdShape.MAX_LENGTH && isCommon(counts[length], bytes, length, rare)) {
              common.add(bytes, 0, length);
            }
          });
    }
    return common.shape();
  }

  private static boolean isCommon(int[] counts, byte[] bytes, int length, int rare) {
    for (int i = 0; i < length; i++) {
      if (counts[i << 8 | bytes[i] & 0xFF] <= rare) {
        return false;
      }
    }
    return true;
  }

  private Found count(IdShape common, Parallel threads) throws IOException {
    Found sum = new Found();
    threads
        .forEachIndex(
            firstOfTexts(),
            Found::new,
            (found, index) -> {
              long[] number = new long[1];
              long[] low = new long[1];
              forEach(
                  firstOfTexts() + index,
                  (position, bytes, length) -> {
                    if (!common.encode(bytes, 0, length, number, low, 0)) {
                      found.count++;
                      if (position < found.position) {
                        found.position = position;
                        found.text = new String(bytes, 0, length, StandardCharsets.UTF_8);
                      }
                    }
                  });
            })
        .forEach(sum::add);
    return sum;
  }

  private interface TextConsumer {
    void accept(long position, byte[] bytes, int length);
  }

  private void forEach(int partition, TextConsumer consumer) throws IOException {
    ByteBuffer block = RowBlock.newBlock();
    byte[] bytes = new byte[Footer.MAX_ID_BYTES];
    for (int b = 0; b < rows.blockCount(partition); b++) {
      rows.read(partition, b, block);
      long positionBase = block.getLong();
      block.position(RowBlock.HEADER_BYTES);
      while (block.hasRemaining()) {
        long position = positionBase + RowBlock.positionOffset(block.getLong());
        int length = block.getShort();
        block.get(bytes, 0, length);
        consumer.accept(position, bytes, length);
      }
    }
  }
}
