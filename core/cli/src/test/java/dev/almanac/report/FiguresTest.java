package dev.almanac.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FiguresTest {
  @Test
  void sizesHaveThreeFiguresAndAUnit() {
    assertEquals("0 bytes", Figures.bytes(0));
    assertEquals("1 byte", Figures.bytes(1));
    assertEquals("999 bytes", Figures.bytes(999));
    assertEquals("1.00 kB", Figures.bytes(1_000));
    assertEquals("65.3 MB", Figures.bytes(65_345_678));
    assertEquals("1.00 GB", Figures.bytes(999_999_999));
    assertEquals("9.22 EB", Figures.bytes(Long.MAX_VALUE));
    assertEquals("0 kB", Figures.kibibytes(0));
    assertEquals("1.05 MB", Figures.kibibytes(1_024));
  }

  @Test
  void timesAreSecondsThenMinutes() {
    assertEquals("0.04 s", Figures.duration(Duration.ofMillis(42)));
    assertEquals("12.4 s", Figures.duration(Duration.ofMillis(12_400)));
    assertEquals("1 min 40 s", Figures.duration(Duration.ofMillis(99_990)));
    assertEquals("3 min 20 s", Figures.duration(Duration.ofSeconds(200)));
  }

  @Test
  void countsAndRatesAreGrouped() {
    assertEquals("30,000,001", Figures.count(30_000_001));
    assertEquals("1 row", Figures.count(1, "row", "rows"));
    assertEquals("0 rows", Figures.count(0, "row", "rows"));
    assertEquals("2,000 rows", Figures.count(2_000, "row", "rows"));
    assertEquals("999,499/s", Figures.perSecond(999_499));
    assertEquals("23.4 million/s", Figures.perSecond(23_400_000));
  }
}
