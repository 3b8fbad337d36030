package dev.almanac.build.pages;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.almanac.IdKind;
import dev.almanac.build.workspace.FileBytes;
import dev.almanac.build.workspace.Parallel;
import dev.almanac.format.Footer;
import dev.almanac.format.FooterBytes;
import dev.almanac.format.PageLayout;
import dev.almanac.format.StoreGeometry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A sealed file is, byte for byte, what its parts come to that are put together one by one. */
class SealTest {
  private static final int BLOCK_BYTES = 1 << 16;
  private static final int FOOTER_BYTES = 312;
  private static final int LONGEST_PROBE = 5;

  @TempDir Path folder;

  private static Footer footer(int tierBytes, int sectionBytes, long dictionaryOffset) {
    StoreGeometry g =
        new StoreGeometry(1, 192, 64, 256, tierBytes, 64, 14, 256, 384, 9, (tierBytes - 384) / 9);
    return new Footer(
        g,
        dictionaryOffset,
        sectionBytes,
        0,
        77,
        0,
        IdKind.LONG,
        PageLayout.entries(3),
        3,
        10,
        10,
        -5,
        99,
        8,
        0,
        "2026.1",
        Footer.NO_EDITION);
  }

  private static byte[] random(int bytes, long seed) {
    byte[] random = new byte[bytes];
    new Random(seed).nextBytes(random);
    return random;
  }

  /** The content, the checksums of its blocks, and the footer before it has an edition. */
  private static byte[] expected(byte[] content, Footer unsealed) {
    int blocks = (content.length + BLOCK_BYTES - 1) / BLOCK_BYTES;
    int checksumsAt = (int) unsealed.checksumsOffset();
    int footerAt = (checksumsAt + 4 * blocks + 7) / 8 * 8;
    ByteBuffer file = ByteBuffer.allocate(footerAt + FOOTER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    file.put(0, content);
    for (int block = 0; block < blocks; block++) {
      CRC32C crc = new CRC32C();
      int from = block * BLOCK_BYTES;
      crc.update(content, from, Math.min(BLOCK_BYTES, content.length - from));
      file.putInt(checksumsAt + 4 * block, (int) crc.getValue());
    }
    CRC32C ofChecksums = new CRC32C();
    ofChecksums.update(file.array(), checksumsAt, 4 * blocks);
    Footer footer = unsealed.sealed(LONGEST_PROBE, (int) ofChecksums.getValue(), Footer.NO_EDITION);
    file.put(footerAt, FooterBytes.encode(footer), 0, FOOTER_BYTES);
    return file.array();
  }

  /** A store that is read piece by piece, and says afterwards what its longest probe is. */
  private static final class Store implements Seal.Content {
    private final byte[] bytes;
    private long read;

    private Store(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public void read(ByteBuffer into, long offset) {
      assertEquals(read, offset, "each piece follows the one before");
      read += into.remaining();
      into.put(bytes, (int) offset, into.remaining());
    }

    @Override
    public int longestProbe() {
      assertEquals(bytes.length, read, "all is read before");
      return LONGEST_PROBE;
    }
  }

  /** Within a piece of 4 MiB, at its end, and with each part across the end of one. */
  @ParameterizedTest
  @CsvSource({
    "1024, 8, 4096",
    "60000, 5300, 61440",
    "4193280, 20, 4194304",
    "4200000, 70000, 4202496",
    "131072, 65536, 131072"
  })
  void theFileIsItsPartsOneAfterTheOther(int storeBytes, int sectionBytes, int dictionaryOffset)
      throws Exception {
    // The tiers begin at 256.
    Footer unsealed = footer((storeBytes - 256) / 64 * 64, sectionBytes, dictionaryOffset);
    byte[] store = random((int) unsealed.pagesEnd(), 1);
    byte[] sections = random(sectionBytes, 2);
    byte[] content = new byte[dictionaryOffset + sectionBytes];
    System.arraycopy(store, 0, content, 0, store.length);
    System.arraycopy(sections, 0, content, dictionaryOffset, sectionBytes);
    byte[] expected = expected(content, unsealed);
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    sha256.update(expected, 0, expected.length - FOOTER_BYTES + 264);
    String edition = HexFormat.of().formatHex(sha256.digest());

    Path file = folder.resolve("sealed");
    Footer finished;
    try (Parallel threads = new Parallel(2);
        FileChannel sealed =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      finished = Seal.write(threads, new Store(store), ByteBuffer.wrap(sections), sealed, unsealed);
    }
    byte[] found = Files.readAllBytes(file);
    ByteBuffer footer = FooterBytes.encode(finished);
    assertEquals(edition, finished.edition());
    footer.get(0, expected, expected.length - FOOTER_BYTES, FOOTER_BYTES);
    assertArrayEquals(expected, found);
    assertEquals(LONGEST_PROBE, finished.longestProbe());
    assertEquals(finished.fileBytes(), found.length);
  }

  @Test
  void theContentOfAFileIsItsBytes() throws IOException {
    Path file = folder.resolve("store");
    byte[] bytes = random(5_000, 3);
    Files.write(file, bytes);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      Seal.Content content = Seal.Content.of(channel, 3);
      assertEquals(3, content.longestProbe());
      ByteBuffer into = ByteBuffer.allocate(1_000);
      content.read(into, 4_000);
      assertArrayEquals(Arrays.copyOfRange(bytes, 4_000, 5_000), into.array());
      IOException shrunk =
          assertThrows(IOException.class, () -> content.read(ByteBuffer.allocate(11), 4_990));
      assertEquals("a file must not shrink under its builder: offset=5000", shrunk.getMessage());
    }
  }

  @Test
  void bytesAreWrittenWhereTheyBelong() throws IOException {
    Path file = folder.resolve("bytes");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(new byte[] {1, 2, 3, 4}).position(1);
      FileBytes.write(channel, bytes, 5);
      assertFalse(bytes.hasRemaining());
    }
    assertArrayEquals(new byte[] {0, 0, 0, 0, 0, 2, 3, 4}, Files.readAllBytes(file));
  }
}
