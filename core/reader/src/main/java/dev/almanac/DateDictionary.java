package dev.almanac;

import dev.almanac.format.DictionarySection;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The distinct dates of a file, sorted by date, then by text. A date code is an index from 0. Code
 * order is date order, so a range of dates is a range of codes.
 *
 * <p>An object on the heap, which stays valid after the almanac is closed. Takes 12 bytes a date
 * and the bytes of its text, and 4 more bytes a date and the {@link LocalDate} once {@link #date}
 * was called. Each {@link LocalDate} is made when it is first asked for, and kept. Safe for any
 * number of threads. A code out of range, {@link Almanac#ABSENT} too, throws {@link
 * IndexOutOfBoundsException}.
 */
public final class DateDictionary {
  /** See {@link Almanac#ABSENT}, which is this. */
  static final int ABSENT = -1;

  private final ByteBuffer section;
  private final int size;
  private final int textOffsetsOffset;
  private final int textsOffset;
  private volatile LocalDate @Nullable [] dates;

  /** A dictionary of a section that was checked. */
  DateDictionary(ByteBuffer section, int size) {
    this.section = section;
    this.size = size;
    this.textOffsetsOffset = Math.toIntExact(DictionarySection.textOffsetsOffset(size));
    this.textsOffset = Math.toIntExact(DictionarySection.textsOffset(size));
  }

  /** Whether it has the same dates with the same texts, and so the same codes. */
  boolean sameAs(DateDictionary other) {
    return section.equals(other.section);
  }

  /** The number of distinct dates. Codes are from 0 to {@code size() - 1}. */
  public int size() {
    return size;
  }

  /** The date of a code. */
  public LocalDate date(int code) {
    LocalDate[] known = dates;
    if (known == null) {
      known = new LocalDate[size];
      dates = known;
    }
    LocalDate date = known[code];
    if (date == null) {
      // Threads may race to make the same date; each of them is right, and a LocalDate is safe to
      // publish by a race.
      date = LocalDate.ofEpochDay(epochDay(code));
      known[code] = date;
    }
    return date;
  }

  /** The date of a code, or null for {@link Almanac#ABSENT}. */
  @Nullable LocalDate dateOrNull(int code) {
    return code == ABSENT ? null : date(code);
  }

  /** Translates codes: {@code out[outOffset + i]} becomes the date of {@code codes[i]}, or null. */
  void dates(int[] codes, int count, @Nullable LocalDate[] out, int outOffset) {
    for (int i = 0; i < count; i++) {
      out[outOffset + i] = dateOrNull(codes[i]);
    }
  }

  /** As {@link #dates}, for days; absent is {@link DateLookup#NO_DAY}. */
  void epochDays(int[] codes, int count, long[] out, int outOffset) {
    for (int i = 0; i < count; i++) {
      out[outOffset + i] = codes[i] == ABSENT ? DateLookup.NO_DAY : epochDay(codes[i]);
    }
  }

  /** The date of a code, as days since 1970-01-01. */
  public long epochDay(int code) {
    Objects.checkIndex(code, size);
    return section.getLong(code * Long.BYTES);
  }

  /** The text of a date: ISO, or as the rows wrote it if the builder kept the texts. */
  public String text(int code) {
    Objects.checkIndex(code, size);
    int offset = textOffset(code);
    byte[] text = new byte[textOffset(code + 1) - offset];
    section.get(textsOffset + offset, text);
    return new String(text, StandardCharsets.UTF_8);
  }

  /** The code of a date, or {@link Almanac#ABSENT}; the lowest if several texts write it. */
  public int code(LocalDate date) {
    int code = ceiling(date);
    return code != ABSENT && epochDay(code) == date.toEpochDay() ? code : ABSENT;
  }

  /** The highest code whose date is this one or earlier, or {@link Almanac#ABSENT}. */
  public int floor(LocalDate date) {
    return firstFrom(date.toEpochDay() + 1) - 1;
  }

  /** The lowest code whose date is this one or later, or {@link Almanac#ABSENT}. */
  public int ceiling(LocalDate date) {
    int code = firstFrom(date.toEpochDay());
    return code == size ? ABSENT : code;
  }

  /** The lowest code whose day is {@code epochDay} or later, or the size. */
  private int firstFrom(long epochDay) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (epochDay(middle) < epochDay) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private int textOffset(int code) {
    return section.getInt(textOffsetsOffset + code * Integer.BYTES);
  }

  /** The number of dates and their range, for logs. */
  @Override
  public String toString() {
    return "DateDictionary{size="
        + size
        + (size == 0 ? "}" : " first=" + date(0) + " last=" + date(size - 1) + "}");
  }
}
