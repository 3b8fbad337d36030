package dev.almanac.format;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.almanac.CorruptAlmanacException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class DictionarySectionTest {
  private static final Path PATH = Path.of("a.almanac");

  /** Three dates: days at 0, offsets at 24, texts at 40. */
  private static ByteBuffer section() {
    return DictionarySection.encode(new long[] {-3, 5, 5}, List.of("1969", "1970-01-06", "6.1."));
  }

  private static void assertRefused(ByteBuffer section, int dateCount, String fault) {
    assertEquals(
        fault + ", path=a.almanac",
        assertThrows(
                CorruptAlmanacException.class,
                () -> DictionarySection.check(section, dateCount, PATH))
            .getMessage());
  }

  @Test
  void whatIsWrittenIsWhole() {
    assertEquals(40, DictionarySection.textsOffset(3));
    assertEquals(58, section().capacity());
    assertDoesNotThrow(() -> DictionarySection.check(section(), 3, PATH));
    assertDoesNotThrow(
        () -> DictionarySection.check(DictionarySection.encode(new long[0], List.of()), 0, PATH));
    assertDoesNotThrow(
        () ->
            DictionarySection.check(
                DictionarySection.encode(
                    new long[] {LocalDate.MIN.toEpochDay(), LocalDate.MAX.toEpochDay()},
                    List.of("", "x".repeat(256))),
                2,
                PATH));
  }

  @Test
  void theFirstTextMustBeginAtZero() {
    assertRefused(section().putInt(24, 1), 3, "the first text must begin at 0: textOffset=1");
  }

  @Test
  void datesMustAscend() {
    assertRefused(
        section().putLong(8, -4), 3, "dates must ascend and be dates: code=1 epochDay=-4");
  }

  @Test
  void daysMustBeDates() {
    assertRefused(
        section().putLong(16, LocalDate.MAX.toEpochDay() + 1),
        3,
        "dates must ascend and be dates: code=2 epochDay=" + (LocalDate.MAX.toEpochDay() + 1));
    assertRefused(
        section().putLong(0, LocalDate.MIN.toEpochDay() - 1),
        3,
        "dates must ascend and be dates: code=0 epochDay=" + (LocalDate.MIN.toEpochDay() - 1));
  }

  @Test
  void textsMustFollowEachOther() {
    assertRefused(
        section().putInt(32, 3), 3, "texts must follow each other: code=1 textOffset=4 end=3");
    assertRefused(
        section().putInt(36, 19), 3, "texts must follow each other: code=2 textOffset=14 end=19");
    assertRefused(
        section().putInt(28, -1), 3, "texts must follow each other: code=0 textOffset=0 end=-1");
  }

  @Test
  void aTextMustNotBeTooLong() {
    assertRefused(
        DictionarySection.encode(new long[] {1}, List.of("x".repeat(257))),
        1,
        "texts must follow each other: code=0 textOffset=0 end=257");
  }

  @Test
  void aTextMustBeUtf8() {
    assertRefused(section().put(41, (byte) 0xFF), 3, "a date's text must be valid UTF-8: code=0");
  }

  @Test
  void everyTextIsJudgedByItsOwnBytes() {
    List<String> texts = List.of("x".repeat(200), "y".repeat(200), "z");
    assertDoesNotThrow(
        () ->
            DictionarySection.check(
                DictionarySection.encode(new long[] {1, 2, 3}, texts), 3, PATH));
    ByteBuffer section = DictionarySection.encode(new long[] {1, 2, 3}, texts);
    section.put(section.capacity() - 1, (byte) 0xFF);
    assertRefused(section, 3, "a date's text must be valid UTF-8: code=2");
  }

  @Test
  void theTextsMustFillTheSection() {
    assertRefused(
        section().putInt(36, 17), 3, "the texts must fill the section: end=17 textsBytes=18");
  }

  @Test
  void aCodeIsAsNarrowAsAllOnesAllows() {
    assertEquals(1, DictionarySection.codeBytes(0));
    assertEquals(1, DictionarySection.codeBytes(255));
    assertEquals(2, DictionarySection.codeBytes(256));
    assertEquals(2, DictionarySection.codeBytes(65_535));
    assertEquals(4, DictionarySection.codeBytes(65_536));
    assertEquals(4, DictionarySection.codeBytes(DictionarySection.MAX_DATE_COUNT));
  }

  @Test
  void blocksCoverEveryByte() {
    assertEquals(0, BlockChecksums.blockCount(0));
    assertEquals(1, BlockChecksums.blockCount(1));
    assertEquals(1, BlockChecksums.blockCount(65_536));
    assertEquals(2, BlockChecksums.blockCount(65_537));
    assertEquals(8, BlockChecksums.sectionBytes(65_537));
    ByteBuffer section = BlockChecksums.allocate(65_537);
    assertEquals(8, section.remaining());
    assertEquals(1, section.putInt(0, 1).get(0), "little-endian");
    assertEquals(
        0xE3069283,
        BlockChecksums.crc(ByteBuffer.wrap("123456789".getBytes(US_ASCII))),
        "the check value of CRC-32C");
  }
}
