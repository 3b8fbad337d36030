package dev.almanac.build.write;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.almanac.build.DateFormat;
import dev.almanac.format.Xxh64;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DateCollectorTest {
  private static final MemoryBudget MEMORY = new MemoryBudget(1 << 28);

  /** Dates that were chosen to share a home in the table of a thread, more than it probes for. */
  @Test
  void datesThatMeetInTheTableOfAThreadKeepTheirNumbers() throws IOException {
    List<byte[]> texts = new ArrayList<>();
    LocalDate date = LocalDate.of(1, 1, 1);
    for (int n = 0; texts.size() < 300; n++) {
      byte[] text = date.plusDays(n).toString().getBytes(StandardCharsets.US_ASCII);
      ByteBuffer b = ByteBuffer.wrap(text).order(ByteOrder.LITTLE_ENDIAN);
      long low = b.getLong(0);
      long high = b.getLong(text.length - Long.BYTES);
      if ((Xxh64.hash(low ^ Long.rotateLeft(high, 31)) & 1023) == 5) {
        texts.add(text);
      }
    }
    DateCollector.Cache cache = new DateCollector(DateRules.DEFAULT, MEMORY).new Cache(1 << 24);
    for (int round = 0; round < 3; round++) {
      for (int n = 0; n < texts.size(); n++) {
        assertEquals(n, cache.number(texts.get(n), 0, texts.get(n).length));
      }
    }
  }

  @Test
  void datesAreSortedByDayAndTheTextsOfADayByTheirBytes() throws IOException {
    List<String> texts =
        List.of("6.1.1970", "1.1.2024", "06.01.1970", "31.12.1969", "6.01.1970", "06.1.1970");
    DateCollector dates =
        new DateCollector(
            DateRules.DEFAULT.withFormats(List.of(DateFormat.pattern("d.M.uuuu"))).withKeptText(),
            MEMORY);
    DateCollector.Cache cache = dates.new Cache(1 << 24);
    for (int n = 0; n < texts.size(); n++) {
      byte[] text = texts.get(n).getBytes(StandardCharsets.US_ASCII);
      assertEquals(n, cache.number(text, 0, text.length));
    }
    DateCollector.Sorted sorted = dates.sort();
    assertEquals(
        List.of("31.12.1969", "06.01.1970", "06.1.1970", "6.01.1970", "6.1.1970", "1.1.2024"),
        sorted.texts());
    assertArrayEquals(
        new long[] {-1, 5, 5, 5, 5, LocalDate.of(2024, 1, 1).toEpochDay()}, sorted.epochDays());
    assertArrayEquals(new int[] {4, 5, 1, 0, 3, 2}, sorted.codeOfNumber());
  }
}
