package dev.almanac.fuzz;

import dev.almanac.CorruptAlmanacException;
import dev.almanac.UnsupportedFormatException;
import dev.almanac.format.Footer;
import dev.almanac.format.FooterBytes;
import dev.almanac.format.PageLayout;
import dev.almanac.format.StoreGeometry;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A footer with right seals and checksum and any content: it is refused, or all that it says lies
 * in the file, and it says nothing that {@code encode} would write otherwise. The input is the
 * file's size and the footer.
 */
public final class FooterFuzzer {
  private static final Path NAME = Path.of("fuzzed");

  private FooterFuzzer() {}

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    if (input.length < Long.BYTES) {
      return;
    }
    long fileBytes = ByteBuffer.wrap(input).order(ByteOrder.LITTLE_ENDIAN).getLong();
    byte[] bytes = Arrays.copyOf(Arrays.copyOfRange(input, 8, input.length), Footer.BYTES);
    ByteBuffer footer = reseal(bytes);
    Footer decoded;
    try {
      decoded = FooterBytes.decode(footer, fileBytes, NAME);
    } catch (CorruptAlmanacException | UnsupportedFormatException e) {
      return;
    }
    check(decoded, fileBytes);
  }

  /** Seal, version, magic and checksum as they must be. */
  static ByteBuffer reseal(byte[] bytes) {
    ByteBuffer footer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    footer.putLong(0, ~Footer.SEAL).putInt(300, Footer.FORMAT_VERSION).putLong(304, Footer.SEAL);
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, 296);
    crc.update(bytes, 300, 12);
    return footer.putInt(296, (int) crc.getValue());
  }

  /** In numbers that cannot overflow. */
  static void check(Footer f, long fileBytes) {
    StoreGeometry g = f.geometry();
    BigInteger headersEnd =
        big(g.segmentHeadersOffset())
            .add(big(g.segmentCount()).multiply(big(g.segmentHeaderBytes())));
    BigInteger storeEnd =
        big(g.tiersOffset()).add(big(g.segmentCount()).multiply(big(g.tierBytes())));
    BigInteger dictionaryEnd = big(f.dictionaryOffset()).add(big(f.dictionaryBytes()));
    BigInteger checksumsEnd = big(f.checksumsOffset()).add(big(f.checksumsBytes()));
    BigInteger chunksEnd =
        big(g.entrySpaceOffset()).add(big(g.chunkBytes()).multiply(big(g.chunkCount())));
    ordered(BigInteger.ZERO, big(g.segmentHeadersOffset()));
    ordered(headersEnd, big(g.tiersOffset()));
    ordered(storeEnd, big(f.dictionaryOffset()));
    ordered(dictionaryEnd, big(f.contentBytes()));
    ordered(dictionaryEnd.add(big(f.shapeBytes())), big(f.contentBytes()));
    ordered(big(f.contentBytes()), big(f.checksumsOffset()));
    ordered(checksumsEnd, big(f.footerOffset()));
    ordered(big(f.footerOffset()).add(big(Footer.BYTES)), big(fileBytes));
    ordered(big(g.slotCount()).multiply(big(4)), big(g.countersOffset()));
    ordered(big(g.countersOffset()).add(big(64)), big(g.entrySpaceOffset()));
    ordered(chunksEnd, big(g.tierBytes()));
    ordered(big(12L * f.dateCount() + 4), big(f.dictionaryBytes()));
    ordered(big(f.entryCount()), big(g.segmentCount()).multiply(big(g.chunkCount())));
    ordered(big(1), big(Integer.bitCount(g.slotCount())));
    if (f.pages().hasPages()) {
      BigInteger data = big(PageLayout.dataOffset(g));
      BigInteger entry = big(g.tiersOffset()).add(big(g.entrySpaceOffset()));
      ordered(entry.add(big(8)), data);
      ordered(data.add(big(f.pages().dataBytes())), entry.add(big(g.chunkBytes())));
      // A lookup may read a cache line from the end of the data on.
      ordered(
          data.add(big(f.entryCount()).multiply(big(g.chunkBytes()))).add(big(64)), big(fileBytes));
    }
  }

  private static BigInteger big(long number) {
    return BigInteger.valueOf(number);
  }

  private static void ordered(BigInteger low, BigInteger high) {
    if (low.signum() < 0 || low.compareTo(high) > 0) {
      throw new AssertionError("must ascend: low=" + low + " high=" + high);
    }
  }
}
