package dev.almanac.build.rows;

import dev.almanac.build.BadRowReason;
import dev.almanac.build.RefusedRowException;
import dev.almanac.build.RowSink;
import dev.almanac.build.RowSource;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One pass over delimited text: reads it from front to back, cuts it after a row's end, and parses
 * the pieces in parallel.
 */
public final class DelimitedSplits implements RowSource.Splits {
  // Small enough to stay in a core's cache between reading and parsing, large enough that the lock
  // is rarely asked for.
  private static final int SPLIT_BYTES = 1 << 20;

  /** A row with an ID, a date and little else; only for guessing the number of rows. */
  private static final int GUESSED_ROW_BYTES = 32;

  /** Where no input is open. */
  private static final InputStream NONE = InputStream.nullInputStream();

  private final List<Input> inputs;
  private final Dialect dialect;
  private final int splitBytes;
  private final int maxRowBytes;
  private final long byteCount;
  private final boolean compressed;
  private final AtomicLong done = new AtomicLong();
  private final Queue<byte[]> freeBuffers = new ConcurrentLinkedQueue<>();
  private final PassLock pass = new PassLock();
  private final List<String> remarks = new CopyOnWriteArrayList<>();
  private final RowFormat format;

  // All below belongs to the thread whose turn it is.
  private int inputCount;
  private String inputName = "";
  private InputStream text = NONE;
  private boolean textEnded;
  private boolean atStart;
  private int firstLine;

  /** The names in the first input's header. */
  private @Nullable List<String> names;

  private byte[] rest;
  private int restCount;
  private int idColumn;
  private int dateColumn;
  private long splitCount;
  private long rowCount;

  /**
   * Opens the inputs, to be read as one. Those that cannot be read are refused here as far as that
   * can be known.
   */
  public static DelimitedSplits open(List<Input> inputs, Dialect dialect) throws IOException {
    return new DelimitedSplits(inputs, dialect, SPLIT_BYTES, Dialect.MAX_ROW_BYTES);
  }

  DelimitedSplits(List<Input> inputs, Dialect dialect, int splitBytes, int maxRowBytes)
      throws IOException {
    this.inputs = inputs;
    this.dialect = dialect;
    this.splitBytes = splitBytes;
    this.maxRowBytes = maxRowBytes;
    this.format = RowFormat.of(dialect.fields(), maxRowBytes);
    this.rest = new byte[splitBytes];
    long sum = 0;
    boolean anyCompressed = false;
    for (Input each : inputs) {
      each.check();
      anyCompressed |= Decoded.isCompressed(each);
      sum = sum < 0 || each.byteCount() < 0 ? -1 : sum + each.byteCount();
    }
    this.byteCount = sum;
    this.compressed = anyCompressed;
  }

  @Override
  public boolean next(RowSink sink) throws IOException {
    Split split = pass.next(() -> take(sink));
    if (split == null) {
      return false;
    }
    try {
      sink.begin(split.number, split.source, split.firstLine, split::rowText);
      int lineCount;
      if (split.longRowBytes > 0) {
        if (split.longRowLineCount > 1) {
          sink.spans(split.longRowLineCount);
        }
        sink.bad(
            0,
            BadRowReason.ROW_TOO_LONG,
            "bytes=" + split.longRowBytes + " expectedAtMost=" + maxRowBytes,
            RowText.of(split.bytes, 0, split.to));
        lineCount = split.longRowLineCount;
      } else {
        lineCount = format.scan(split, sink);
      }
      sink.end(lineCount + split.trailingLineCount);
    } finally {
      giveBack(split.bytes);
    }
    return true;
  }

  @Override
  public long done() {
    return done.get();
  }

  @Override
  public long total() {
    return byteCount;
  }

  @Override
  public long estimatedRowCount() {
    return compressed || byteCount < 0 ? -1 : byteCount / GUESSED_ROW_BYTES;
  }

  @Override
  public List<String> remarks() {
    return remarks;
  }

  @Override
  public void close() throws IOException {
    pass.close(this::closeInput);
  }

  private @Nullable Split take(RowSink sink) throws IOException {
    while (text != NONE || openNext()) {
      Split split = cut(sink);
      if (split != null) {
        return split;
      }
      closeInput();
    }
    return null;
  }

  private boolean openNext() throws IOException {
    if (inputCount == inputs.size()) {
      return false;
    }
    Input input = inputs.get(inputCount++);
    inputName = input.name();
    text = Decoded.open(input, done);
    firstLine = 1 + skipLines();
    textEnded = false;
    atStart = true;
    restCount = 0;
    return true;
  }

