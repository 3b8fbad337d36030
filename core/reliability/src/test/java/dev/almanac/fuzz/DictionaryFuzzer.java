package dev.almanac.fuzz;

import dev.almanac.CorruptAlmanacException;
import dev.almanac.format.DictionarySection;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;

/**
 * The check of the dictionary section against the rules of its picture, one after the other. The
 * first byte of the input is the number of dates, the rest the section.
 */
public final class DictionaryFuzzer {
  private static final Path NAME = Path.of("fuzzed");

  private DictionaryFuzzer() {}

  /** Judges a section; a test replaces it by one that errs. */
  interface Judge {
    void check(ByteBuffer section, int dateCount) throws CorruptAlmanacException;
  }

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    check(input, (section, dateCount) -> DictionarySection.check(section, dateCount, NAME));
  }

  static void check(byte[] input, Judge judge) {
    if (input.length == 0) {
      return;
    }
    int dateCount = input[0] & 0x3F;
    // Shorter ones the footer refuses.
    if (input.length - 1 < DictionarySection.textsOffset(dateCount)) {
      return;
    }
    ByteBuffer section =
        ByteBuffer.wrap(input, 1, input.length - 1).slice().order(ByteOrder.LITTLE_ENDIAN);
    boolean refused = false;
    try {
      judge.check(section, dateCount);
    } catch (CorruptAlmanacException e) {
      refused = true;
    }
    if (refused == isSound(section, dateCount)) {
      throw new AssertionError("refused=" + refused + " dateCount=" + dateCount);
    }
  }

  private static boolean isSound(ByteBuffer section, int dateCount) {
    int textsAt = dateCount * 12 + 4;
    int end = 0;
    if (section.getInt(dateCount * 8) != 0) {
      return false;
    }
    for (int code = 0; code < dateCount; code++) {
      long day = section.getLong(code * 8);
      if (code > 0 && section.getLong(code * 8 - 8) > day) {
        return false;
      }
      int start = end;
      end = section.getInt(dateCount * 8 + 4 * (code + 1));
      if (end < start || end > section.capacity() - textsAt || end - start > 256) {
        return false;
      }
      try {
        LocalDate.ofEpochDay(day);
        StandardCharsets.UTF_8.newDecoder().decode(section.slice(textsAt + start, end - start));
      } catch (DateTimeException | CharacterCodingException e) {
        return false;
      }
    }
    return end == section.capacity() - textsAt;
  }
}
