package dev.almanac.build.choice;

import dev.almanac.DateDictionary;
import dev.almanac.IdKind;
import dev.almanac.build.BadRowReason;
import dev.almanac.build.BuildRemark;
import dev.almanac.build.DateFormat;
import dev.almanac.build.RowSink;
import dev.almanac.build.workspace.MemoryBudget;
import dev.almanac.build.workspace.Spool;
import dev.almanac.format.Decimal;
import dev.almanac.format.DictionarySection;
import dev.almanac.format.Footer;
import dev.almanac.format.Utf8;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Takes the rows of one thread: checks them, numbers their dates, and gives them to {@link
 * RowBlocks}.
 *
 * <p>A row whose ID is a canonical decimal is a numeric row, any other is a text row, whatever kind
 * the file will be. So the rows of one ID are always of one sort, and a row is written once: if the
 * file turns out to be one of texts, a number is written as its decimal when its entry is made.
 *
 * <p>Also checks that the source keeps the contract of {@link RowSink}: a source that does not
 * could lose rows, or take one for an earlier one.
 */
public final class RowSpooler implements RowSink {
  private static final int MAX_SHOWN_BYTES = 1000;

  /** What exports write for a date that is not there. */
  private static final Set<String> NULL_LIKE =
      Set.of("", "NULL", "null", "\\N", "N/A", "NaT", "None", "-", "0000-00-00");

  private static final String NULL_HINT =
      "; if that means no date, say so with --null TEXT, nullDates(TEXT)";

  private final IdKind kind;
  private final DateRules dateRules;
  private final DateCache dates;
  private final InputLedger ledger;
  private final RowBlocks blocks;
  private final BadRows bad;
  private boolean inSplit;
  private long split = -1;
  private int lastLine;
  private String source = "";
  private Supplier<String> row = () -> "";
  private long firstLine;
  private long rowCount;
  private long baseCount;
  private long textRowCount;
  private long noDateCount;
  private long badLineCount;
  private final RowRemarks remarks = new RowRemarks();
  private final TextShape texts = new TextShape();

  /** Lines of the row that comes next, and of the one that came. */
  private int nextLineCount = 1;

  private int lineCount = 1;
  private long lowestId = Long.MAX_VALUE;
  private long highestId = Long.MIN_VALUE;

  /**
   * @param spool has an even number of partitions, see {@link RowBlock}
   * @param kind the kind of IDs to expect
   * @param memory what a thread may take
   */
  public RowSpooler(
      Spool spool,
      IdKind kind,
      DateCollector dates,
      InputLedger ledger,
      MemoryBudget.Reading memory) {
    this.kind = kind;
    this.dateRules = dates.rules();
    this.dates = new DateCache(dates, memory.dateTableBytes());
    this.ledger = ledger;
    this.bad = ledger.badRows();
    this.blocks = new RowBlocks(spool, memory.blockBytes());
  }

  @Override
  public void begin(long number, String sourceName, long line, Supplier<String> rowText) {
    if (inSplit) {
      throw broken("a split must end before the next begins", "split=" + split, sourceName);
    }
    if (number <= split) {
      throw broken(
          "the splits that a sink is given must have rising numbers",
          "split=" + number + " previous=" + split,
          sourceName);
    }
    if (number > RowPosition.MAX_SPLIT) {
      throw broken(
          "a source must have fewer splits",
          "split=" + number + " expectedAtMost=" + RowPosition.MAX_SPLIT,
          sourceName);
    }
    if (line < 0) {
      throw broken("a first line must not be negative", "firstLine=" + line, sourceName);
    }
    inSplit = true;
    row = rowText;
    split = number;
    lastLine = -1;
    source = sourceName;
    firstLine = line;
  }

  private static IllegalStateException broken(String rule, String found, String source) {
    return new IllegalStateException(rule + ": " + found + ", source=" + source);
  }

  /** The position of a row; checks that it follows the one before. */
  private long position(int line) {
    if (!inSplit) {
      throw broken("a row must be given within a split", "line=" + line, source);
    }
    if (line <= lastLine) {
      throw broken(
          "the lines of a split must ascend", "line=" + line + " previous=" + lastLine, source);
    }
    if (line > RowPosition.MAX_LINE) {
      throw broken(
          "a row must begin within the first 2^24 lines of its split", "line=" + line, source);
    }
    lastLine = line;
    rowCount++;
    lineCount = nextLineCount;
    nextLineCount = 1;
    long position = RowPosition.of(split, line);
    if (lineCount > 1) {
      remarks.severalLines(lineCount, position);
    }
    return position;
  }

