package dev.almanac.build.rows;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files and streams before they are text. */
class InputTest {
  private static final byte[] ROWS = "7|2024-02-29\n8|2024-03-01\n".getBytes(UTF_8);

  @TempDir private Path folder;

  /** Counts how often it is closed, and may fail then. */
  private static final class ClosedStream extends ByteArrayInputStream {
    final AtomicInteger closedCount = new AtomicInteger();
    final boolean fails;

    ClosedStream(byte[] bytes, boolean fails) {
      super(bytes);
      this.fails = fails;
    }

    @Override
    public void close() throws IOException {
      closedCount.incrementAndGet();
      if (fails) {
        throw new IOException("closing failed");
      }
    }
  }

  /** An input of a size that opens one stream. */
  private record OneStream(InputStream open, long byteCount) implements Input {
    @Override
    public String name() {
      return "one";
    }

    @Override
    public void check() {}
  }

  @Test
  void aFileIsReadAsOftenAsItIsOpened() throws IOException {
    byte[] bytes = new byte[300_000];
    new SplittableRandom(3).nextBytes(bytes);
    Path file = Files.write(folder.resolve("rows"), bytes);
    Input input = Input.of(file);
    input.check();
    assertEquals(file.toString(), input.name());
    assertEquals(bytes.length, input.byteCount());
    try (InputStream first = input.open();
        InputStream second = input.open()) {
      assertArrayEquals(bytes, first.readAllBytes());
      for (int i = 0; i < 300; i++) {
        assertEquals(bytes[i] & 0xff, second.read());
      }
      assertArrayEquals(Arrays.copyOfRange(bytes, 300, 800), second.readNBytes(500));
    }
  }

  @Test
  void whatIsNoFileIsRefusedBeforeItIsOpened() {
    Input missing = Input.of(folder.resolve("missing"));
    assertEquals(-1, missing.byteCount());
    Input directory = Input.of(folder);
    assertEquals(-1, directory.byteCount());
    for (boolean open : new boolean[] {false, true}) {
      assertEquals(
          missing.name() + ": an input file must exist",
          assertThrows(NoSuchFileException.class, () -> checkOrOpen(missing, open)).getMessage());
      assertEquals(
          directory.name() + ": an input must be a file: found=directory",
          assertThrows(FileSystemException.class, () -> checkOrOpen(directory, open)).getMessage());
    }
  }

  private static void checkOrOpen(Input input, boolean open) throws IOException {
    if (open) {
      input.open().close();
    } else {
      input.check();
    }
  }

  @Test
  void aStreamIsReadOnlyOnceAndLeftOpen() throws IOException {
    ClosedStream stream = new ClosedStream(ROWS, true);
    Input input = Input.of(stream, "in");
    assertEquals(-1, input.byteCount());
    input.check();
    InputStream in = input.open();
    assertEquals('7', in.read());
    in.close();
    assertEquals(0, stream.closedCount.get());
    assertEquals('|', stream.read());
    for (boolean open : new boolean[] {false, true}) {
      assertEquals(
          "an input stream must be read only once; a second pass needs a new one: in",
          assertThrows(IOException.class, () -> checkOrOpen(input, open)).getMessage());
    }
  }

  /** Nothing is taken from it then. */
  @Test
  void anInterruptEndsTheReadingOfAStream() throws IOException {
    InputStream stream = new ByteArrayInputStream(ROWS);
    InputStream in = Input.of(stream, "in").open();
    Thread.currentThread().interrupt();
    try {
      assertThrows(InterruptedIOException.class, in::read);
      assertThrows(InterruptedIOException.class, () -> in.read(new byte[9], 0, 9));
    } finally {
      assertTrue(Thread.interrupted());
    }
    assertEquals(ROWS.length, stream.available());
    assertArrayEquals(ROWS, in.readAllBytes());
  }

