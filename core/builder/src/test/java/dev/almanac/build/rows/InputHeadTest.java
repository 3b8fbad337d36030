package dev.almanac.build.rows;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an input's first bytes say, and the line ends of its text. */
class InputHeadTest {
  private static final String ROWS = "1|2024-01-31\n2|2024-02-01\n";

  // Each is ROWS, packed by the tool of the name.
  private static final String BZIP2 =
      "425a6839314159265359152086160000075880001000027c00000420002129a190430230d85ed60e28b845b645e2"
          + "ee48a70a1202a410c2c0";
  private static final String XZ =
      "fd377a585a000004e6d6b4460200210116000000742fe5a3e0001900185d00189f024300f0fce36965989fc30758"
          + "0d9d444e7c154000000063b16caa6c0bd10e0001341aa6bfce661fb6f37d010000000004595a";

  private static InputStream decoded(byte[] stored) throws IOException {
    return Decoded.open(Input.of(new ByteArrayInputStream(stored), "in"), new AtomicLong());
  }

  private static String refusal(byte[] stored) {
    return assertThrows(IOException.class, () -> decoded(stored)).getMessage();
  }

  private static void assertRefused(byte[] stored, String what, String advice) throws IOException {
    assertEquals(
        "an input must be rows of text, but this is "
            + what
            + "; to get at its rows: "
            + advice
            + ", file=in",
        refusal(stored));
    String packed = refusal(gzip(stored));
    assertTrue(packed.contains("this is " + what), packed);
    assertTrue(packed.contains(" zcat FILE > UNPACKED; "), packed);
    assertAdviceWorks(refusal(stored), stored);
    assertAdviceWorks(packed, gzip(stored));
  }

  /** Runs the command of the message, where this machine has its program. */
  private static void assertAdviceWorks(String message, byte[] stored) throws IOException {
    String command =
        message.substring(message.indexOf("rows: ") + 6, message.lastIndexOf(", file="));
    String last = command.substring(command.lastIndexOf(';') + 1).strip();
    String program = last.substring(0, last.indexOf(' '));
    if (!List.of("unzip", "bzcat", "xzcat", "tar", "iconv", "zcat").contains(program)) {
      return;
    }
    Path folder = Files.createTempDirectory("almanac-advice");
    Path file = Files.write(folder.resolve("file"), stored);
    Path unpacked = folder.resolve("unpacked");
    String line =
        "command -v " + program + " > /dev/null || exit 99; " + command.replace("FILE", "\"$1\"");
    Process shell =
        new ProcessBuilder(
                "sh", "-c", line.replace("UNPACKED", "\"$2\""), "sh", "" + file, "" + unpacked)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String rows = new String(shell.getInputStream().readAllBytes(), UTF_8);
    Files.deleteIfExists(unpacked);
    Files.delete(file);
    Files.delete(folder);
    if (shell.onExit().join().exitValue() != 99) {
      assertEquals(ROWS, rows.replace("\ufeff", "").replace("\0", ""), command);
    }
  }