  /** Skips the lines before the header, and returns their number. */
  private int skipLines() throws IOException {
    int skipped = 0;
    int value = 0;
    while (skipped < dialect.skippedLines() && value >= 0) {
      value = text.read();
      skipped += value == '\n' ? 1 : 0;
    }
    return skipped;
  }

  private void closeInput() throws IOException {
    InputStream open = text;
    text = NONE;
    open.close();
  }

  /** The next whole rows of the open input; null at its end. */
  private @Nullable Split cut(RowSink sink) throws IOException {
    byte[] bytes = buffer();
    System.arraycopy(rest, 0, bytes, 0, restCount);
    int count = restCount;
    restCount = 0;
    int end;
    while (true) {
      count = fill(bytes, count);
      if (textEnded) {
        end = count;
        break;
      }
      end = format.lastRowEnd(bytes, 0, count);
      if (end == count) {
        // Whether an empty line is the input's last, and so no row, the next read will show.
        end = format.endWithoutEmptyLine(bytes, 0, end);
      }
      if (end > 0) {
        break;
      }
      if (count >= maxRowBytes + 2) {
        return cutLongRow(bytes, count);
      }
      bytes =
          Arrays.copyOf(
              bytes,
              (int) Math.min(2L * capacity(bytes), Math.max(maxRowBytes + 2, splitBytes))
                  + RowFormat.SLACK_BYTES);
    }
    if (end == 0 && !(atStart && dialect.header())) {
      giveBack(bytes);
      return null;
    }
    keep(bytes, end, count);
    Split split = split(bytes);
    if (atStart && dialect.header()) {
      header(split, end, sink);
    }
    split.to = end;
    atStart = false;
    if (textEnded) {
      split.to = format.endWithoutEmptyLine(bytes, split.from, end);
      split.trailingLineCount = split.to < end ? 1 : 0;
    }
    if (idColumn == Split.ROW_NUMBER) {
      split.firstRow = rowCount;
      rowCount += format.rowCount(bytes, split.from, split.to);
    }
    return split;
  }

  private Split split(byte[] bytes) {
    if (atStart && !dialect.header()) {
      idColumn = dialect.id().isRowNumber() ? Split.ROW_NUMBER : dialect.id().number() - 1;
      dateColumn = dialect.date().number() - 1;
    }
    Split split = new Split();
    split.number = splitCount++;
    split.source = inputName;
    split.firstLine = atStart ? firstLine : 0;
    split.bytes = bytes;
    split.idColumn = idColumn;
    split.dateColumn = dateColumn;
    return split;
  }

  /** Finds the wanted columns in the header, and puts the split's rows after it. */
  private void header(Split split, int end, RowSink sink) throws IOException {
    int headerEnd = format.rowEnd(split.bytes, 0, end, true);
    if (RowFormat.withoutBreak(split.bytes, 0, headerEnd) > maxRowBytes) {
      throw longHeader();
    }
    List<String> first =
        headerEnd == 0 ? List.of() : format.fields(split.bytes, 0, headerEnd, inputName, firstLine);
    if (names == null) {
      takeColumns(first);
      names = first;
      if (dialect.id().name() == null
          && dialect.date().name() == null
          && format.isRow(first, idColumn, dateColumn, sink)) {
        throw new RefusedRowException(
            "the first line holds an ID and a date, so it is not a header; leave header(),"
                + " --header out: found=["
                + RowText.of(String.join(", ", first))
                + "]",
            inputName,
            firstLine);
      }
    } else if (!first.equals(names)
        && !hasNames(first)
        && format.isRow(first, idColumn, dateColumn, sink)) {
      if (dialect.skippedLines() > 0) {
        // What was skipped may have been rows too.
        throw refusedHeader(
            "where lines are skipped, each input must have a header: skipLines="
                + dialect.skippedLines(),
            first);
      }
      remarks.add(inputName + " has no header; its first line is a row");
      return;
    } else {
      takeColumns(first);
    }
    split.idColumn = idColumn;
    split.dateColumn = dateColumn;
    split.from = headerEnd;
    // It has the wanted columns, so it is not empty.
    split.lineOfFrom =
        Words.lineFeedCount(split.bytes, 0, headerEnd)
            + (split.bytes[headerEnd - 1] != '\n' ? 1 : 0);
  }

  private void takeColumns(List<String> header) throws RefusedRowException {
    idColumn = dialect.id().isRowNumber() ? Split.ROW_NUMBER : column(dialect.id(), header);
    dateColumn = column(dialect.date(), header);
    if (idColumn == dateColumn) {
      throw refusedHeader(
          String.format(
              "the ID and the date must be in different columns: idColumn=%s dateColumn=%s",
              dialect.id(), dialect.date()),
          header);
    }
  }