  @Test
  void anInterruptEndsTheReadingOfAFile() throws IOException {
    Path file = Files.write(folder.resolve("rows"), ROWS);
    try (InputStream in = Input.of(file).open()) {
      Thread.currentThread().interrupt();
      try {
        assertThrows(ClosedByInterruptException.class, in::read);
      } finally {
        assertTrue(Thread.interrupted());
      }
    }
  }

  @Test
  void onlyAFileCanBeKnownToBeCompressed() throws IOException {
    Path file = folder.resolve("rows");
    byte[] gzip = CompressedRowsTest.gzip(new String(ROWS, UTF_8));
    for (byte[] compressed : List.of(gzip, Zstd.compress(ROWS))) {
      assertTrue(Decoded.isCompressed(Input.of(Files.write(file, compressed))));
      InputStream unread = new ByteArrayInputStream(compressed);
      assertFalse(Decoded.isCompressed(Input.of(unread, "in")));
      assertEquals(compressed.length, unread.available());
      ClosedStream closed = new ClosedStream(compressed, false);
      assertTrue(Decoded.isCompressed(new OneStream(closed, 1)));
      assertEquals(1, closed.closedCount.get());
      assertFalse(Decoded.isCompressed(new OneStream(new ByteArrayInputStream(compressed), 0)));
    }
    assertFalse(Decoded.isCompressed(Input.of(Files.write(file, ROWS))));
    assertFalse(Decoded.isCompressed(Input.of(Files.write(file, new byte[0]))));
    assertFalse(Decoded.isCompressed(Input.of(Files.write(file, new byte[] {0x1f}))));
  }

  @Test
  void whatIsInACompressedFileIsUnpackedByTheProgramForThatFile() throws IOException {
    for (byte[] stored :
        List.of(CompressedRowsTest.gzip("PK\3\4"), Zstd.compress("PK\3\4".getBytes(UTF_8)))) {
      Input input = new OneStream(new ByteArrayInputStream(stored), stored.length);
      String program = stored[0] == 0x1f ? "zcat" : "zstdcat";
      assertEquals(
          "an input must be rows of text, but this is a zip archive; to get at its rows: "
              + program
              + " FILE > UNPACKED; unzip -p UNPACKED, file=one",
          assertThrows(IOException.class, () -> Decoded.open(input, new AtomicLong()))
              .getMessage());
    }
  }

  @Test
  void whatIsRefusedIsClosedAndClosingHidesNoReason() throws IOException {
    byte[] zip = "PK\3\4".getBytes(UTF_8);
    byte[] gzipOfZip = CompressedRowsTest.gzip("PK\3\4");
    byte[] cut = {0x1f, (byte) 0x8b, 8};
    for (byte[] refused : List.of(zip, gzipOfZip, cut)) {
      for (boolean fails : new boolean[] {false, true}) {
        ClosedStream stream = new ClosedStream(refused, fails);
        IOException thrown =
            assertThrows(
                IOException.class,
                () -> Decoded.open(new OneStream(stream, refused.length), new AtomicLong()));
        assertTrue(thrown.getMessage().contains("must be"), thrown.getMessage());
        assertEquals(1, stream.closedCount.get());
        assertEquals(
            fails ? List.of("closing failed") : List.of(),
            List.of(thrown.getSuppressed()).stream().map(Throwable::getMessage).toList());
      }
    }
  }

  @Test
  void closingTheTextClosesTheInputHoweverItIsPacked() throws IOException {
    for (byte[] stored :
        List.of(ROWS, CompressedRowsTest.gzip(new String(ROWS, UTF_8)), Zstd.compress(ROWS))) {
      ClosedStream stream = new ClosedStream(stored, false);
      InputStream text = Decoded.open(new OneStream(stream, stored.length), new AtomicLong());
      assertEquals('7', text.read());
      assertEquals(0, stream.closedCount.get());
      text.close();
      assertEquals(1, stream.closedCount.get());
    }
  }
}
