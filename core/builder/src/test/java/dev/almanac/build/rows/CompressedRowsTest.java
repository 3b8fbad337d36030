package dev.almanac.build.rows;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import dev.almanac.build.DelimitedRows;
import dev.almanac.build.RowSource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompressedRowsTest {
  private static final List<String> TWO_ROWS = List.of("in:1 7=2024-02-29", "in:2 8=2024-03-01");

  @TempDir Path folder;

  @Test
  void gzipIsReadInFilesAndStreams() throws IOException {
    byte[] gzip = gzip("\ufeff7|2024-02-29\n8|2024-03-01\n");
    assertEquals(TWO_ROWS, rows(new ByteArrayInputStream(gzip)));
    Path file = Files.write(folder.resolve("rows.txt"), gzip);
    try (RowSource.Splits splits = DelimitedRows.of(file).open()) {
      assertEquals(gzip.length, splits.total());
      assertEquals(2, RecordedRows.of(splits, 1).rows.size());
      assertEquals(gzip.length, splits.done());
    }
  }

  @Test
  void everyGzipMemberIsRead() throws IOException {
    byte[] members = join(gzip("7|2024-"), gzip(""), gzip("02-29\n8|"), gzip("2024-03-01"));
    assertEquals(TWO_ROWS, rows(new ByteArrayInputStream(members)));
    assertEquals(List.of(), rows(new ByteArrayInputStream(gzip(""))));
  }

  @Test
  void everyGzipMemberIsReadFromAStreamThatNeverKnowsWhatIsAvailable() throws IOException {
    byte[] members = join(gzip("7|2024-02-29\n"), gzip("8|2024-03-01\n"));
    assertEquals(TWO_ROWS, rows(new Trickle(new ByteArrayInputStream(members))));
  }

  @Test
  void everyOptionalPartOfAGzipHeaderIsSkipped() throws IOException {
    byte[] plain = gzip("7|2024-02-29\n8|2024-03-01\n");
    byte[] body = Arrays.copyOfRange(plain, 10, plain.length);
    byte[] extra = {3, 0, 'a', 0, 'c'};
    byte[] name = "a name\0".getBytes(UTF_8);
    byte[] comment = "\0".getBytes(UTF_8);
    byte[] crc = {1, 2};
    for (int flags = 0; flags < 32; flags++) {
      byte[] start = Arrays.copyOf(plain, 10);
      start[3] = (byte) flags;
      byte[] none = {};
      byte[] all =
          join(
              start,
              (flags & 4) != 0 ? extra : none,
              (flags & 8) != 0 ? name : none,
              (flags & 16) != 0 ? comment : none,
              (flags & 2) != 0 ? crc : none,
              body);
      assertEquals(TWO_ROWS, rows(new ByteArrayInputStream(all)), "flags=" + flags);
      assertEquals(TWO_ROWS, rows(new Trickle(new ByteArrayInputStream(all))), "flags=" + flags);
    }
  }

  @Test
  void zerosBehindTheLastGzipMemberAreSkippedAndOtherBytesRefused() throws IOException {
    byte[] sound = gzip("7|2024-02-29\n8|2024-03-01\n");
    assertEquals(
        TWO_ROWS, rows(new ByteArrayInputStream(Arrays.copyOf(sound, sound.length + 1000))));
    assertGzipRefused(join(sound, "x".getBytes(UTF_8)));
    assertGzipRefused(join(sound, new byte[] {0, 0, 'x', 'x'}));
  }

  @Test
  void aGzipFileThatIsCutOffAnywhereIsRefused() throws IOException {
    byte[] gzip = join(gzip("7|2024-02-29\n"), gzip("8|2024-03-01\n"));
    int first = gzip("7|2024-02-29\n").length;
    for (int length = 2; length < gzip.length; length++) {
      byte[] cut = Arrays.copyOf(gzip, length);
      if (length == first) {
        assertEquals(TWO_ROWS.subList(0, 1), rows(new ByteArrayInputStream(cut)));
      } else {
        String message =
            assertThrows(
                    IOException.class,
                    () -> rows(new ByteArrayInputStream(cut)),
                    "length=" + length)
                .getMessage();
        assertEquals("a gzip member must be whole: found=end of file, file=in", message);
      }
    }
  }

  @Test
  void aGzipMemberWithAWrongChecksumOrLengthOrMethodIsRefused() throws IOException {
    byte[] gzip = gzip("7|2024-02-29\n");
    for (int i :
        new int[] {2, 3, gzip.length - 8, gzip.length - 5, gzip.length - 4, gzip.length - 1}) {
      byte[] damaged = gzip.clone();
      damaged[i] ^= (byte) 0x80;
      assertGzipRefused(damaged);
    }
  }

  @Test
  void anErrorBetweenGzipMembersIsNotTakenForTheEnd() throws IOException {
    byte[] member = gzip("7|2024-02-29\n");
    InputStream failing =
        new SequenceInputStream(
            new ByteArrayInputStream(member),
            new InputStream() {
              @Override
              public int read() throws IOException {
                throw new IOException("cable pulled");
              }
            });
    assertEquals("cable pulled", assertThrows(IOException.class, () -> rows(failing)).getMessage());
  }

  @Test
  void moreThanABufferOfGzipIsRead() throws IOException {
    StringBuilder text = new StringBuilder();
    java.util.Random random = new java.util.Random(7);
    for (int i = 0; i < 50_000; i++) {
      text.append(random.nextLong()).append('|').append(random.nextInt()).append('\n');
    }
    byte[] gzip = join(gzip(text.toString()), gzip(text.toString()));
    assertTrue(gzip.length > 1 << 19);
    RecordedRows recorded =
        RecordedRows.of(DelimitedRows.of(new Trickle(new ByteArrayInputStream(gzip)), "in"), 2);
    assertEquals(
        (text.toString() + text).lines().map(row -> row.replace('|', '=')).toList(),
        recorded.rows.stream().map(row -> row.substring(row.indexOf(' ') + 1)).toList());
  }

  @Test
  void everyZstdFrameIsReadAndSkippableOnesAreNot() throws IOException {
    byte[] skippable = {0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'x', 'y', 'z'};
    byte[] first = Zstd.compress("\ufeff7|2024-02".getBytes(UTF_8));
    byte[] second = Zstd.compress("-29\n8|2024-03-01\n".getBytes(UTF_8));
    for (byte[] frames :
        List.of(join(first, second), join(skippable, first, skippable, second, skippable))) {
      assertEquals(TWO_ROWS, rows(new ByteArrayInputStream(frames)));
      assertEquals(TWO_ROWS, rows(new Trickle(new ByteArrayInputStream(frames))));
      Path file = Files.write(folder.resolve("rows"), frames);
      assertEquals(2, RecordedRows.of(DelimitedRows.of(file), 2).rows.size());
    }
  }

  @Test
  void aZstdFrameThatIsCutOffIsRefused() {
    byte[] frame = Zstd.compress("7|2024-02-29\n8|2024-03-01\n".getBytes(UTF_8));
    for (int length = 4; length < frame.length; length++) {
      byte[] cut = Arrays.copyOf(frame, length);
      String message =
          assertThrows(
                  IOException.class, () -> rows(new ByteArrayInputStream(cut)), "length=" + length)
              .getMessage();
      assertTrue(message.startsWith("a zstd file must consist of sound frames: "), message);
      assertTrue(message.endsWith(", file=in"), message);
    }
  }

  @Test
  void aZstdFrameThatIsDamagedIsRefused() {
    byte[] frame = Zstd.compress("7|2024-02-29\n8|2024-03-01\n".getBytes(UTF_8));
    frame[4] = (byte) 0xff;
    frame[6] = (byte) 0xff;
    assertThrows(IOException.class, () -> rows(new ByteArrayInputStream(frame)));
  }

  private static void assertGzipRefused(byte[] gzip) {
    String message =
        assertThrows(IOException.class, () -> rows(new ByteArrayInputStream(gzip))).getMessage();
    assertTrue(message.startsWith("a gzip file must consist of sound members: "), message);
    assertTrue(message.endsWith(", file=in"), message);
  }

  private static List<String> rows(InputStream stream) throws IOException {
    return RecordedRows.of(DelimitedRows.of(stream, "in"), 1).rows;
  }

  static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      bytes.writeBytes(part);
    }
    return bytes.toByteArray();
  }

  /** Gives a byte or a few at a time and says that none is available. */
  static final class Trickle extends FilterInputStream {
    private int turn;

    Trickle(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
      return super.read(bytes, offset, Math.min(count, 1 + turn++ % 11));
    }

    @Override
    public int available() {
      return 0;
    }
  }
}
