package dev.almanac.build.rows;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.almanac.build.BadRowReason;
import dev.almanac.build.RowSink;
import dev.almanac.build.RowSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiPredicate;
import java.util.function.Supplier;

/**
 * Everything a source gave to its sinks, in the order of the input, as {@code file:line id=date}
 * for rows and {@code file:line REASON found [row]} for bad ones, the line worked out as the
 * contract of {@link RowSink} has it.
 */
final class RecordedRows {
  final List<String> rows = new ArrayList<>();
  final List<String> bad = new ArrayList<>();
  final List<Long> numericIds = new ArrayList<>();

  /** Lines of each source in turn, {@code file=lines}. */
  final List<String> lineCounts = new ArrayList<>();

  int splitCount;

  private RecordedRows() {}

  /** A dialect without skipped lines, escapes and blanks to trim. */
  static Dialect dialect(
      char delimiter, boolean header, boolean quoted, Dialect.Column id, Dialect.Column date) {
    return Dialect.DEFAULT
        .withDelimiter(delimiter)
        .withQuoted(quoted)
        .withHeader(header)
        .withId(id)
        .withDate(date);
  }

  /** All of the source, taken by so many threads. */
  static RecordedRows of(RowSource source, int threadCount) throws IOException {
    try (RowSource.Splits splits = source.open()) {
      return of(splits, threadCount);
    }
  }

  static RecordedRows of(RowSource.Splits splits, int threadCount) throws IOException {
    return of(splits, threadCount, (id, date) -> false);
  }

  /** As {@link #of(RowSource.Splits, int)}; {@code isRow} tells a row from a header. */
  static RecordedRows of(
      RowSource.Splits splits, int threadCount, BiPredicate<String, String> isRow)
      throws IOException {
    ConcurrentSkipListMap<Long, Piece> pieces = new ConcurrentSkipListMap<>();
    Callable<Void> taker =
        () -> {
          Recorder recorder = new Recorder(pieces, isRow);
          while (splits.next(recorder)) {
            recorder.expectEnded();
          }
          recorder.expectEnded();
          return null;
        };
    if (threadCount == 1) {
      call(taker);
    } else {
      ExecutorService threads = Executors.newFixedThreadPool(threadCount);
      try {
        List<Future<Void>> taking = new ArrayList<>();
        for (int i = 0; i < threadCount; i++) {
          taking.add(threads.submit(taker));
        }
        for (Future<Void> each : taking) {
          call(each::get);
        }
      } finally {
        threads.shutdownNow();
      }
    }
    return joined(pieces);
  }

  private static void call(Callable<Void> callable) throws IOException {
    try {
      callable.call();
    } catch (java.util.concurrent.ExecutionException e) {
      if (e.getCause() instanceof IOException) {
        throw (IOException) e.getCause();
      }
      throw new AssertionError(e);
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static RecordedRows joined(ConcurrentSkipListMap<Long, Piece> pieces) {
    RecordedRows joined = new RecordedRows();
    String source = null;
    long firstLine = 0;
    for (Piece piece : pieces.values()) {
      expect(piece.number == joined.splitCount, "split " + joined.splitCount + " is missing");
      joined.splitCount++;
      if (piece.firstLine == 0) {
        expect(piece.source.equals(source), "a split of " + piece.source + " follows none");
      } else if (source != null && piece.source.equals(source) && piece.firstLine != 1) {
        expect(
            piece.firstLine == firstLine,
            "line " + piece.firstLine + " follows, expected " + firstLine);
      } else {
        if (source != null) {
          joined.lineCounts.add(source + "=" + (firstLine - 1));
        }
        firstLine = piece.firstLine; // After the lines that are skipped.
      }
      source = piece.source;
      int nextLine = piece.lines.isEmpty() ? 0 : piece.lines.get(0).line;
      for (Line line : piece.lines) {
        expect(line.line == nextLine, "line " + line.line + " instead of " + nextLine);
        nextLine += line.span;
        expect(nextLine <= piece.lineCount, "line " + nextLine + " of " + piece.lineCount);
        (line.bad ? joined.bad : joined.rows)
            .add(source + ":" + (firstLine + line.line) + " " + line.text);
      }
      // An empty line may end the source.
      expect(nextLine >= piece.lineCount - 1 || piece.lines.isEmpty(), "a row is missing");
      joined.numericIds.addAll(piece.numericIds);
      firstLine += piece.lineCount;
    }
    if (source != null) {
      joined.lineCounts.add(source + "=" + (firstLine - 1));
    }
    return joined;
  }

  private static void expect(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }

  private static final class Piece {
    long number;
    String source;
    long firstLine;
    final List<Line> lines = new ArrayList<>();
    final List<Long> numericIds = new ArrayList<>();
    long lineCount;
  }

  private record Line(int line, int span, boolean bad, String text) {}

  /** The sink of one thread. */
  private static final class Recorder implements RowSink {
    private final ConcurrentSkipListMap<Long, Piece> pieces;
    private final BiPredicate<String, String> isRow;
    private Piece piece;

    /** Lines of the next row. */
    private int span = 1;

    Recorder(ConcurrentSkipListMap<Long, Piece> pieces, BiPredicate<String, String> isRow) {
      this.pieces = pieces;
      this.isRow = isRow;
    }

    @Override
    public boolean isRow(String id, String date) {
      return isRow.test(id, date);
    }

    void expectEnded() {
      expect(piece == null, "a split was not ended");
    }

    @Override
    public void begin(long split, String source, long firstLine, Supplier<String> row) {
      expectEnded();
      piece = new Piece();
      piece.number = split;
      piece.source = source;
      piece.firstLine = firstLine;
    }

    @Override
    public void spans(int lineCount) {
      expect(span == 1 && lineCount > 1, "spans " + lineCount);
      span = lineCount;
    }

    private void add(int line, boolean bad, String text) {
      piece.lines.add(new Line(line, span, bad, text));
      span = 1;
    }

    @Override
    public void row(int line, byte[] bytes, int idFrom, int idTo, int dateFrom, int dateTo) {
      add(line, false, text(bytes, idFrom, idTo) + "=" + text(bytes, dateFrom, dateTo));
    }

    @Override
    public void row(int line, long id, byte[] bytes, int dateFrom, int dateTo) {
      piece.numericIds.add(id);
      add(line, false, "#" + id + "=" + text(bytes, dateFrom, dateTo));
    }

    @Override
    public void bad(int line, BadRowReason reason, String found, String row) {
      add(line, true, reason + " " + found + " [" + row + "]");
    }

    @Override
    public void end(long lineCount) {
      expect(span == 1, "no row followed spans");
      piece.lineCount = lineCount;
      expect(pieces.put(piece.number, piece) == null, "split " + piece.number + " came twice");
      piece = null;
    }

    private static String text(byte[] bytes, int from, int to) {
      return new String(bytes, from, to - from, UTF_8);
    }
  }
}
