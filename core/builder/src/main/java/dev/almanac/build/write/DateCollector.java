package dev.almanac.build.write;

import dev.almanac.build.BuildException;
import dev.almanac.build.DateFormat;
import dev.almanac.format.DictionarySection;
import dev.almanac.format.Utf8;
import dev.almanac.format.Xxh64;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;

/**
 * The distinct dates of the rows, numbered in the order in which they turn up. Rows are many and
 * dates few, so a date's bytes are looked up in a table of the thread's own, and parsed only when
 * all threads see them for the first time.
 */
final class DateCollector {
  /** What {@link Cache#number} answers for a text that is no date. */
  static final int BAD_DATE = -1;

  /** What it answers for bytes that are no text. */
  static final int BAD_UTF8 = -2;

  /**
   * Heap that a distinct date takes until it stands in the file, seen from above, and how many
   * times its text; more dates than fit are refused, not died of.
   */
  private static final long HEAP_BYTES_PER_DATE = 128;

  private static final long HEAP_BYTES_PER_TEXT_BYTE = 5;

  private final DateFormat format;
  private final DistinctTexts texts = new DistinctTexts();
  private long[] epochDays = new long[1024];
  private final long heapLimitBytes = Runtime.getRuntime().maxMemory() / 2;

  DateCollector(DateFormat format) {
    this.format = format;
  }

  private int number(byte[] bytes, int from, int to) throws BuildException {
    long hash = DistinctTexts.hash(bytes, from, to);
    synchronized (this) {
      int known = texts.find(hash, bytes, from, to);
      if (known >= 0) {
        return known;
      }
    }
    if (!Utf8.isValid(bytes, from, to)) {
      return BAD_UTF8;
    }
    long epochDay;
    try {
      String text = new String(bytes, from, to - from, StandardCharsets.UTF_8);
      epochDay = format.parse(text).toEpochDay();
    } catch (DateTimeException e) {
      return BAD_DATE;
    }
    synchronized (this) {
      // Another thread may have met it meanwhile.
      int known = texts.find(hash, bytes, from, to);
      return known >= 0 ? known : add(epochDay, hash, bytes, from, to);
    }
  }

  private int add(long epochDay, long hash, byte[] bytes, int from, int to) throws BuildException {
    int number = texts.count();
    if (number == DictionarySection.MAX_DATE_COUNT
        || (number + 1L) * HEAP_BYTES_PER_DATE
                + (texts.byteCount() + (long) (to - from)) * HEAP_BYTES_PER_TEXT_BYTE
            > heapLimitBytes) {
      throw new BuildException(
          "distinct dates must fit the heap, or 2^28: dateCount="
              + number
              + " heapBytes="
              + Runtime.getRuntime().maxMemory());
    }
    if (number == epochDays.length) {
      epochDays = Arrays.copyOf(epochDays, 2 * number);
    }
    epochDays[number] = epochDay;
    texts.add(hash, bytes, from, to);
    return number;
  }

  /** The dates in the order of the dictionary, and from each number to its code. */
  synchronized Sorted sort() {
    int count = texts.count();
    long[] days = new long[count];
    int[] numbers = new int[count];
    for (int number = 0; number < count; number++) {
      // Unsigned numbers in the order of the signed ones.
      days[number] = epochDays[number] ^ Long.MIN_VALUE;
      numbers[number] = number;
    }
    RadixSort sort = new RadixSort();
    sort.sort(days, numbers, count);
    long[] sortedDays = new long[count];
    int[] sortedNumbers = sort.payload;
    int[] codes = new int[count];
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
    return new Sorted(sortedDays, new SortedTexts(texts, sortedNumbers), codes);
  }

  /** One date may be written in several ways. */
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

  /** A view, so that not all are objects at once. */
  private static final class SortedTexts extends AbstractList<String> {
    private final DistinctTexts texts;
    private final int[] numbers;

    SortedTexts(DistinctTexts texts, int[] numbers) {
      this.texts = texts;
      this.numbers = numbers;
    }

    @Override
    public String get(int code) {
      return texts.text(numbers[code]);
    }

    @Override
    public int size() {
      return texts.count();
    }
  }

  /**
   * The sorted dates, and the code of each number. Dates whose every row lost against a duplicate
   * are among them.
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared, and read by nobody but the build.
  record Sorted(long[] epochDays, List<String> texts, int[] codeOfNumber) {}

  /**
   * The table of one thread: the bytes of a date, as two numbers where they fit, to the date's
   * number. Linear probing, at most half full, so that no two dates drive each other out.
   */
  final class Cache {
    private static final int MAX_CAPACITY = 1 << 20;

    /**
     * Dates that lie further from their home are looked up in the common table each time: at half
     * load a few of a million by chance, and those that were chosen to meet.
     */
    private static final int MAX_PROBES = 64;

    private static final VarHandle LONGS =
        MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private long[] lows = new long[1 << 10];
    private long[] highs = new long[1 << 10];

    /** The number plus 1, shifted left by 8, and the length; 0 where there is none. */
    private long[] values = new long[1 << 10];

    private int count;

    /** The number of the date that these bytes write, or one of the two negative answers. */
    int number(byte[] bytes, int from, int to) throws BuildException {
      int length = to - from;
      if (length < 8 || length > 16) {
        return length > DictionarySection.MAX_TEXT_BYTES
            ? BAD_DATE
            : DateCollector.this.number(bytes, from, to);
      }
      // Two reads that may overlap hold all of 8 to 16 bytes.
      long low = (long) LONGS.get(bytes, from);
      long high = (long) LONGS.get(bytes, to - 8);
      int at = home(low, high);
      int probes = 0;
      for (long value = values[at]; value != 0 && probes < MAX_PROBES; value = values[at]) {
        if (lows[at] == low && highs[at] == high && (value & 0xFF) == length) {
          return (int) (value >>> 8) - 1;
        }
        at = at + 1 & values.length - 1;
        probes++;
      }
      int number = DateCollector.this.number(bytes, from, to);
      if (number >= 0 && probes < MAX_PROBES && count < MAX_CAPACITY / 2) {
        add(low, high, (number + 1L) << 8 | length);
      }
      return number;
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
