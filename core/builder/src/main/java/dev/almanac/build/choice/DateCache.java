package dev.almanac.build.choice;

import dev.almanac.DateDictionary;
import dev.almanac.build.BuildException;
import dev.almanac.build.rows.IsoTimestamp;
import dev.almanac.format.Xxh64;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The table of one thread: the bytes of a date, as two numbers where they fit, to the date's
 * number. Linear probing, at most half full, so that dates do not replace each other.
 */
final class DateCache {
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

  /** The number plus 1, shifted left by 8, and the length; 0 in a free slot. */
  private long[] values = new long[FIRST_CAPACITY];

  private final DateCollector dates;
  private final int maxCapacity;
  private int count;

  /** The dictionary whose codes {@link #numberOfCode} translates. */
  private @Nullable DateDictionary dictionary;

  /** By code, the number plus 1; 0 where that is not known yet. */
  private int[] numberOfCode = {};

  /** {@code maxBytes} is the most memory that the table may take. */
  DateCache(DateCollector dates, long maxBytes) {
    this.dates = dates;
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
      numberOfCode[code] = dates.number(ofCode.date(code), ofCode.text(code)) + 1;
    }
    return numberOfCode[code] - 1;
  }

  /** The number of the date that these bytes write, or one of the three other answers. */
  int number(byte[] bytes, int from, int to) throws BuildException {
    int length = to - from;
    if (length > DAY_BYTES && dates.timestampsByDay()) {
      // Most timestamps are different; there are few days.
      int dayEnd = IsoTimestamp.dayEnd(bytes, from, to);
      if (dayEnd < to && !dates.isNull(bytes, from, to)) {
        return number(bytes, from, dayEnd);
      }
    }
    if (length > 2 * Long.BYTES) {
      return dates.number(bytes, from, to);
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
    int number = dates.number(bytes, from, to);
    if (number >= 0 && probes < MAX_PROBES && count < maxCapacity / 2) {
      add(low, high, (number + 1L) << 8 | length);
    }
    return number;
  }

  /** Whether the bytes write a date. */
  boolean isDate(byte[] bytes) {
    try {
      int number = dates.number(bytes, 0, bytes.length);
      return number >= 0 && number != DateCollector.NO_DATE;
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
