package dev.almanac;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is computed of the counts of a footer. */
class AlmanacInfoTest {
  private static AlmanacInfo info(long idCount, Long lowestId, Long highestId) {
    return new AlmanacInfo(
        Path.of("a.almanac"),
        "",
        1,
        "2026.1",
        IdKind.LONG,
        idCount,
        lowestId,
        highestId,
        1,
        null,
        null,
        Layout.HASHED,
        8,
        3,
        4,
        null,
        6,
        4,
        8,
        1_000,
        900);
  }

  @Test
  void bytesPerIdAndLoadAreShares() {
    assertEquals(250, info(4, 1L, 4L).bytesPerId());
    assertEquals(0, info(0, null, null).bytesPerId());
    // 6 entries in 4 segments of 8 slots.
    assertEquals(0.1875, info(4, 1L, 4L).load());
  }

  @Test
  void blockFillIsTheShareOfTheNumbersOfBlocks() {
    // Three blocks of 16 numbers.
    assertEquals(0.25, info(12, 1L, 999L).blockFill());
  }

  @ParameterizedTest
  @CsvSource({
    "4, 1, 4, 1",
    "4, -3, 12, 0.25",
    "1, 7, 7, 1",
    "0, , , 0",
    "4, 1, , 0",
    "4, , 1, 0",
    "2, -9223372036854775808, 9223372036854775807, 1.0842021724855044E-19"
  })
  void fillIsTheShareOfTheRange(long idCount, Long lowestId, Long highestId, double fill) {
    assertEquals(fill, info(idCount, lowestId, highestId).fill());
  }
}
