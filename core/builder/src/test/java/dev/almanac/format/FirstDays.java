package dev.almanac.format;

import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/** The dictionary of files that tests make by hand: the days from 1970-01-01 on, in ISO format. */
public final class FirstDays {
  private FirstDays() {}

  /** The section of that many dates; the code of a day is its number. */
  public static ByteBuffer section(int dateCount) {
    long[] days = new long[dateCount];
    List<String> texts = new ArrayList<>();
    for (int code = 0; code < dateCount; code++) {
      days[code] = code;
      texts.add(LocalDate.ofEpochDay(code).toString());
    }
    return DictionarySection.encode(days, texts);
  }
}