  @Override
  public void row(int line, byte[] bytes, int idFrom, int idTo, int dateFrom, int dateTo)
      throws IOException {
    long position = position(line);
    long id = Decimal.parse(bytes, idFrom, idTo);
    boolean numeric = isNumber(id, bytes, idFrom, idTo);
    if (!numeric && isRefused(line, bytes, idFrom, idTo)) {
      return;
    }
    int date = dates.number(bytes, dateFrom, dateTo);
    if (date < 0) {
      badDate(line, date, bytes, dateFrom, dateTo);
    } else if (numeric) {
      add(id, date, position);
    } else {
      addText(bytes, idFrom, idTo - idFrom, date, position);
      remarks.id(bytes, idFrom, idTo, position);
      if (kind == IdKind.AUTO && date != DateCollector.NO_DATE) {
        remarks.add(BuildRemark.Kind.TEXT_AMONG_NUMBERS, bytes, idFrom, idTo, position);
      }
    }
  }

  @Override
  public void row(int line, long id, byte[] bytes, int dateFrom, int dateTo) throws IOException {
    long position = position(line);
    int date = dates.number(bytes, dateFrom, dateTo);
    if (date < 0) {
      badDate(line, date, bytes, dateFrom, dateTo);
    } else {
      add(id, date, position);
    }
  }

  @Override
  public void row(int line, long id, DateDictionary dictionary, int code) throws IOException {
    add(id, dates.number(dictionary, code), position(line));
  }

  @Override
  public void row(int line, byte[] id, int idFrom, int idTo, DateDictionary dictionary, int code)
      throws IOException {
    long position = position(line);
    long number = Decimal.parse(id, idFrom, idTo);
    int date = dates.number(dictionary, code);
    if (isNumber(number, id, idFrom, idTo)) {
      add(number, date, position);
    } else if (!isRefused(line, id, idFrom, idTo)) {
      addText(id, idFrom, idTo - idFrom, date, position);
    }
  }

  @Override
  public void noDate(int line, byte[] bytes, int idFrom, int idTo) throws IOException {
    long position = position(line);
    long id = Decimal.parse(bytes, idFrom, idTo);
    boolean numeric = isNumber(id, bytes, idFrom, idTo);
    if (!numeric && isRefused(line, bytes, idFrom, idTo) || isNullRefused(line)) {
      return;
    }
    if (numeric) {
      add(id, DateCollector.NO_DATE, position);
    } else {
      addText(bytes, idFrom, idTo - idFrom, DateCollector.NO_DATE, position);
      remarks.id(bytes, idFrom, idTo, position);
    }
  }

  @Override
  public void noDate(int line, long id) throws IOException {
    long position = position(line);
    if (!isNullRefused(line)) {
      add(id, DateCollector.NO_DATE, position);
    }
  }

  private boolean isNullRefused(int line) throws IOException {
    if (dateRules.nullTexts() != null) {
      return false;
    }
    refuse(line, BadRowReason.BAD_DATE, "date=null" + NULL_HINT, row.get());
    return true;
  }

  /** Whether the bytes are a number, which {@code id} was parsed from them. */
  private static boolean isNumber(long id, byte[] bytes, int from, int to) {
    return id != Decimal.NONE || Decimal.isMinValue(bytes, from, to);
  }

  /** An entry of the base whose ID is a number. */
  public void base(long id, DateDictionary dictionary, int code) throws IOException {
    baseCount++;
    add(id, dates.number(dictionary, code), RowPosition.BASE);
  }

  /** An entry of the base whose ID is a text, from {@code from} to before {@code to}. */
  public void base(byte[] utf8, int from, int to, DateDictionary dictionary, int code)
      throws IOException {
    baseCount++;
    int date = dates.number(dictionary, code);
    long id = Decimal.parse(utf8, from, to);
    if (isNumber(id, utf8, from, to)) {
      add(id, date, RowPosition.BASE);
    } else {
      addText(utf8, from, to - from, date, RowPosition.BASE);
    }
  }

  @Override
  public void spans(int lines) {
    if (lines < 1) {
      throw broken("a row must span a line at least", "lineCount=" + lines, source);
    }
    nextLineCount = lines;
  }

  @Override
  public boolean isRow(String id, String date) {
    byte[] idBytes = id.getBytes(StandardCharsets.UTF_8);
    byte[] dateBytes = date.getBytes(StandardCharsets.UTF_8);
    boolean number =
        isNumber(Decimal.parse(idBytes, 0, idBytes.length), idBytes, 0, idBytes.length);
    if (!number && idFault(idBytes, 0, idBytes.length) != null) {
      return false;
    }
    return dates.isDate(dateBytes);
  }

  private boolean isRefused(int line, byte[] bytes, int idFrom, int idTo) throws IOException {
    BadRowReason fault = idFault(bytes, idFrom, idTo);
    if (fault == null) {
      return false;
    }
    String found =
        fault == BadRowReason.ID_TOO_LONG
            ? "idBytes=" + (idTo - idFrom)
            : "id=" + RowRemarks.shown(text(bytes, idFrom, idTo));
    refuse(line, fault, found, row.get());
    return true;
  }

