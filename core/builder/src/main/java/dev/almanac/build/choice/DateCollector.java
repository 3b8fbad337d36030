package dev.almanac.build.choice;

import dev.almanac.DateDictionary;
import dev.almanac.build.BuildException;
import dev.almanac.build.DateFormat;
import dev.almanac.build.rows.IsoTimestamp;
import dev.almanac.build.workspace.MemoryBudget;
import dev.almanac.build.workspace.RadixSort;
import dev.almanac.format.DictionarySection;
import dev.almanac.format.Utf8;
import dev.almanac.format.Xxh64;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The distinct dates of the rows, numbered in the order of arrival. Rows are many and dates few. So
 * a thread looks the bytes of a date up in its own table, and parses them only if no thread has
 * seen them before.
 */
public final class DateCollector {
  /** The result of {@link Cache#number} for a text that is not a date. */
  static final int BAD_DATE = -1;

  /** Its result for bytes that are not valid UTF-8. */
  static final int BAD_UTF8 = -2;

  /** Its result for a text that means "no date"; above the number of every date. */
  public static final int NO_DATE = DictionarySection.MAX_DATE_COUNT - 1;

  /**
   * Upper bounds of the heap that a distinct date takes until it is in the file: a fixed part, and
   * a multiple of its text. A build with more dates than fit is rejected instead of running out of
   * memory.
   */
  private static final long HEAP_BYTES_PER_DATE = 128;

  private static final long HEAP_BYTES_PER_TEXT_BYTE = 5;

  /** What an array can hold. */
  private static final int MAX_SECTION_BYTES = Integer.MAX_VALUE - 8;

  /** The code of a date that is not in the dictionary. */
  private static final int NO_CODE = -1;

  private final DateRules rules;

  /** Whether ISO is the format that is tried first: then the text of a day is its own. */
  private final boolean isoFirst;

  /** Whether a timestamp is looked up by its day: ISO is the only format. */
  private final boolean timestampsByDay;

  /** The texts that mean "no date", as bytes. */
  private final byte[][] nullTexts;

  /** The dictionary's texts: of a day, or as the rows have them. */
  private final DistinctTexts texts = new DistinctTexts();

  private long[] epochDays = new long[1024];
  private final MemoryBudget memory;

  public DateCollector(DateRules rules, MemoryBudget memory) {
    this.rules = rules;
    this.memory = memory;
    this.isoFirst = rules.formats().get(0) == DateFormat.iso();
    this.timestampsByDay = isoFirst && rules.formats().size() == 1 && !rules.keepText();
    Set<String> none = rules.nullTexts() == null ? Set.of() : rules.nullTexts();
    this.nullTexts =
        none.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
  }

  DateRules rules() {
    return rules;
  }

  private int number(byte[] bytes, int from, int to) throws BuildException {
    if (isNull(bytes, from, to)) {
      return NO_DATE;
    }
    if (rules.keepText() || isoFirst) {
      // What stands in the dictionary under these bytes is what they write.
      long hash = DistinctTexts.hash(bytes, from, to);
      synchronized (this) {
        int known = texts.find(hash, bytes, from, to);
        if (known >= 0) {
          return known;
        }
      }
    }
    if (to - from > DictionarySection.MAX_TEXT_BYTES) {
      return BAD_DATE;
    }
    if (!Utf8.isValid(bytes, from, to)) {
      return BAD_UTF8;
    }
    LocalDate day = parse(new String(bytes, from, to - from, StandardCharsets.UTF_8));
    if (day == null) {
      return BAD_DATE;
    }
    if (rules.keepText()) {
      return number(day, bytes, from, to);
    }
    byte[] text = day.toString().getBytes(StandardCharsets.US_ASCII);
    return number(day, text, 0, text.length);
  }

  /** The number of a day with its text; a new number if no thread has seen it before. */
  private synchronized int number(LocalDate day, byte[] bytes, int from, int to)
      throws BuildException {
    long hash = DistinctTexts.hash(bytes, from, to);
    int known = texts.find(hash, bytes, from, to);
    return known >= 0 ? known : add(day.toEpochDay(), hash, bytes, from, to);
  }

  private @Nullable LocalDate parse(String text) {
    for (DateFormat format : rules.formats()) {
      try {
        return format.parse(text);
      } catch (DateTimeException e) {
        // The next may read it.
      }
    }
    return null;
  }

