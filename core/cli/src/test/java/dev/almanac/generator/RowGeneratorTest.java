package dev.almanac.generator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RowGeneratorTest {
  private static final int ROWS = 20_000;

  @ParameterizedTest
  @EnumSource(IdShape.class)
  void idsAreDistinct(IdShape shape) {
    RowGenerator generator = RowGenerator.of(ROWS).ids(shape);
    Set<String> ids = new HashSet<>();
    for (long index = 0; index < ROWS; index++) {
      assertTrue(ids.add(generator.id(index)), "index=" + index);
    }
  }

  @ParameterizedTest
  @EnumSource(IdShape.class)
  void bothOrdersGiveTheSameRows(IdShape shape) throws IOException {
    RowGenerator generator = RowGenerator.of(ROWS).ids(shape).duplicates(500);
    List<String> sorted = rows(generator.order(RowOrder.SORTED));
    List<String> shuffled = rows(generator);
    assertNotEquals(sorted, shuffled);
    assertEquals(new TreeSet<>(sorted), new TreeSet<>(shuffled));
    assertEquals(sorted.stream().sorted().toList(), shuffled.stream().sorted().toList());
    assertEquals(ROWS + 500, sorted.size());
  }

  @ParameterizedTest
  @EnumSource(IdShape.class)
  void aRowIsWhatItsIndexSays(IdShape shape) throws IOException {
    RowGenerator generator = RowGenerator.of(ROWS).ids(shape).duplicates(500).seed(9).dates(77);
    List<String> rows = rows(generator);
    Set<String> dates = new HashSet<>();
    for (int place = 0; place < rows.size(); place++) {
      String[] fields = rows.get(place).split("\\|", -1);
      long index = generator.indexAt(place);
      assertEquals(4, fields.length);
      assertEquals(generator.id(index), fields[0]);
      assertEquals(generator.dateText(index), fields[2]);
      LocalDate date = LocalDate.parse(fields[2]);
      assertTrue(
          !date.isBefore(RowGenerator.FIRST_DATE)
              && date.isBefore(RowGenerator.FIRST_DATE.plusDays(77)));
      dates.add(fields[2]);
    }
    assertEquals(77, dates.size());
  }

  @ParameterizedTest
  @EnumSource(value = IdShape.class, names = "TEXT", mode = EnumSource.Mode.EXCLUDE)
  void sortedNumbersAscend(IdShape shape) {
    RowGenerator generator = RowGenerator.of(ROWS).ids(shape);
    for (long index = 1; index < ROWS; index++) {
      assertTrue(generator.numericId(index - 1) < generator.numericId(index), "index=" + index);
    }
  }

  @Test
  void sparseIdsTakeAllOf64Bits() {
    RowGenerator generator = RowGenerator.of(ROWS).ids(IdShape.SPARSE);
    long negative = 0;
    long highest = 0;
    for (long index = 0; index < ROWS; index++) {
      negative += generator.numericId(index) >>> 63;
      highest = Math.max(highest, generator.numericId(index));
    }
    assertEquals(ROWS / 2, negative, ROWS / 100);
    assertTrue(highest > 1L << 62);
  }

  @Test
  void textIdsHaveCharactersOfEveryLength() throws IOException {
    String all = String.join("\n", rows(RowGenerator.of(2_000).ids(IdShape.TEXT)));
    assertTrue(all.codePoints().anyMatch(c -> c > 0x7f && c <= 0x7ff));
    assertTrue(all.codePoints().anyMatch(c -> c > 0xffff));
  }

  @Test
  void duplicatesRepeatAnIdAndHalfOfThemChangeItsDate() {
    RowGenerator generator = RowGenerator.of(1_000).duplicates(200);
    Set<String> ids = new HashSet<>();
    Set<String> rows = new HashSet<>();
    for (long index = 0; index < 1_000; index++) {
      ids.add(generator.id(index));
      rows.add(generator.id(index) + generator.dateText(index));
    }
    int changed = 0;
    for (long index = 1_000; index < 1_200; index++) {
      assertTrue(ids.contains(generator.id(index)));
      changed += rows.contains(generator.id(index) + generator.dateText(index)) ? 0 : 1;
    }
    assertEquals(100, changed, 2);
  }

  @Test
  void theSameSeedGivesTheSameBytesAndAnotherOthers() throws IOException {
    assertArrayEquals(bytes(RowGenerator.of(1_000)), bytes(RowGenerator.of(1_000).seed(1)));
    assertNotEquals(rows(RowGenerator.of(1_000)), rows(RowGenerator.of(1_000).seed(2)));
  }

  @Test
  void theReturnedCountIsTheBytesWritten() throws IOException {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    assertEquals(RowGenerator.of(ROWS).writeTo(output), output.size());
  }

  @Test
  void noRowAndOneRowWork() throws IOException {
    assertEquals(0, bytes(RowGenerator.of(0)).length);
    for (IdShape shape : IdShape.values()) {
      assertEquals(1, rows(RowGenerator.of(1).ids(shape)).size());
    }
  }

  @Test
  void settingsThatMakeNoRowsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> RowGenerator.of(-1));
    assertThrows(IllegalArgumentException.class, () -> RowGenerator.of(1).dates(0));
    assertThrows(
        IllegalArgumentException.class,
        () -> RowGenerator.of(1).dates(RowGenerator.MAX_DATE_COUNT + 1));
    assertThrows(IllegalArgumentException.class, () -> RowGenerator.of(1).duplicates(-1));
    assertThrows(IllegalArgumentException.class, () -> RowGenerator.of(0).duplicates(1));
    assertThrows(IndexOutOfBoundsException.class, () -> RowGenerator.of(1).id(1));
  }

  private static byte[] bytes(RowGenerator generator) throws IOException {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    generator.writeTo(output);
    return output.toByteArray();
  }

  private static List<String> rows(RowGenerator generator) throws IOException {
    return new String(bytes(generator), StandardCharsets.UTF_8).lines().toList();
  }
}
