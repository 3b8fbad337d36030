package dev.almanac.fuzz;

import dev.almanac.Almanac;
import dev.almanac.CorruptAlmanacException;
import dev.almanac.IdKind;
import dev.almanac.UnsupportedFormatException;
import dev.almanac.format.Footer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * A golden file, altered at will and its footer and dictionary resealed, is opened and looked up
 * in: every call answers within the dictionary or ends in the documented exception.
 *
 * <p>The input is the golden file's number, then alterations: a place, as 16 bits counted from the
 * file's end, and a byte.
 */
public final class LookupFuzzer {
  private static final String[] GOLDEN = {
    "v1-entries",
    "v1-direct",
    "v1-hashed",
    "v1-text",
    "v1-customers",
    "v1-orders",
    "v1-uuids",
    "v1-blocks"
  };
  private static final long[] IDS = {0, 1, -1, 7, 100, 4096, Long.MIN_VALUE, Long.MAX_VALUE};
  private static final String[] TEXTS = {
    "",
    "0",
    "ORD-1",
    "a",
    "\u00e9",
    "x".repeat(200),
    "CUST-000123",
    "ORD-00000000-IB",
    "00000000-0000-4000-8000-000000000000"
  };
  private static final byte[][] FILES = new byte[GOLDEN.length][];
  private static final Path FILE;
  private static int opens;

  static {
    try {
      for (int i = 0; i < GOLDEN.length; i++) {
        try (InputStream golden =
            LookupFuzzer.class.getResourceAsStream("/golden/" + GOLDEN[i] + ".almanac")) {
          FILES[i] = golden.readAllBytes();
        }
      }
      FILE = Files.createTempFile("fuzzed", ".almanac");
      FILE.toFile().deleteOnExit();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private LookupFuzzer() {}

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    if (input.length == 0) {
      return;
    }
    byte[] file = FILES[(input[0] & 0xFF) % FILES.length].clone();
    for (int i = 1; i + 2 < input.length; i += 3) {
      int fromEnd = (input[i] & 0xFF) << 8 | input[i + 1] & 0xFF;
      file[file.length - 1 - fromEnd % file.length] = input[i + 2];
    }
    reseal(file);
    // Another file each time: to write into one that thousands of mappings still have takes long.
    Files.deleteIfExists(FILE);
    Files.write(FILE, file);
    if (++opens % 5_000 == 0) {
      System.gc(); // The mappings of so many closed files.
    }
    try (Almanac almanac = Almanac.open(FILE)) {
      look(almanac);
    } catch (CorruptAlmanacException | UnsupportedFormatException e) {
      // Refused, as most are.
    }
  }

  /** The checksum of dictionary and shape, if they still lie in the file, and the footer's. */
  private static void reseal(byte[] file) {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int footerAt = file.length - Footer.BYTES;
    long from = bytes.getLong(footerAt + 8);
    long count = bytes.getLong(footerAt + 16);
    int shapeBytes = bytes.getInt(footerAt + 68);
    if (shapeBytes > 0 && count >= 0 && count <= file.length) {
      count = Footer.contentBytes(from + count, shapeBytes) - from;
    }
    if (from >= 0 && count >= 0 && from <= file.length && count <= file.length - from) {
      CRC32C crc = new CRC32C();
      crc.update(file, (int) from, (int) count);
      bytes.putInt(footerAt + 40, (int) crc.getValue());
    }
    byte[] footer = new byte[Footer.BYTES];
    bytes.get(footerAt, footer);
    bytes.put(footerAt, FooterFuzzer.reseal(footer).array());
  }

  private static void look(Almanac almanac) {
    int dateCount = almanac.dictionary().size();
    for (long id : IDS) {
      use(() -> inDictionary(almanac.code(id), dateCount));
      use(() -> almanac.date(id));
    }
    int[] codes = new int[IDS.length];
    if (use(() -> almanac.codes(IDS, codes))) {
      for (int code : codes) {
        inDictionary(code, dateCount);
      }
    }
    for (String text : TEXTS) {
      use(() -> inDictionary(almanac.code(text), dateCount));
    }
    use(() -> almanac.codes(TEXTS, new int[TEXTS.length]));
    for (int code = 0; code < dateCount; code++) {
      almanac.dictionary().text(code);
      almanac.dictionary().date(code);
    }
    if (almanac.idKind() == IdKind.LONG) {
      use(() -> almanac.forEach((id, code) -> inDictionary(code, dateCount)));
    } else {
      use(() -> almanac.forEachText((id, code) -> inDictionary(code, dateCount)));
    }
  }

  static int inDictionary(int code, int dateCount) {
    if (code < Almanac.ABSENT || code >= dateCount) {
      throw new AssertionError("code=" + code + " dateCount=" + dateCount);
    }
    return code;
  }

  /** Whether it answered. */
  private static boolean use(Runnable use) {
    try {
      use.run();
      return true;
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof CorruptAlmanacException) {
        return false;
      }
      throw e;
    }
  }
}
