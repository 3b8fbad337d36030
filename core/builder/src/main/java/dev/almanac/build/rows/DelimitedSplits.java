package dev.almanac.build.rows;

import dev.almanac.build.BadRowReason;
import dev.almanac.build.DelimitedRows;
import dev.almanac.build.RefusedRowException;
import dev.almanac.build.RowSink;
import dev.almanac.build.RowSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One pass over delimited text: reads it from front to back, cuts it behind a row's end, and parses
 * the pieces in parallel.
 */
public final class DelimitedSplits implements RowSource.Splits {
  // Small enough to stay in a core's cache between reading and parsing, large enough that the lock
  // is rarely asked for.
  private static final int STRETCH_BYTES = 1 << 20;

  // The quoted format needs about five bytes more for each.
  private static final int QUOTED_STRETCH_BYTES = 1 << 18;

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
  private final ReentrantLock lock = new ReentrantLock();

  // Scans without state; what it does in splitting is guarded by the lock, as is all below.
  private final RowFormat format;

  private int inputCount;
  private String inputName = "";
  private InputStream text = NONE;
  private boolean textEnded;
  private boolean atStart;
  private byte[] rest;
  private int restCount;
  private int idColumn;
  private int dateColumn;
  private long splitCount;
  private long rowCount;
  private final PassFailure failure = new PassFailure();
  private boolean closed;

  /**
   * Opens the inputs, to be read as one. Those that cannot be read are refused here as far as that
   * can be known.
   */
  public static DelimitedSplits open(List<Input> inputs, Dialect dialect) throws IOException {
    int splitBytes = dialect.quoted() ? QUOTED_STRETCH_BYTES : STRETCH_BYTES;
    return new DelimitedSplits(inputs, dialect, splitBytes, DelimitedRows.MAX_ROW_BYTES);
  }

