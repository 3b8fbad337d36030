package dev.almanac.build.write;

import dev.almanac.IdKind;
import dev.almanac.build.BadRowReason;
import dev.almanac.build.DateFormat;
import dev.almanac.build.RowSink;
import dev.almanac.format.Decimal;
import dev.almanac.format.DictionarySection;
import dev.almanac.format.Footer;
import dev.almanac.format.Utf8;
import dev.almanac.format.Xxh64;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Takes the rows of one thread: checks them, numbers their dates, and writes them to the rows
 * spools in blocks, partitioned so that all rows of an ID, and of a page of IDs whatever its size
 * will be, meet in one partition.
 *
 * <p>Under {@link IdKind#AUTO} a row goes to the numeric spool while its ID is a canonical decimal,
 * else to the text spool. If there is any text in the end, {@link #numbersAsTexts} moves the
 * numbers over: a canonical decimal comes back as the same text.
 */
final class RowSpooler implements RowSink {
  private static final int BLOCK_ROWS = 1000;
  private static final int BLOCK_BYTES =
      RowBlock.HEADER_BYTES + BLOCK_ROWS * RowBlock.NUMERIC_ROW_BYTES;
  private static final int MAX_SHOWN_BYTES = 1000;

  private final IdKind kind;
  private final DateFormat format;
  private final DateCollector.Cache dates;
  private final InputLedger ledger;
  private final Spool numbers;
  private final Spool texts;
  private final int partitionShift;
  private final ByteBuffer block =
      ByteBuffer.allocateDirect(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  // Numeric rows waiting for their block, partition by partition, BLOCK_ROWS each.
  private final long[] rows;
  private final int[] counts;
  private final long[] ordinalBases;

  // Text rows likewise, as the bytes of the block itself.
  private final ByteBuffer[] textBlocks;
  private final int[] textCounts;
  private final long[] textOrdinalBases;

  private final byte[] decimal = new byte[20];
  private List<InputLedger.Bad> bads = new ArrayList<>();
  private long split;

  /** From {@link #begin} on. */
  @SuppressWarnings("NullAway.Init")
  private String source;

  @SuppressWarnings("NullAway.Init")
  private Supplier<String> row;

  private long firstLine;
  private long rowCount;

  RowSpooler(
      IdKind kind,
      DateFormat format,
      DateCollector dates,
      InputLedger ledger,
      Spool numbers,
      Spool texts) {
    this.kind = kind;
    this.format = format;
    this.dates = dates.new Cache();
    this.ledger = ledger;
    this.numbers = numbers;
    this.texts = texts;
    int partitionCount = numbers.partitionCount();
    this.partitionShift = Long.SIZE - Integer.numberOfTrailingZeros(partitionCount);
    this.rows =
        new long
            [kind == IdKind.TEXT ? 0 : partitionCount * BLOCK_ROWS * RowBlock.NUMERIC_ROW_LONGS];
    this.counts = new int[partitionCount];
    this.ordinalBases = new long[partitionCount];
    this.textBlocks = new ByteBuffer[partitionCount];
    this.textCounts = new int[partitionCount];
    this.textOrdinalBases = new long[partitionCount];
  }

  @Override
  public void begin(long number, String sourceName, long line, Supplier<String> rowText) {
    row = rowText;
    split = number;
    source = sourceName;
    firstLine = line;
  }

  @Override
  public void row(int line, byte[] bytes, int idFrom, int idTo, int dateFrom, int dateTo)
      throws IOException {
    rowCount++;
    if (kind != IdKind.TEXT) {
      long id = Decimal.parse(bytes, idFrom, idTo);
      if (id != Decimal.NONE || Decimal.isMinValue(bytes, idFrom, idTo)) {
        int date = dates.number(bytes, dateFrom, dateTo);
        if (date >= 0) {
          add(id, date, Ordinals.of(split, line));
        } else {
          badDate(line, date, bytes, dateFrom, dateTo);
        }
        return;
      }
    }
    int length = idTo - idFrom;
    BadRowReason reason =
        length == 0
            ? BadRowReason.EMPTY_ID
            : length > Footer.MAX_ID_BYTES
                ? BadRowReason.ID_TOO_LONG
                : !Utf8.isValid(bytes, idFrom, idTo)
                    ? BadRowReason.INVALID_UTF8
                    : kind == IdKind.LONG ? BadRowReason.NOT_A_NUMBER : null;
    if (reason != null) {
      String found =
          reason == BadRowReason.ID_TOO_LONG
              ? "idBytes=" + length
              : reason == BadRowReason.EMPTY_ID ? "id=" : "id=" + text(bytes, idFrom, idTo);
      refuse(line, reason, found, row.get());
      return;
    }
    int date = dates.number(bytes, dateFrom, dateTo);
    if (date >= 0) {
      addText(bytes, idFrom, length, date, Ordinals.of(split, line));
    } else {
      badDate(line, date, bytes, dateFrom, dateTo);
    }
  }

  @Override
  public void row(int line, long id, byte[] bytes, int dateFrom, int dateTo) throws IOException {
    rowCount++;
    int date = dates.number(bytes, dateFrom, dateTo);
    if (date < 0) {
      badDate(line, date, bytes, dateFrom, dateTo);
    } else if (kind == IdKind.TEXT) {
      addText(decimal, 0, Utf8.encodeDecimal(id, decimal), date, Ordinals.of(split, line));
    } else {
      add(id, date, Ordinals.of(split, line));
    }
  }

  private void badDate(int line, int date, byte[] bytes, int dateFrom, int dateTo) {
    boolean text = date == DateCollector.BAD_DATE;
    String found =
        dateTo - dateFrom > DictionarySection.MAX_TEXT_BYTES
            ? "dateBytes=" + (dateTo - dateFrom)
            : "date=" + text(bytes, dateFrom, dateTo);
    refuse(
        line,
        text ? BadRowReason.BAD_DATE : BadRowReason.INVALID_UTF8,
        text ? found + " format=" + format : found,
        row.get());
  }

  private static String text(byte[] bytes, int from, int to) {
    return new String(bytes, from, Math.min(to - from, MAX_SHOWN_BYTES), StandardCharsets.UTF_8);
  }

  @Override
  public void bad(int line, BadRowReason reason, String found, String text) {
    rowCount++;
    refuse(line, reason, found, text);
  }

  private void refuse(int line, BadRowReason reason, String found, String text) {
    // More than the limit cannot matter, so a source that is bad throughout takes no memory.
    if (bads.size() <= ledger.limitCount()) {
      bads.add(new InputLedger.Bad(line, reason, found, text));
    }
  }

  @Override
  public void end(int lineCount) throws IOException {
    if (lineCount >= 1 << Ordinals.LINE_BITS) {
      throw new IllegalStateException(
          "a split must have fewer than 2^24 lines: lineCount=" + lineCount);
    }
    ledger.ended(split, source, firstLine, lineCount, bads);
    bads = new ArrayList<>();
  }

  private void add(long id, int date, long ordinal) throws IOException {
    int partition = (int) ((id >> Footer.MAX_PAGE_BITS) * 0x9E3779B97F4A7C15L >>> partitionShift);
    int count = counts[partition];
    if (count > 0 && ordinal - ordinalBases[partition] >= RowBlock.ORDINAL_RANGE) {
      flush(partition);
      count = 0;
    }
    if (count == 0) {
      ordinalBases[partition] = ordinal;
    }
    int at = (partition * BLOCK_ROWS + count) * RowBlock.NUMERIC_ROW_LONGS;
    rows[at] = id;
    rows[at + 1] = RowBlock.pack(date, ordinal - ordinalBases[partition]);
    counts[partition] = count + 1;
    if (count + 1 == BLOCK_ROWS) {
      flush(partition);
    }
  }

  private void flush(int partition) throws IOException {
    int longs = counts[partition] * RowBlock.NUMERIC_ROW_LONGS;
    block.clear().putLong(ordinalBases[partition]).putLong(counts[partition]);
    block.asLongBuffer().put(rows, partition * BLOCK_ROWS * RowBlock.NUMERIC_ROW_LONGS, longs);
    numbers.append(partition, block.position(0).limit(RowBlock.HEADER_BYTES + longs * Long.BYTES));
    counts[partition] = 0;
  }

  private void addText(byte[] bytes, int from, int length, int date, long ordinal)
      throws IOException {
    // High bits of the hash: the low ones choose the segment, and a partition of rows must spread
    // over all groups of segments.
    long hash = Xxh64.hash(bytes, from, length);
    int partition = (int) (hash >>> partitionShift);
    ByteBuffer text = textBlocks[partition];
    if (text == null) {
      text = ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      textBlocks[partition] = text;
    }
    int count = textCounts[partition];
    if (count > 0
        && (text.remaining() < RowBlock.TEXT_ROW_HEADER_BYTES + length
            || ordinal - textOrdinalBases[partition] >= RowBlock.ORDINAL_RANGE)) {
      flushText(partition);
      count = 0;
    }
    if (count == 0) {
      textOrdinalBases[partition] = ordinal;
      text.clear().position(RowBlock.HEADER_BYTES);
    }
    text.putInt((int) (ordinal - textOrdinalBases[partition]))
        .putInt(date)
        .putShort((short) length)
        .put(bytes, from, length);
    textCounts[partition] = count + 1;
  }

  private void flushText(int partition) throws IOException {
    ByteBuffer text = textBlocks[partition];
    text.putLong(0, textOrdinalBases[partition]).putLong(Long.BYTES, textCounts[partition]).flip();
    block.clear().put(text).flip();
    texts.append(partition, block);
    textCounts[partition] = 0;
  }

  /** Writes what waits. */
  void flush() throws IOException {
    for (int partition = 0; partition < counts.length; partition++) {
      if (counts[partition] > 0) {
        flush(partition);
      }
      if (textCounts[partition] > 0) {
        flushText(partition);
      }
    }
  }

  /** Takes the rows of a block of the numeric spool over, see {@link RowBlock}. */
  void numbersAsTexts(ByteBuffer numeric) throws IOException {
    long ordinalBase = numeric.getLong(0);
    long rowsHere = numeric.getLong(Long.BYTES);
    numeric.position(RowBlock.HEADER_BYTES);
    for (long i = 0; i < rowsHere; i++) {
      int length = Utf8.encodeDecimal(numeric.getLong(), decimal);
      long packed = numeric.getLong();
      addText(
          decimal, 0, length, RowBlock.date(packed), ordinalBase + RowBlock.ordinalOffset(packed));
    }
  }

  /** Rows that came, good and bad. */
  long rowCount() {
    return rowCount;
  }
}
