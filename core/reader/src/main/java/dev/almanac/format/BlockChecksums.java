package dev.almanac.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * CRC32C of every block of the file before this section, one u32 each, in the order of the file.
 *
 * <pre>
 * +--------+--------+-- ... --+--------+
 * | u32    | u32    |         | u32    |   block i covers [i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES), the last one less
 * +--------+--------+-- ... --+--------+
 * </pre>
 *
 * <p>CRC32C finds every burst of up to 32 bits in a block, and lets 1 of 2^32 other damages
 * through. It guards against accidents: whoever can write the file can write checksums too.
 */
public final class BlockChecksums {
  /** Size of a block. The section takes less than 0.01% of the file. */
  public static final int BLOCK_BYTES = 1 << 16;

  private BlockChecksums() {}

  /** How many blocks cover {@code contentBytes}. */
  public static long blockCount(long contentBytes) {
    return (contentBytes + BLOCK_BYTES - 1) / BLOCK_BYTES;
  }

  /** Size of the section that covers {@code contentBytes}. */
  public static long sectionBytes(long contentBytes) {
    return blockCount(contentBytes) * Integer.BYTES;
  }

  /** The CRC32C of the remaining bytes of {@code bytes}, which are consumed. */
  public static int crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  /** A little-endian buffer that holds the section for {@code contentBytes}. */
  public static ByteBuffer allocate(long contentBytes) {
    return ByteBuffer.allocate(Math.toIntExact(sectionBytes(contentBytes)))
        .order(ByteOrder.LITTLE_ENDIAN);
  }
}