  /** Whether a header names the columns that go by name, of which there are some. */
  private boolean hasNames(List<String> header) {
    String id = dialect.id().name();
    String date = dialect.date().name();
    return (id != null || date != null)
        && (id == null || header.contains(id))
        && (date == null || header.contains(date));
  }

  private int column(Dialect.Column wanted, List<String> header) throws RefusedRowException {
    String name = wanted.name();
    if (name != null) {
      int index = header.indexOf(name);
      if (index != header.lastIndexOf(name)) {
        throw refusedHeader("a header must name a wanted column only once: column=" + name, header);
      }
      if (index < 0) {
        throw refusedHeader("a header must name the wanted column: column=" + name, header);
      }
      return index;
    }
    if (wanted.number() > header.size()) {
      throw refusedHeader(
          "a header must have the wanted column: column=" + wanted.number(), header);
    }
    String first = names == null ? null : names.get(wanted.number() - 1);
    if (first != null && !first.equals(header.get(wanted.number() - 1))) {
      throw refusedHeader(
          String.format(
              "the first line of a later input must repeat the first header, or hold an ID and a"
                  + " date: column=%s name=%s",
              wanted.number(), first),
          header);
    }
    return wanted.number() - 1;
  }

  private RefusedRowException refusedHeader(String ruleAndWanted, List<String> names) {
    String found = String.join(", ", names);
    return new RefusedRowException(
        ruleAndWanted + " columns=" + names.size() + " found=[" + RowText.of(found) + "]",
        inputName,
        firstLine);
  }

  private RefusedRowException longHeader() {
    return new RefusedRowException(
        BadRowReason.ROW_TOO_LONG.rule() + ": found=header", inputName, firstLine);
  }

  /**
   * Reads on to the end of the line that the row in the full buffer has not ended in, and keeps
   * only the beginning.
   */
  private Split cutLongRow(byte[] bytes, int count) throws IOException {
    if (atStart && dialect.header()) {
      throw longHeader();
    }
    Split split = split(bytes);
    split.to = count;
    atStart = false;
    long rowBytes = count;
    int lineCount = Words.lineFeedCount(bytes, 0, count) + 1;
    byte last = bytes[count - 1];
    byte[] next = buffer();
    int lineEnd = -1;
    while (lineEnd < 0) {
      int nextCount = fill(next, 0);
      if (nextCount == 0) {
        rowBytes -= last == '\r' ? 1 : 0;
        lineCount -= last == '\n' ? 1 : 0; // An escaped one.
        break;
      }
      lineEnd = Words.lineFeed(next, 0, nextCount);
      int taken = lineEnd < 0 ? nextCount : lineEnd + 1;
      rowBytes += taken;
      if (lineEnd >= 0) {
        byte beforeLast = lineEnd >= 1 ? next[lineEnd - 1] : last;
        rowBytes -= beforeLast == '\r' ? 2 : 1;
        keep(next, taken, nextCount);
      }
      last = next[taken - 1];
    }
    giveBack(next);
    split.longRowBytes = rowBytes;
    split.longRowLineCount = lineCount;
    rowCount++;
    return split;
  }

  /** Fills the buffer up, as far as the input goes. */
  private int fill(byte[] bytes, int from) throws IOException {
    int count = from;
    int capacity = capacity(bytes);
    while (!textEnded && count < capacity) {
      int read = text.read(bytes, count, capacity - count);
      textEnded = read < 0;
      count += Math.max(read, 0);
    }
    return count;
  }

  /** Puts [from, to) by, for the next split to begin with. */
  private void keep(byte[] bytes, int from, int to) {
    restCount = to - from;
    if (restCount > rest.length) {
      rest = new byte[restCount];
    }
    System.arraycopy(bytes, from, rest, 0, restCount);
  }

  private byte[] buffer() {
    byte[] free = restCount > splitBytes ? null : freeBuffers.poll();
    return free != null ? free : new byte[Math.max(splitBytes, restCount) + RowFormat.SLACK_BYTES];
  }

  /** A buffer that a long row made larger is left to the garbage collector. */
  private void giveBack(byte[] bytes) {
    if (capacity(bytes) == splitBytes) {
      freeBuffers.add(bytes);
    }
  }

  private static int capacity(byte[] bytes) {
    return bytes.length - RowFormat.SLACK_BYTES;
  }
}
