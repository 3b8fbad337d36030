package dev.almanac.build.choice;

import dev.almanac.build.BadRowReason;
import dev.almanac.build.workspace.Spool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The bad rows of one split in little memory: as bytes, and on disk what exceeds a block. Only
 * counted if they are not listed. For one thread, used for one split after the other.
 *
 * <pre>
 * n rows:
 *   line             i32
 *   reason           i8
 *   bytes of found   i32
 *   found
 *   bytes of row     i32
 *   row, one line
 * </pre>
 */
final class BadRows {
  private static final int BLOCK_BYTES = 1 << 16;
  private static final int HEADER_BYTES = 3 * Integer.BYTES + 1;

  /** Bytes that stay in memory while a split waits for the splits before it. */
  private static final int WAITING_BYTES = 1 << 10;

  /** A field or a row is cut to this, so that a bad row fits a block however it is escaped. */
  private static final int MAX_TEXT_CHARS = 4_000;

  private static final BadRowReason[] REASONS = BadRowReason.values();

  private final boolean listed;
  private final @Nullable Spool spool;
  private ByteBuffer block = ByteBuffer.allocate(0);
  private int[] spooled = {};
  private Map<BadRowReason, Long> countByReason = new EnumMap<>(BadRowReason.class);
  private long count;

  /**
   * @param listed whether rows are kept, and not only counted
   * @param spool where rows go that exceed a block, of one partition; null where only a few are
   *     added
   */
  BadRows(boolean listed, @Nullable Spool spool) {
    this.listed = listed;
    this.spool = spool;
  }

  /** The bad rows of a split that has ended. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record OfSplit(Map<BadRowReason, Long> countByReason, int[] spooled, ByteBuffer block) {}

  /** Takes each bad row in turn. */
  interface Visitor {
    void accept(int line, BadRowReason reason, String found, byte[] row) throws IOException;
  }

  /** How many rows there are. */
  long count() {
    return count;
  }

  /** Counts a row that is not kept. */
  void count(BadRowReason reason) {
    count++;
    countByReason.merge(reason, 1L, Long::sum);
  }

  @SuppressWarnings("EnumOrdinal") // Read back by the same build.
  void add(int line, BadRowReason reason, String found, String row) throws IOException {
    count(reason);
    if (!listed) {
      return;
    }
    byte[] foundBytes = cut(found).getBytes(StandardCharsets.UTF_8);
    byte[] rowBytes = oneLine(cut(row)).getBytes(StandardCharsets.UTF_8);
    int bytes = HEADER_BYTES + foundBytes.length + rowBytes.length;
    if (block.position() + bytes > BLOCK_BYTES) {
      spool();
    }
    if (bytes > block.remaining()) {
      block = ByteBuffer.allocate(2 * (block.position() + bytes)).put(block.flip());
    }
    block.putInt(line).put((byte) reason.ordinal());
    block.putInt(foundBytes.length).put(foundBytes).putInt(rowBytes.length).put(rowBytes);
  }

  private static String cut(String text) {
    return text.length() <= MAX_TEXT_CHARS ? text : text.substring(0, MAX_TEXT_CHARS) + "...";
  }

  /** A quoted row can hold line breaks, and the rejects file has a line for each row. */
  private static String oneLine(String row) {
    StringBuilder line = new StringBuilder(row.length());
    row.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '\\' -> line.append("\\\\");
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> {
                  if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                    // Half of a pair has no UTF-8.
                    line.append(String.format("\\u%04x", c));
                  } else {
                    line.appendCodePoint(c);
                  }
                }
              }
            });
    return line.toString();
  }

  private void spool() throws IOException {
    if (spool != null && block.position() > 0) {
      spooled = Arrays.copyOf(spooled, spooled.length + 1);
      spooled[spooled.length - 1] = spool.append(0, block.flip());
      block.clear();
    }
  }

  /**
   * Ends a split and begins the next.
   *
   * @param waits whether the split waits for those before it; else what this returns is valid until
   *     the next row is added
   */
  OfSplit take(boolean waits) throws IOException {
    ByteBuffer rest = block;
    if (waits) {
      if (block.position() > WAITING_BYTES) {
        spool();
      }
      rest = ByteBuffer.allocate(block.position()).put(block.duplicate().flip());
    }
    OfSplit taken = new OfSplit(countByReason, spooled, rest.duplicate().flip());
    block.clear();
    spooled = new int[0];
    countByReason = new EnumMap<>(BadRowReason.class);
    count = 0;
    return taken;
  }

  /**
   * Gives the rows of a split to {@code visitor}, in their order, unless they were only counted.
   */
  static void forEach(OfSplit rows, @Nullable Spool spool, Visitor visitor) throws IOException {
    if (spool != null && rows.spooled.length > 0) {
      ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
      for (int spooled : rows.spooled) {
        spool.read(0, spooled, block);
        forEach(block, visitor);
      }
    }
    forEach(rows.block.duplicate(), visitor);
  }

  private static void forEach(ByteBuffer block, Visitor visitor) throws IOException {
    while (block.hasRemaining()) {
      int line = block.getInt();
      BadRowReason reason = REASONS[block.get()];
      byte[] found = new byte[block.getInt()];
      block.get(found);
      byte[] row = new byte[block.getInt()];
      block.get(row);
      visitor.accept(line, reason, new String(found, StandardCharsets.UTF_8), row);
    }
  }
}