  /** Why an ID that is not a number cannot be used, or null. */
  private @Nullable BadRowReason idFault(byte[] bytes, int idFrom, int idTo) {
    if (idTo == idFrom) {
      return BadRowReason.EMPTY_ID;
    }
    if (idTo - idFrom > Footer.MAX_ID_BYTES) {
      return BadRowReason.ID_TOO_LONG;
    }
    if (!Utf8.isValid(bytes, idFrom, idTo)) {
      return BadRowReason.INVALID_UTF8;
    }
    if (hasControlCharacter(bytes, idFrom, idTo)) {
      return BadRowReason.CONTROL_CHARACTER;
    }
    return kind == IdKind.LONG ? BadRowReason.NOT_A_NUMBER : null;
  }

  /** Whether the valid UTF-8 has one of the 65 control characters, U+0000 to U+001F and so on. */
  private static boolean hasControlCharacter(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      byte value = bytes[i];
      // The second half of them is encoded as C2 80 to C2 9F.
      if (value >= 0 && value < ' '
          || value == 0x7f
          || value == (byte) 0xc2 && bytes[i + 1] < (byte) 0xa0) {
        return true;
      }
    }
    return false;
  }

  private void badDate(int line, int date, byte[] bytes, int dateFrom, int dateTo)
      throws IOException {
    boolean text = date == DateCollector.BAD_DATE;
    String found =
        dateTo - dateFrom > DictionarySection.MAX_TEXT_BYTES
            ? "dateBytes=" + (dateTo - dateFrom)
            : "date=" + text(bytes, dateFrom, dateTo);
    if (text) {
      found +=
          " format="
              + dateRules.formats().stream()
                  .map(DateFormat::toString)
                  .collect(Collectors.joining(", "));
      found += NULL_LIKE.contains(text(bytes, dateFrom, dateTo).trim()) ? NULL_HINT : "";
    }
    refuse(line, text ? BadRowReason.BAD_DATE : BadRowReason.INVALID_UTF8, found, row.get());
  }

  private static String text(byte[] bytes, int from, int to) {
    return new String(bytes, from, Math.min(to - from, MAX_SHOWN_BYTES), StandardCharsets.UTF_8);
  }

  @Override
  public void bad(int line, BadRowReason reason, String found, String text) throws IOException {
    position(line);
    refuse(line, reason, found, text);
  }

  private void refuse(int line, BadRowReason reason, String found, String text) throws IOException {
    badLineCount += lineCount;
    // More than the limit cannot matter, so a source that is bad throughout takes no memory.
    if (bad.count() < ledger.listedCount()) {
      bad.add(line, reason, found, text);
    } else {
      bad.count(reason);
    }
  }

  @Override
  public void end(long lineCount) throws IOException {
    if (!inSplit) {
      throw broken("a split must begin before it ends", "lineCount=" + lineCount, source);
    }
    if (lineCount <= lastLine) {
      throw broken(
          "a split must have the lines of its rows",
          "lineCount=" + lineCount + " lastLine=" + lastLine,
          source);
    }
    inSplit = false;
    ledger.ended(split, new InputLedger.SplitLines(source, firstLine, lineCount), bad);
  }

  /** Checks, once the source says that it gave what it had, that it did not leave a split open. */
  public void requireEnded() {
    if (inSplit) {
      throw broken("a split must end before the source returns", "split=" + split, source);
    }
  }

  private void add(long id, int date, long position) throws IOException {
    lowestId = Math.min(lowestId, id);
    highestId = Math.max(highestId, id);
    noDateCount += date == DateCollector.NO_DATE ? 1 : 0;
    blocks.add(id, date, position);
  }

  private void addText(byte[] bytes, int from, int length, int date, long position)
      throws IOException {
    texts.add(bytes, from, length);
    if (date == DateCollector.NO_DATE) {
      noDateCount++;
    } else {
      textRowCount++;
    }
    blocks.add(bytes, from, length, date, position);
  }

  /** Writes what waits. */
  public void flush() throws IOException {
    blocks.flush();
  }

  /** What several threads have spooled. */
  public static SpooledRows spooled(Spool spool, List<RowSpooler> spoolers) {
    TextShape texts = new TextShape();
    spoolers.forEach(spooler -> texts.add(spooler.texts));
    return new SpooledRows(
        spool,
        spoolers.stream().mapToLong(spooler -> spooler.rowCount).sum(),
        spoolers.stream().mapToLong(spooler -> spooler.baseCount).sum(),
        spoolers.stream().mapToLong(spooler -> spooler.textRowCount).sum(),
        spoolers.stream().mapToLong(spooler -> spooler.noDateCount).sum(),
        spoolers.stream().mapToLong(spooler -> spooler.badLineCount).sum(),
        texts,
        spoolers.stream().mapToLong(spooler -> spooler.lowestId).min().orElse(Long.MAX_VALUE),
        spoolers.stream().mapToLong(spooler -> spooler.highestId).max().orElse(Long.MIN_VALUE));
  }

  public RowRemarks remarks() {
    return remarks;
  }

  /** Rows that came, good and bad. */
  public long rowCount() {
    return rowCount;
  }
}
