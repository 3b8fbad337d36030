package dev.almanac.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Delimiters, columns and limits as the command line gives them. */
class ArgumentValuesTest {
  private static void assertRefused(String message, ITypeConverter<?> converter, String text) {
    assertEquals(
        message,
        assertThrows(TypeConversionException.class, () -> converter.convert(text)).getMessage());
  }

  @Test
  void aDelimiterIsOneAsciiCharacterOrTab() {
    Delimiter delimiter = new Delimiter();
    for (char c = 0; c < 0x200; c++) {
      String text = String.valueOf(c);
      if (c > '~' || c == '\n' || c == '\r') {
        assertRefused(
            "a delimiter must be one ASCII character, or \"tab\": delimiter=" + text,
            delimiter,
            text);
      } else {
        assertEquals(c, delimiter.convert(text));
      }
    }
    assertEquals('\t', delimiter.convert("tab"));
    assertEquals('\t', delimiter.convert("\\t"));
    for (String text : new String[] {"", "||", "\ud83d\udcc5", "Tab"}) {
      assertRefused(
          "a delimiter must be one ASCII character, or \"tab\": delimiter=" + text,
          delimiter,
          text);
    }
  }

  @Test
  void aColumnIsANumberFromOneOrAName() {
    Column.Converter columns = new Column.Converter();
    for (int number : new int[] {1, 2, Integer.MAX_VALUE}) {
      Column column = columns.convert(Integer.toString(number));
      assertEquals(new Column(number, ""), column);
      assertEquals(Integer.toString(number), column.toString());
      assertFalse(column.isNamed() || column.isRowNumber());
    }
    for (String name : new String[] {"order", "1st", "--", "1.0", "Row"}) {
      Column column = columns.convert(name);
      assertEquals(new Column(0, name), column);
      assertEquals(name, column.toString());
      assertTrue(column.isNamed() && !column.isRowNumber());
    }
    Column row = columns.convert("row");
    assertTrue(row.isRowNumber() && !row.isNamed());
    assertRefused("a column must be a number or a name: column=", columns, "");
    for (String number : new String[] {"0", "-1", "2147483648", "-99999999999"}) {
      assertRefused("columns count from 1: column=" + number, columns, number);
    }
  }

  @Test
  void aLimitIsACountOrAPercentage() {
    Limit.Converter limits = new Limit.Converter();
    assertEquals(new Limit(0, false), limits.convert("0"));
    assertEquals(999_999_999_999_999L, limits.convert("999999999999999").count());
    assertFalse(limits.convert("7").isPercent());
    assertEquals(new Limit(0.5, true), limits.convert("0.5%"));
    assertEquals(new Limit(100, true), limits.convert("100%"));
    assertEquals(new Limit(99.999999, true), limits.convert("99.999999%"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-1", "1.5", "%", ".5%", "100.1%", "101%", "1e3", "1000000000000000", "1 %"})
  void whatIsNoLimitIsRefused(String text) {
    assertRefused(
        "a limit must be a number, or a percentage such as 0.5%: found=" + text,
        new Limit.Converter(),
        text);
  }
}
