package dev.almanac.build.rows;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.build.BadRowReason;
import dev.almanac.build.DelimitedRows;
import dev.almanac.build.RowSink;
import dev.almanac.build.RowSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class DelimitedRowsTest {
  @TempDir Path folder;

  @Test
  void unlessToldOtherwiseTheFirstColumnIsTheIdAndTheSecondTheDate() throws IOException {
    Path file = file("a", "7|2024-02-29\n\"8\"|2024-03-01|x\n");
    assertEquals(
        List.of(file + ":1 7=2024-02-29", file + ":2 \"8\"=2024-03-01"),
        RecordedRows.of(DelimitedRows.of(file), 1).rows);
  }

  @Test
  void anOptionLeavesTheInstanceItWasAskedOfAsItWas() throws IOException {
    Path file = file("a", "\"7\",2024-02-29,8|x\n\"9\",2024-03-01,10|y\n");
    DelimitedRows rows = DelimitedRows.of(file);
    rows.delimiter(',').quoted(true).header(true).idColumn(3).dateColumn(1).idIsRowNumber();
    rows.idColumn("7").dateColumn("8|x");
    assertEquals(
        List.of(file + ":1 \"7\",2024-02-29,8=x", file + ":2 \"9\",2024-03-01,10=y"),
        RecordedRows.of(rows, 1).rows);
    assertEquals(
        List.of(file + ":1 2024-02-29=7", file + ":2 2024-03-01=9"),
        RecordedRows.of(rows.delimiter(',').quoted(true).idColumn(2).dateColumn(1), 1).rows);
    assertEquals(
        List.of(file + ":2 #0=10|y"),
        RecordedRows.of(rows.delimiter(',').header(true).dateColumn(3).idIsRowNumber(), 1).rows);
    assertEquals(
        List.of(file + ":2 9=2024-03-01"),
        RecordedRows.of(rows.delimiter(',').quoted(true).idColumn("7").dateColumn("2024-02-29"), 1)
            .rows);
  }

  @Test
  void severalFilesAreReadInTheirOrderAndAsOftenAsWanted() throws IOException {
    Path b = file("b", "id|date\n1|x\n2|x");
    Path a = file("a", "id|date\n3|y\n");
    DelimitedRows rows = DelimitedRows.of(List.of(b, a, b)).header(true);
    List<String> all =
        List.of(b + ":2 1=x", b + ":3 2=x", a + ":2 3=y", b + ":2 1=x", b + ":3 2=x");
    assertEquals(all, RecordedRows.of(rows, 1).rows);
    assertEquals(all, RecordedRows.of(rows, 2).rows);
    try (RowSource.Splits splits = rows.open()) {
      assertEquals(2 * Files.size(b) + Files.size(a), splits.total());
      RecordedRows.of(splits, 2);
      assertEquals(splits.total(), splits.done());
    }
    assertThrows(IllegalArgumentException.class, () -> DelimitedRows.of(List.of()));
  }

  /** What one split leaves to the next may be longer than a split. */
  @Test
  void rowsOfAllLengthsAreCutAnywhere() throws IOException {
    SplittableRandom random = new SplittableRandom(19);
    for (int i = 0; i < 60; i++) {
      StringBuilder text = new StringBuilder();
      List<String> expected = new ArrayList<>();
      for (int line = 1; line <= 40; line++) {
        String id = "7" + "x".repeat(random.nextInt(line % 8 == 0 ? 150 : 12));
        text.append(id).append("|d\n");
        expected.add("in:" + line + " " + id + "=d");
      }
      Input input = Input.of(new ByteArrayInputStream(text.toString().getBytes(UTF_8)), "in");
      Dialect dialect = Dialect.DEFAULT.withQuoted(i % 2 == 0);
      int splitBytes = 1 + random.nextInt(60);
      try (DelimitedSplits splits = new DelimitedSplits(List.of(input), dialect, splitBytes, 200)) {
        assertEquals(expected, RecordedRows.of(splits, 1).rows);
      }
    }
  }

  @Test
  @Tag("slow")
  @Tag("long")
  void manySplitsOfAFileKeepTheirOrderAndTheirLines() throws IOException {
    StringBuilder text = new StringBuilder();
    List<String> expected = new ArrayList<>();
    int rowCount = 300_000;
    for (int i = 0; i < rowCount; i++) {
      text.append(i).append("|customer ").append(i % 977).append("|d").append(i % 31).append('\n');
    }
    Path file = file("a", text.toString());
    for (int i = 0; i < rowCount; i++) {
      expected.add(file + ":" + (i + 1) + " " + i + "=d" + i % 31);
    }
    for (boolean quoted : new boolean[] {false, true}) {
      RecordedRows recorded =
          RecordedRows.of(DelimitedRows.of(file).quoted(quoted).dateColumn(3), 2);
      assertEquals(expected, recorded.rows);
      assertTrue(recorded.splitCount > 3, "splits=" + recorded.splitCount);
      RecordedRows numbered =
          RecordedRows.of(DelimitedRows.of(file).quoted(quoted).idIsRowNumber().dateColumn(3), 2);
      for (int i = 0; i < rowCount; i++) {
        assertEquals(i, numbered.numericIds.get(i));
      }
    }
  }

  private static long[] sizes(DelimitedRows rows) throws IOException {
    try (RowSource.Splits splits = rows.open()) {
      return new long[] {splits.total(), splits.estimatedRowCount()};
    }
  }

  /** A row takes about 32 bytes. */
  @Test
  void howMuchThereIsIsKnownOfFilesAndHowManyRowsOfThoseThatAreNotCompressed() throws IOException {
    Path empty = file("empty", "");
    Path a = file("a", "7|2024-02-29\n".repeat(50));
    Path packed = folder.resolve("packed");
    Files.write(packed, CompressedRowsTest.gzip("7|2024-02-29\n"));
    assertArrayEquals(new long[] {0, 0}, sizes(DelimitedRows.of(empty)));
    assertArrayEquals(new long[] {650, 650 / 32}, sizes(DelimitedRows.of(List.of(empty, a))));
    for (List<Path> files : List.of(List.of(packed, a), List.of(a, packed))) {
      assertArrayEquals(new long[] {650 + Files.size(packed), -1}, sizes(DelimitedRows.of(files)));
    }
    InputStream stream = InputStream.nullInputStream();
    assertArrayEquals(new long[] {-1, -1}, sizes(DelimitedRows.of(a).and(stream, "in").and(a)));
  }

  /** Inputs that tell when they are opened and closed. */
  private static Input traced(String name, String text, List<String> trace) {
    return new Input() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public long byteCount() {
        return -1;
      }

      @Override
      public void check() {}

      @Override
      public InputStream open() {
        trace.add("open " + name);
        return new ByteArrayInputStream(text.getBytes(UTF_8)) {
          @Override
          public void close() {
            trace.add("close " + name);
          }
        };
      }
    };
  }

  @Test
  void anInputIsClosedBeforeTheNextIsOpenedAndWhenTheRowsAreNoLongerWanted() throws IOException {
    List<String> trace = new ArrayList<>();
    List<Input> inputs =
        List.of(traced("a", "1|x\n", trace), traced("b", "", trace), traced("c", "2|x\n", trace));
    RowSink sink = new Failing("none", null);
    try (RowSource.Splits splits = DelimitedSplits.open(inputs, Dialect.DEFAULT)) {
      takeAll(splits, sink);
      assertEquals(List.of("open a", "close a", "open b", "close b", "open c", "close c"), trace);
    }
    assertEquals(6, trace.size());
    trace.clear();
    try (RowSource.Splits splits = DelimitedSplits.open(inputs, Dialect.DEFAULT)) {
      assertTrue(splits.next(sink));
      assertEquals(List.of("open a"), trace);
    }
    assertEquals(List.of("open a", "close a"), trace);
  }

  /** A stream may give nothing although it has not ended: no row may be lost then. */
  @Test
  void aReadThatGivesNothingIsNotTheEnd() throws IOException {
    InputStream stream =
        new ByteArrayInputStream("7|2024-02-29\n8|2024-03-01\n".getBytes(UTF_8)) {
          private int count;

          @Override
          public int read(byte[] bytes, int offset, int wanted) {
            return count++ % 2 == 0 ? 0 : super.read(bytes, offset, Math.min(wanted, 1));
          }
        };
    assertEquals(
        List.of("in:1 7=2024-02-29", "in:2 8=2024-03-01"),
        RecordedRows.of(DelimitedRows.of(stream, "in"), 1).rows);
  }

  @Test
  void everyOptionReachesTheRows() throws IOException {
    Path a = file("a", "title\n\" 7 \",x\\,2024-02-29\n");
    Path b = file("b", "title\n 8 ,2024-03-01\n");
    DelimitedRows rows =
        DelimitedRows.of(a)
            .and(b)
            .delimiter(',')
            .quoted(true)
            .escaped(true)
            .skipLines(1)
            .trim(true);
    assertEquals(List.of(a, b), rows.files());
    RecordedRows recorded = RecordedRows.of(rows, 1);
    assertEquals(List.of(a + ":2 7=x,2024-02-29", b + ":2 8=2024-03-01"), recorded.rows);
    Path lines = file("lines", "\"7\n\n\",2024-02-29\n");
    DelimitedRows quoted = DelimitedRows.of(lines).delimiter(',').quoted(true);
    assertEquals(
        List.of(lines + ":1 7\n\n=2024-02-29"), RecordedRows.of(quoted.maxQuotedLines(3), 1).rows);
    assertEquals(List.of(), RecordedRows.of(quoted.maxQuotedLines(2), 1).rows);
    InputStream stream = new ByteArrayInputStream("9|x".getBytes(UTF_8));
    DelimitedRows mixed = DelimitedRows.of(b).skipLines(2).and(stream, "in");
    assertEquals(List.of(b), mixed.files());
    assertEquals(List.of(), RecordedRows.of(mixed, 1).rows);
  }

  @Test
  void theIdAndTheDateAreNotTakenFromOneColumn() throws IOException {
    DelimitedRows rows = DelimitedRows.of(file("a", "7|2024-02-29\n")).dateColumn(1);
    assertEquals(
        "the ID and the date must be in different columns: idColumn=1 dateColumn=1",
        assertThrows(IllegalStateException.class, rows::open).getMessage());
  }

  @Test
  void aStreamNeedsBytesAndAName() {
    InputStream stream = InputStream.nullInputStream();
    DelimitedRows rows = DelimitedRows.of(folder);
    for (Executable call :
        List.<Executable>of(
            () -> DelimitedRows.of(null, "in"),
            () -> DelimitedRows.of(stream, null),
            () -> rows.and(null, "in"),
            () -> rows.and(stream, null))) {
      assertThrows(NullPointerException.class, call);
    }
  }

  @Test
  void aFileThatIsMissingOrAFolderIsRefusedBeforeTheFirstIsRead() throws IOException {
    Path file = file("a", "7|2024-02-29\n");
    Path missing = folder.resolve("missing");
    NoSuchFileException none =
        assertThrows(
            NoSuchFileException.class, () -> DelimitedRows.of(List.of(file, missing)).open());
    assertEquals(missing + ": an input file must exist", none.getMessage());
    FileSystemException directory =
        assertThrows(
            FileSystemException.class, () -> DelimitedRows.of(List.of(file, folder)).open());
    assertEquals(folder + ": an input must be a file: found=directory", directory.getMessage());
  }

  @Test
  void columnsCountFromOne() {
    DelimitedRows rows = DelimitedRows.of(folder);
    for (int column : new int[] {0, -1}) {
      assertEquals(
          "columns must be counted from 1: column=" + column,
          assertThrows(IllegalArgumentException.class, () -> rows.idColumn(column)).getMessage());
      assertThrows(IllegalArgumentException.class, () -> rows.dateColumn(column));
    }
    assertThrows(IllegalArgumentException.class, () -> rows.dateColumn(""));
  }

  @Test
  void aStreamIsReadOnceAndLeftOpen() throws IOException {
    AtomicBoolean closed = new AtomicBoolean();
    InputStream stream =
        new ByteArrayInputStream("7|2024-02-29\n".getBytes(UTF_8)) {
          @Override
          public void close() {
            closed.set(true);
          }
        };
    DelimitedRows rows = DelimitedRows.of(stream, "standard input");
    try (RowSource.Splits splits = rows.open()) {
      assertEquals(-1, splits.total());
      assertEquals(List.of("standard input:1 7=2024-02-29"), RecordedRows.of(splits, 1).rows);
      assertEquals(13, splits.done());
    }
    assertFalse(closed.get());
    assertEquals(
        "an input stream must be read only once; a second pass needs a new one: standard input",
        assertThrows(IOException.class, () -> RecordedRows.of(rows.dateColumn(3), 1)).getMessage());
  }

  @Test
  void whatTheSinkThrowsComesThrough() throws IOException {
    Path file = file("a", "7|2024-02-29\n8\n");
    for (String method : List.of("begin", "row", "bad", "end")) {
      for (boolean quoted : new boolean[] {false, true}) {
        IOException failure = new IOException(method);
        try (RowSource.Splits splits = DelimitedRows.of(file).quoted(quoted).open()) {
          assertSame(
              failure,
              assertThrows(IOException.class, () -> splits.next(new Failing(method, failure))));
        }
      }
    }
  }

  @Test
  void aSourceThatFailedDoesNotEndAsIfAllWereRead() throws IOException {
    InputStream failing =
        new InputStream() {
          private int count;

          @Override
          public int read() throws IOException {
            if (count == 20) {
              throw new IOException("cable pulled");
            }
            return ++count % 4 == 0 ? '\n' : '|';
          }
        };
    try (RowSource.Splits splits = DelimitedRows.of(failing, "in").open()) {
      RowSink sink = new Failing("none", null);
      IOException first = assertThrows(IOException.class, () -> takeAll(splits, sink));
      assertEquals("cable pulled", first.getMessage());
      assertSame(first, assertThrows(IOException.class, () -> splits.next(sink)));
      assertSame(first, assertThrows(IOException.class, () -> splits.next(sink)));
    }
  }

  @Test
  void aClosedSourceGivesNoRows() throws IOException {
    RowSource.Splits splits = DelimitedRows.of(file("a", "7|2024-02-29\n")).open();
    splits.close();
    splits.close();
    assertEquals(
        "the source must be open: found=closed",
        assertThrows(IOException.class, () -> splits.next(new Failing("none", null))).getMessage());
  }

  @Test
  @Tag("slow")
  void anInterruptIsHeededByTheReaderAndByThoseWhoWaitForIt() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    InputStream slow =
        new InputStream() {
          @Override
          public int read() throws IOException {
            reading.countDown();
            try {
              release.await();
            } catch (InterruptedException e) {
              throw new InterruptedIOException("asleep");
            }
            return -1;
          }
        };
    try (RowSource.Splits splits = DelimitedRows.of(slow, "in").open()) {
      Taker reader = new Taker(splits);
      reader.start();
      reading.await();
      Taker waiting = new Taker(splits);
      waiting.start();
      while (waiting.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      waiting.interrupt();
      waiting.join(TimeUnit.SECONDS.toMillis(20));
      assertTrue(
          waiting.thrown.get() instanceof InterruptedIOException,
          String.valueOf(waiting.thrown.get()));
      assertTrue(waiting.interruptedAfter);
      assertTrue(reader.isAlive());
      reader.interrupt();
      reader.join(TimeUnit.SECONDS.toMillis(20));
      assertTrue(
          reader.thrown.get() instanceof InterruptedIOException,
          String.valueOf(reader.thrown.get()));
    }
  }

  @Test
  @Tag("slow")
  void anInterruptBeforeAReadStopsIt() throws Exception {
    Path file = file("a", "7|2024-02-29\n");
    for (DelimitedRows rows :
        List.of(
            DelimitedRows.of(file),
            DelimitedRows.of(new ByteArrayInputStream(new byte[100]), "in"))) {
      try (RowSource.Splits splits = rows.open()) {
        Thread.currentThread().interrupt();
        IOException thrown =
            assertThrows(IOException.class, () -> splits.next(new Failing("none", null)));
        assertTrue(Thread.interrupted());
        assertTrue(
            thrown instanceof InterruptedIOException
                || thrown instanceof ClosedByInterruptException,
            thrown.toString());
      }
    }
  }

  private static void takeAll(RowSource.Splits splits, RowSink sink) throws IOException {
    while (splits.next(sink)) {}
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static final class Taker extends Thread {
    private final RowSource.Splits splits;
    final AtomicReference<Throwable> thrown = new AtomicReference<>();
    volatile boolean interruptedAfter;

    Taker(RowSource.Splits splits) {
      this.splits = splits;
    }

    @Override
    public void run() {
      try {
        takeAll(splits, new Failing("none", null));
      } catch (Throwable e) {
        thrown.set(e);
      }
      interruptedAfter = isInterrupted();
    }
  }

  /** Throws from one of its methods. */
  private record Failing(String method, IOException failure) implements RowSink {
    private void at(String here) throws IOException {
      if (method.equals(here)) {
        throw failure;
      }
    }

    @Override
    public void begin(long split, String source, long firstLine, Supplier<String> row)
        throws IOException {
      at("begin");
    }

    @Override
    public void row(int line, byte[] bytes, int idFrom, int idTo, int dateFrom, int dateTo)
        throws IOException {
      at("row");
    }

    @Override
    public void row(int line, long id, byte[] bytes, int dateFrom, int dateTo) throws IOException {
      at("row");
    }

    @Override
    public void bad(int line, BadRowReason reason, String found, String row) throws IOException {
      at("bad");
    }

    @Override
    public void end(long lineCount) throws IOException {
      at("end");
    }
  }
}