  DelimitedSplits(List<Input> inputs, Dialect dialect, int splitBytes, int maxRowBytes)
      throws IOException {
    this.inputs = inputs;
    this.dialect = dialect;
    this.splitBytes = splitBytes;
    this.maxRowBytes = maxRowBytes;
    this.format =
        dialect.quoted()
            ? new QuotedFormat(dialect.delimiter(), maxRowBytes)
            : new PlainFormat(dialect.delimiter(), maxRowBytes);
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
    Split split = take();
    if (split == null) {
      return false;
    }
    try {
      sink.begin(split.number, split.source, split.firstLine, split::rowText);
      long lineCount;
      if (split.longRowBytes > 0) {
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

  /** Waits for a read that is under way. */
  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      closed = true;
      closeInput();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Split take() throws IOException {
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("waiting for the input was interrupted");
    }
    try {
      failure.throwIfMet();
      if (closed) {
        throw new IOException("the source must be open: found=closed");
      }
      while (text != NONE || openNext()) {
        Split split = cut();
        if (split != null) {
          return split;
        }
        closeInput();
      }
      return null;
    } catch (IOException | RuntimeException | Error e) {
      failure.met(e);
      throw e;
    } finally {
      lock.unlock();
    }
  }

  private boolean openNext() throws IOException {
    if (inputCount == inputs.size()) {
      return false;
    }
    Input input = inputs.get(inputCount++);
    inputName = input.name();
    text = Decoded.open(input, done);
    textEnded = false;
    atStart = true;
    restCount = 0;
    return true;
  }

  private void closeInput() throws IOException {
    InputStream open = text;
    text = NONE;
    open.close();
  }

  /** The next whole rows of the open input; null at its end. */
  private @Nullable Split cut() throws IOException {
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
      format.beginRow();
      end = format.lastRowEnd(bytes, 0, count);
      if (end == count && RowFormat.endsInEmptyLine(bytes, 0, end)) {
        // Whether this line is the input's last, and so no row, the next read will show.
        end = RowFormat.lineStart(bytes, 0, end);
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
      header(split, end);
    }
    split.to = end;
    atStart = false;
    if (textEnded && RowFormat.endsInEmptyLine(bytes, split.from, end)) {
      split.to = RowFormat.lineStart(bytes, split.from, end);
      split.trailingLineCount = 1;
    }
    if (idColumn == Split.ROW_NUMBER) {
      split.firstRow = rowCount;
      format.beginRow();
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
    split.firstLine = atStart ? 1 : 0;
    split.bytes = bytes;
    split.idColumn = idColumn;
    split.dateColumn = dateColumn;
    return split;
  }

  /** Finds the wanted columns in the header, and puts the split's rows behind it. */
  private void header(Split split, int end) throws IOException {
    format.beginRow();
    int rowEnd = format.rowEnd(split.bytes, 0, end);
    int headerEnd = rowEnd < 0 ? end : rowEnd;
    if (headerEnd > maxRowBytes + 2) {
      throw longHeader();
    }
    List<String> names =
        headerEnd == 0 ? List.of() : format.names(split.bytes, 0, headerEnd, inputName);
    idColumn = dialect.id().isRowNumber() ? Split.ROW_NUMBER : column(dialect.id(), names);
    dateColumn = column(dialect.date(), names);
    split.idColumn = idColumn;
    split.dateColumn = dateColumn;
    split.from = headerEnd;
    split.lineOfFrom =
        Words.lineFeedCount(split.bytes, 0, headerEnd) + (rowEnd < 0 && headerEnd > 0 ? 1 : 0);
  }

  private int column(Dialect.Column wanted, List<String> names) throws RefusedRowException {
    int number = wanted.number();
    if (wanted.name() != null) {
      number = names.indexOf(wanted.name()) + 1;
      if (number != names.lastIndexOf(wanted.name()) + 1) {
        throw refusedHeader(
            "a header must name a wanted column only once: column=" + wanted.name(), names);
      }
      if (number == 0) {
        throw refusedHeader("a header must name the wanted column: column=" + wanted.name(), names);
      }
    } else if (number > names.size()) {
      throw refusedHeader("a header must have the wanted column: column=" + number, names);
    }
    return number - 1;
  }

  private RefusedRowException refusedHeader(String ruleAndWanted, List<String> names) {
    String found = String.join(", ", names);
    return new RefusedRowException(
        ruleAndWanted + " columns=" + names.size() + " found=[" + RowText.of(found) + "]",
        inputName,
        1);
  }

  private RefusedRowException longHeader() {
    return new RefusedRowException(
        BadRowReason.ROW_TOO_LONG.rule() + ": found=header", inputName, 1);
  }

  /**
   * Reads on to the end of a row whose first {@code count} bytes fill the buffer, and keeps only
   * those.
   */
  private Split cutLongRow(byte[] bytes, int count) throws IOException {
    if (atStart && dialect.header()) {
      throw longHeader();
    }
    Split split = split(bytes);
    split.to = count;
    atStart = false;
    format.beginRow();
    int rowEnd = format.rowEnd(bytes, 0, count);
    long rowBytes = count;
    long lineCount = Words.lineFeedCount(bytes, 0, count);
    byte last = bytes[count - 1];
    byte[] next = buffer();
    while (rowEnd < 0) {
      int nextCount = fill(next, 0);
      if (nextCount == 0) {
        lineCount += last == '\n' ? 0 : 1; // It is one only in a quoted field that is never closed.
        rowBytes -= last == '\r' ? 1 : 0;
        break;
      }
      rowEnd = format.rowEnd(next, 0, nextCount);
      int taken = rowEnd < 0 ? nextCount : rowEnd;
      lineCount += Words.lineFeedCount(next, 0, taken);
      rowBytes += taken;
      if (rowEnd >= 0) {
        byte beforeLast = rowEnd >= 2 ? next[rowEnd - 2] : last;
        rowBytes -= beforeLast == '\r' ? 2 : 1;
        keep(next, rowEnd, nextCount);
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