  private boolean isNull(byte[] bytes, int from, int to) {
    for (byte[] text : nullTexts) {
      if (Arrays.equals(text, 0, text.length, bytes, from, to)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The number of a date of a dictionary. Where texts are kept, what its text means must not depend
   * on who reads it.
   */
  public int number(LocalDate day, String kept) throws BuildException {
    if (rules.keepText() && !day.equals(parse(kept))) {
      throw new BuildException(
          String.format(
              "an almanac's dates must be written in the format of the rows where their text is"
                  + " kept: date=%s day=%s formats=%s",
              kept, day, rules.formats()));
    }
    byte[] text = (rules.keepText() ? kept : day.toString()).getBytes(StandardCharsets.UTF_8);
    return number(day, text, 0, text.length);
  }

  private int add(long epochDay, long hash, byte[] bytes, int from, int to) throws BuildException {
    int number = texts.count();
    long textBytes = texts.byteCount() + (long) (to - from);
    if (number == NO_DATE
        || DictionarySection.textsOffset(number + 1) + textBytes > MAX_SECTION_BYTES) {
      throw new BuildException(
          String.format(
              "distinct dates must fit a dictionary of 2 GiB, or 2^28: dateCount=%s textBytes=%s",
              number, textBytes));
    }
    if ((number + 1L) * HEAP_BYTES_PER_DATE + textBytes * HEAP_BYTES_PER_TEXT_BYTE
        > memory.dateBytes()) {
      throw new BuildException(
          String.format(
              "distinct dates must fit the heap: dateCount=%s heapBytes=%s",
              number, memory.heapBytes()));
    }
    if (number == epochDays.length) {
      epochDays = Arrays.copyOf(epochDays, 2 * number);
    }
    epochDays[number] = epochDay;
    texts.add(hash, bytes, from, to);
    return number;
  }

  /** The dates in the order of the dictionary, and from each number to its code. */
  public synchronized Sorted sort() {
    BitSet all = new BitSet();
    all.set(0, texts.count());
    return sort(all);
  }

  /** As {@link #sort()}, of some dates alone: the others have no code. */
  public synchronized Sorted sort(BitSet wanted) {
    int count = wanted.cardinality();
    long[] days = new long[count];
    int[] numbers = wanted.stream().toArray();
    for (int i = 0; i < count; i++) {
      // Unsigned numbers in the order of the signed ones.
      days[i] = epochDays[numbers[i]] ^ Long.MIN_VALUE;
    }
    RadixSort sort = new RadixSort();
    sort.sort(days, numbers, count);
    long[] sortedDays = new long[count];
    int[] sortedNumbers = sort.payload;
    int[] codes = new int[texts.count()];
    Arrays.fill(codes, NO_CODE);
    for (int from = 0, to = 0; from < count; from = to) {
      while (to < count && sort.keys[to] == sort.keys[from]) {
        to++;
      }
      sortByText(sortedNumbers, from, to);
      for (int code = from; code < to; code++) {
        sortedDays[code] = sort.keys[code] ^ Long.MIN_VALUE;
        codes[sortedNumbers[code]] = code;
      }
    }
    return new Sorted(sortedDays, new SortedTexts(texts, sortedNumbers, count), codes);
  }

  /** Several texts can write one date. */
  private void sortByText(int[] numbers, int from, int to) {
    if (to - from > 1) {
      int[] sorted =
          Arrays.stream(numbers, from, to)
              .boxed()
              .sorted(texts::compare)
              .mapToInt(Integer::intValue)
              .toArray();
      System.arraycopy(sorted, 0, numbers, from, sorted.length);
    }
  }

  /** A view, so that not all texts are objects at the same time. */
  private static final class SortedTexts extends AbstractList<String> {
    private final DistinctTexts texts;
    private final int[] numbers;
    private final int count;

    SortedTexts(DistinctTexts texts, int[] numbers, int count) {
      this.texts = texts;
      this.numbers = numbers;
      this.count = count;
    }

    @Override
    public String get(int code) {
      return texts.text(numbers[code]);
    }

    @Override
    public int size() {
      return count;
    }
  }

  /** The sorted dates, and the code of each number, or {@link #NO_CODE}. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared, and read by nobody but the build.
  public record Sorted(long[] epochDays, List<String> texts, int[] codeOfNumber) {
    /** The text of a number, for a message. */
    public String textOf(int number) {
      return number == NO_DATE ? "none" : texts.get(codeOfNumber[number]);
    }
  }

  /**
   * The table of one thread: the bytes of a date, as two numbers where they fit, to the date's
   * number. Linear probing, at most half full, so that dates do not replace each other.
   */
  final class Cache {
    private static final int FIRST_CAPACITY = 1 << 10;
    private static final int MAX_CAPACITY = 1 << 20;

    /** Three longs per slot, and half as many more while the table grows. */
    private static final int BYTES_PER_SLOT = 36;

    /** A day takes as many in ISO, or more; a timestamp always more. */
    private static final int DAY_BYTES = 10;

    /**
     * Dates that lie further from their home are looked up in the common table each time: at half
     * load a few of a million by chance, and those that were chosen to meet.
     */
    private static final int MAX_PROBES = 64;

    private static final VarHandle LONGS =
        MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private long[] lows = new long[FIRST_CAPACITY];
    private long[] highs = new long[FIRST_CAPACITY];

    /** The number plus 1, shifted left by 8, and the length; 0 where there is none. */
    private long[] values = new long[FIRST_CAPACITY];

    private final int maxCapacity;
    private int count;

    /** The dictionary whose codes {@link #numberOfCode} translates. */
    private @Nullable DateDictionary dictionary;

    /** By code, the number plus 1; 0 where that is not known yet. */
    private int[] numberOfCode = {};

    /** {@code maxBytes} is the most memory that the table may take. */
    Cache(long maxBytes) {
      long slots = Math.min(MAX_CAPACITY, Math.max(FIRST_CAPACITY, maxBytes / BYTES_PER_SLOT));
      this.maxCapacity = Integer.highestOneBit((int) slots);
    }

    /** The number of a date of an almanac. Rows of several almanacs do not alternate. */
    int number(DateDictionary ofCode, int code) throws BuildException {
      if (dictionary != ofCode) {
        dictionary = ofCode;
        numberOfCode = new int[ofCode.size()];
      }
      if (numberOfCode[code] == 0) {
        numberOfCode[code] = DateCollector.this.number(ofCode.date(code), ofCode.text(code)) + 1;
      }
      return numberOfCode[code] - 1;
    }

    /** The number of the date that these bytes write, or one of the three other answers. */
    int number(byte[] bytes, int from, int to) throws BuildException {
      int length = to - from;
      if (length > DAY_BYTES && timestampsByDay) {
        // Timestamps are as many as rows, their days are few.
        int dayEnd = IsoTimestamp.dayEnd(bytes, from, to);
        if (dayEnd < to && !isNull(bytes, from, to)) {
          return number(bytes, from, dayEnd);
        }
      }
      if (length > 2 * Long.BYTES) {
        return DateCollector.this.number(bytes, from, to);
      }
      long low;
      long high;
      if (length >= Long.BYTES) {
        // Two reads that may overlap hold all of 8 to 16 bytes.
        low = (long) LONGS.get(bytes, from);
        high = (long) LONGS.get(bytes, to - Long.BYTES);
      } else {
        low = 0;
        high = 0;
        for (int i = from; i < to; i++) {
          low = low << Byte.SIZE | bytes[i] & 0xFF;
        }
      }
      int at = home(low, high);
      int probes = 0;
      for (long value = values[at]; value != 0 && probes < MAX_PROBES; value = values[at]) {
        if (lows[at] == low && highs[at] == high && (value & 0xFF) == length) {
          return (int) ((value >>> 8) - 1);
        }
        at = at + 1 & values.length - 1;
        probes++;
      }
      int number = DateCollector.this.number(bytes, from, to);
      if (number >= 0 && probes < MAX_PROBES && count < maxCapacity / 2) {
        add(low, high, (number + 1L) << 8 | length);
      }
      return number;
    }

    /** Whether the bytes write a date. */
    boolean isDate(byte[] bytes) {
      try {
        int number = DateCollector.this.number(bytes, 0, bytes.length);
        return number >= 0 && number != NO_DATE;
      } catch (BuildException e) {
        return true; // One more date than fits.
      }
    }

    private int home(long low, long high) {
      return (int) Xxh64.hash(low ^ Long.rotateLeft(high, 31)) & values.length - 1;
    }

    private void add(long low, long high, long value) {
      if (++count > values.length / 2) {
        long[] oldLows = lows;
        long[] oldHighs = highs;
        long[] oldValues = values;
        lows = new long[2 * oldValues.length];
        highs = new long[lows.length];
        values = new long[lows.length];
        for (int i = 0; i < oldValues.length; i++) {
          if (oldValues[i] != 0) {
            insert(oldLows[i], oldHighs[i], oldValues[i]);
          }
        }
      }
      insert(low, high, value);
    }

    private void insert(long low, long high, long value) {
      int at = home(low, high);
      for (int probes = 0; values[at] != 0; probes++) {
        if (probes == MAX_PROBES) {
          return;
        }
        at = at + 1 & values.length - 1;
      }
      lows[at] = low;
      highs[at] = high;
      values[at] = value;
    }
  }
}