  private static byte[] zip(String entry) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry(entry));
      zip.write(ROWS.getBytes(UTF_8));
    }
    return out.toByteArray();
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private static void put(byte[] tar, int at, String format, Object value) {
    byte[] field = String.format(format, value).getBytes(UTF_8);
    System.arraycopy(field, 0, tar, at, field.length);
  }

  private static byte[] tar() {
    byte[] tar = new byte[2 * 512 + 1024];
    System.arraycopy("rows.txt".getBytes(UTF_8), 0, tar, 0, 8);
    System.arraycopy("ustar  ".getBytes(UTF_8), 0, tar, 257, 7);
    System.arraycopy(ROWS.getBytes(UTF_8), 0, tar, 512, ROWS.length());
    put(tar, 124, "%011o", ROWS.length());
    put(tar, 148, "%8s", "");
    int sum = 0;
    for (int i = 0; i < 512; i++) {
      sum += tar[i];
    }
    put(tar, 148, "%06o", sum);
    tar[154] = 0;
    return tar;
  }

  @Test
  @Tag("slow")
  void archivesAreNamedWithTheCommandThatUnpacksThem() throws IOException {
    assertRefused(zip("rows.txt"), "a zip archive", "unzip -p FILE");
    assertRefused(
        zip("[Content_Types].xml"), "an Excel workbook or another Office file", "save it as CSV");
    assertRefused(HexFormat.of().parseHex(BZIP2), "a bzip2 file", "bzcat FILE");
    assertRefused(HexFormat.of().parseHex(XZ), "an xz file", "xzcat FILE");
    assertRefused(tar(), "a tar archive", "tar -xOf FILE");
    assertRefused(
        "PAR1\u0015\u0004".getBytes(UTF_8),
        "a Parquet file",
        "read it with JdbcRows and DuckDB, or duckdb -csv -c \"FROM 'FILE'\"");
    String twice = refusal(gzip(gzip(ROWS.getBytes(UTF_8))));
    assertTrue(
        twice.contains(
            "this is a gzip file in a compressed one; to get at its rows: zcat FILE > UNPACKED;"
                + " zcat"),
        twice);
    assertAdviceWorks(twice, gzip(gzip(ROWS.getBytes(UTF_8))));
    assertTrue(
        refusal(gzip(Zstd.compress(ROWS.getBytes(UTF_8)))).contains("a zstd file in a compressed"),
        "zstd in gzip");
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16LE", "UTF-16BE"})
  void utf16IsNamedWithAndWithoutAByteOrderMark(String charset) throws IOException {
    byte[] rows = ROWS.getBytes(Charset.forName(charset));
    assertRefused(rows, charset + " text", "iconv -f " + charset + " -t UTF-8 FILE");
    assertRefused(
        ("\ufeff" + ROWS).getBytes(Charset.forName(charset)),
        "UTF-16 text",
        "iconv -f UTF-16 -t UTF-8 FILE");
    byte[] cyrillic = "\u0430\u0431|2024-01-31\n".getBytes(Charset.forName(charset));
    assertTrue(refusal(cyrillic).contains(charset + " text"), refusal(cyrillic));
  }

  /** What says so may come after a line feed. */
  @Test
  void binaryInputsAreLookedAtBeyondALineFeed() throws IOException {
    assertTrue(refusal("7\n8|x\n".getBytes(UTF_16LE)).contains("UTF-16LE text"));
    assertTrue(refusal("7\n".getBytes(UTF_16LE)).contains("UTF-16LE text"));
    assertTrue(refusal("7\n".getBytes(UTF_16BE)).contains("UTF-16BE text"));
    assertTrue(refusal("PK\3\4\nx_rels/".getBytes(UTF_8)).contains("an Excel workbook"));
  }

  @Test
  void eachOfTheSixteenSkippableFramesBeginsAZstdFile() throws IOException {
    for (int first = 0; first < 128; first++) {
      byte[] magic = {(byte) first, '*', 'M', 0x18};
      if (first >> 4 == 5) {
        byte[] skippable = CompressedRowsTest.join(magic, new byte[] {1, 0, 0, 0, 'x'});
        byte[] rows = Zstd.compress(ROWS.getBytes(UTF_8));
        InputStream text = decoded(CompressedRowsTest.join(skippable, rows));
        assertEquals(ROWS, new String(text.readAllBytes(), UTF_8));
        assertThrows(IOException.class, () -> decoded(magic), "first=" + first);
      } else {
        byte[] line = CompressedRowsTest.join(magic, new byte[] {'\n'});
        assertArrayEquals(line, decoded(line).readAllBytes());
      }
    }
  }

  @Test
  void textIsNotTakenForAnythingElse() throws IOException {
    for (String text :
        new String[] {
          "",
          "1",
          "PK|2024-01-31\n",
          "BZh",
          "7|2024-01-31",
          "P\n",
          "PAR|1\n",
          "Obj,1\n",
          "ORD-1|x\n",
          "1\0\0|2024-01-31\n",
          "\0|x\n",
          "\u007f",
          "(1)|2024-01-31\n",
          "\u00fc|2024-01-31\n"
        }) {
      if (text.equals("BZh")) {
        continue; // Three letters that only a bzip2 file begins with.
      }
      assertEquals(text, new String(decoded(text.getBytes(UTF_8)).readAllBytes(), UTF_8));
    }
    assertEquals(
        ROWS, new String(decoded(("\ufeff" + ROWS).getBytes(UTF_8)).readAllBytes(), UTF_8));
    assertArrayEquals(new byte[0], decoded(new byte[0]).readAllBytes());
    assertEquals(UTF_16LE.newEncoder().maxBytesPerChar(), UTF_16BE.newEncoder().maxBytesPerChar());
  }

  /** Whatever a text begins with, however it is packed, and however much each read gives. */
  @Test
  void aTextIsTheSameHoweverItIsPackedAndRead() throws IOException {
    for (String mark : List.of("", "\ufeff")) {
      for (String text :
          List.of("", "\n", "7", "(", "\ufeff", "1\0\0|x\n", "P\n7|x\n", "id|date\n7|x\n", ROWS)) {
        byte[] stored = (mark + text).getBytes(UTF_8);
        // One mark is none of the text.
        String expected = mark.isEmpty() && text.equals("\ufeff") ? "" : text;
        byte[] half = Arrays.copyOf(stored, stored.length / 2);
        byte[] rest = Arrays.copyOfRange(stored, half.length, stored.length);
        for (byte[] packed :
            List.of(
                stored,
                gzip(stored),
                CompressedRowsTest.join(gzip(half), gzip(rest), new byte[10]),
                Zstd.compress(stored),
                CompressedRowsTest.join(Zstd.compress(half), Zstd.compress(rest)))) {
          for (int size : new int[] {1, 2, 3, 1_000}) {
            AtomicLong done = new AtomicLong();
            InputStream in = Decoded.open(Input.of(inPieces(packed, size), "in"), done);
            assertEquals(expected, new String(readBySize(in, size), UTF_8), "size=" + size);
            assertEquals(packed.length, done.get());
            in = Decoded.open(Input.of(inPieces(packed, size), "in"), done);
            ByteArrayOutputStream single = new ByteArrayOutputStream();
            for (int value = in.read(); value >= 0; value = in.read()) {
              single.write(value);
            }
            assertEquals(expected, single.toString(UTF_8), "size=" + size);
          }
        }
      }
    }
  }

  /** Reads a given number of bytes at a time into the middle of an array. */
  private static byte[] readBySize(InputStream in, int size) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] bytes = new byte[size + 2];
    for (int read = in.read(bytes, 1, size); read >= 0; read = in.read(bytes, 1, size)) {
      assertEquals(0, bytes[0] | bytes[1 + read]);
      all.write(bytes, 1, read);
      Arrays.fill(bytes, (byte) 0);
    }
    assertEquals(-1, in.read(bytes, 1, size));
    return all.toByteArray();
  }

  @Test
  @Timeout(300)
  void aLineIsGivenBeforeTheNextIsTyped() throws IOException {
    try (PipedOutputStream typed = new PipedOutputStream();
        PipedInputStream in = new PipedInputStream(typed)) {
      typed.write("7\n".getBytes(UTF_8));
      typed.flush();
      InputStream text = Decoded.open(Input.of(in, "in"), new AtomicLong());
      byte[] bytes = new byte[100];
      int count = text.read(bytes, 0, 100);
      while (count < 2) {
        count += text.read(bytes, count, 100 - count);
      }
      assertEquals("7\n", new String(bytes, 0, count, UTF_8));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'a\\rb\\r', 'a\\nb\\n'",
    "'a\\r\\rb', 'a\\n\\nb'",
    "'a\\r\\nb\\rc\\n', 'a\\r\\nb\\rc\\n'",
    "'a\\rb\\nc', 'a\\rb\\nc'",
    "'a\\r', 'a\\n'",
    "'ab', 'ab'"
  })
  void linesThatEndInCrAreReadWhereThereIsNoLf(String escaped, String escapedLines)
      throws IOException {
    String text = escaped.translateEscapes();
    for (int size : new int[] {1, 2, 3, 100}) {
      InputStream lines = new LineEnds(inPieces(text.getBytes(UTF_8), size));
      assertEquals(escapedLines.translateEscapes(), new String(lines.readAllBytes(), UTF_8));
    }
  }

  @Test
  @Tag("slow")
  void whetherLinesEndInCrIsSeenInTheFirstLineHoweverLongItIs() throws IOException {
    byte[] text = new byte[200_000];
    Arrays.fill(text, (byte) 'x');
    text[100] = '\r';
    text[199_999] = '\n';
    assertEquals('\n', new LineEnds(inPieces(text, 1000)).readAllBytes()[100]);
    text[60_000] = '\n';
    assertEquals('\r', new LineEnds(inPieces(text, 1000)).readAllBytes()[100]);
  }

  @Test
  void theFirstLineFeedCountsUpToTheBytesThatAreHeld() throws IOException {
    for (int at : new int[] {(1 << 16) - 1, 1 << 16}) {
      byte[] text = new byte[at + 1];
      Arrays.fill(text, (byte) 'x');
      text[0] = '\r';
      text[at] = '\n';
      byte[] lines = new LineEnds(new ByteArrayInputStream(text)).readNBytes(at + 1);
      text[0] = (byte) (at < 1 << 16 ? '\r' : '\n');
      assertArrayEquals(text, lines);
    }
  }

  @Test
  void closingTheLinesClosesTheInput() throws IOException {
    AtomicBoolean closed = new AtomicBoolean();
    InputStream in =
        new ByteArrayInputStream(new byte[1]) {
          @Override
          public void close() {
            closed.set(true);
          }
        };
    new LineEnds(in).close();
    assertTrue(closed.get());
  }

  /** A stream that gives a given number of bytes at a time, and sometimes 0 bytes. */
  private static InputStream inPieces(byte[] bytes, int size) {
    return new ByteArrayInputStream(bytes) {
      private int callCount;

      @Override
      public synchronized int read(byte[] into, int offset, int count) {
        return super.read(into, offset, ++callCount % 3 == 2 ? 0 : Math.min(count, size));
      }
    };
  }
}
