package dev.almanac.build;

import dev.almanac.DateFormat;
import dev.almanac.format.DictionarySection;
import dev.almanac.format.Xxh64;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
   * Heap that a distinct date takes while it is collected, seen from above; more dates than fit are
   * refused, not died of.
   */
  private static final long HEAP_BYTES_PER_DATE = 256;

  private final DateFormat format;
  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> texts = new ArrayList<>();
  private long[] epochDays = new long[1024];
  private final int limitCount =
      (int)
          Math.min(
              DictionarySection.MAX_DATE_COUNT,
              Runtime.getRuntime().maxMemory() / 2 / HEAP_BYTES_PER_DATE);

  DateCollector(DateFormat format) {
    this.format = format;
  }

  private int number(byte[] bytes, int from, int to) {
    String text;
    try {
      CharBuffer chars =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, from, to - from));
      text = chars.toString();
    } catch (CharacterCodingException e) {
      return BAD_UTF8;
    }
    synchronized (this) {
      Integer known = numbers.get(text);
      if (known != null) {
        return known;
      }
    }
    long epochDay;
    try {
      epochDay = format.parse(text).toEpochDay();
    } catch (DateTimeException e) {
      return BAD_DATE;
    }
    synchronized (this) {
      Integer known = numbers.get(text);
      if (known != null) {
        return known;
      }
      int number = texts.size();
      if (number == limitCount) {
        throw new IllegalStateException(
            "distinct dates must fit the heap, or 2^28: dateCount="
                + number
                + " heapBytes="
                + Runtime.getRuntime().maxMemory());
      }
      if (number == epochDays.length) {
        epochDays = Arrays.copyOf(epochDays, 2 * number);
      }
      epochDays[number] = epochDay;
      texts.add(text);
      numbers.put(text, number);
      return number;
    }
  }

  /** The dates in the order of the dictionary, and from each number to its code. */
  synchronized Sorted sort() {
    int count = texts.size();
    Integer[] order = new Integer[count];
    byte[][] bytes = new byte[count][];
    for (int i = 0; i < count; i++) {
      order[i] = i;
      bytes[i] = texts.get(i).getBytes(StandardCharsets.UTF_8);
    }
    Arrays.sort(
        order,
        (a, b) -> {
          int byDay = Long.compare(epochDays[a], epochDays[b]);
          return byDay != 0 ? byDay : Arrays.compareUnsigned(bytes[a], bytes[b]);
        });
    long[] days = new long[count];
    List<String> sortedTexts = new ArrayList<>(count);
    int[] codes = new int[count];
    for (int code = 0; code < count; code++) {
      days[code] = epochDays[order[code]];
      sortedTexts.add(texts.get(order[code]));
      codes[order[code]] = code;
    }
    return new Sorted(days, sortedTexts, codes);
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
    int number(byte[] bytes, int from, int to) {
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
