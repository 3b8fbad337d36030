package dev.almanac.build.rows;

import dev.almanac.Almanac;
import dev.almanac.DateDictionary;
import dev.almanac.Entries;
import dev.almanac.IdKind;
import dev.almanac.build.RowSink;
import dev.almanac.build.RowSource;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The entries of an almanac as rows: each part of its file is a split. */
public final class AlmanacRows implements RowSource {
  /** Few enough that the parts of a file of any layout have fewer lines than a split may have. */
  private static final int IDS_PER_PART = 1 << 16;

  private static final int MAX_PARTS = 1 << 16;

  /** What a row takes as text, about: sources of files count in bytes. */
  private static final int BYTES_PER_ROW = 32;

  private final Almanac almanac;

  private AlmanacRows(Almanac almanac) {
    this.almanac = almanac;
  }

  /** See {@link RowSource#of(Almanac)}. */
  public static AlmanacRows of(Almanac almanac) {
    return new AlmanacRows(Objects.requireNonNull(almanac, "almanac"));
  }

  @Override
  public Splits open() {
    return new Pass(almanac);
  }

  private static final class Pass implements Splits {
    private final Almanac almanac;
    private final String name;
    private final int partCount;
    private final AtomicInteger nextPart = new AtomicInteger();
    private final AtomicLong doneCount = new AtomicLong();

    Pass(Almanac almanac) {
      this.almanac = almanac;
      this.name = almanac.path().toString();
      this.partCount = (int) Math.min(MAX_PARTS, almanac.size() / IDS_PER_PART + 1);
    }

    @Override
    public boolean next(RowSink sink) throws IOException {
      int part = nextPart.getAndUpdate(next -> Math.min(next + 1, partCount));
      if (part == partCount) {
        return false;
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("reading an almanac's entries was interrupted");
      }
      Rows rows = new Rows(sink, almanac.dictionary());
      // Only the first has a first line: how many lines come before the others is not known.
      sink.begin(part, name, part == 0 ? 1 : 0, rows);
      try {
        rows.give(almanac.entries().part(part, partCount), almanac.idKind());
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
      sink.end(rows.line);
      doneCount.addAndGet(rows.line);
      return true;
    }

    @Override
    public long done() {
      return doneCount.get() * BYTES_PER_ROW;
    }

    @Override
    public long total() {
      return almanac.size() * BYTES_PER_ROW;
    }

    @Override
    public long estimatedRowCount() {
      return almanac.size();
    }

    @Override
    public void close() {
      // The almanac is the caller's.
    }
  }

  /** Gives the entries of a part to a sink. */
  private static final class Rows implements Supplier<String> {
    private final RowSink sink;
    private final DateDictionary dictionary;
    private int line;

    // The row that the sink is being given; the bytes are null where the ID is a number.
    private long id;
    private byte @Nullable [] idBytes;
    private int idFrom;
    private int idTo;
    private int code;

    Rows(RowSink sink, DateDictionary dictionary) {
      this.sink = sink;
      this.dictionary = dictionary;
    }

    void give(Entries entries, IdKind kind) {
      if (kind == IdKind.LONG) {
        entries.forEach(this::give);
      } else {
        entries.forEachUtf8(this::give);
      }
    }

    private void give(long entryId, int entryCode) {
      id = entryId;
      code = entryCode;
      try {
        sink.row(line++, entryId, dictionary, entryCode);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void give(byte[] utf8, int from, int to, int entryCode) {
      idBytes = utf8;
      idFrom = from;
      idTo = to;
      code = entryCode;
      try {
        sink.row(line++, utf8, from, to, dictionary, entryCode);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public String get() {
      byte[] bytes = idBytes;
      String idText = bytes == null ? Long.toString(id) : RowText.of(bytes, idFrom, idTo);
      return idText + "|" + dictionary.text(code);
    }
  }
}
