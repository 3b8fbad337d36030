package dev.almanac.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TextTableTest {
  @Test
  void valuesStandInOneColumnUnderTheirHeadline() {
    assertEquals(
        """
        One
          a     1
          long  2

        Two
          b     3
        """,
        new TextTable()
            .section("One")
            .row("a", "1")
            .row("long", "2")
            .section("Two")
            .row("b", "3")
            .toString());
  }

  @Test
  void aLongValueGoesOnWithin80Columns() {
    String table = new TextTable().row("name", "word ".repeat(40).strip()).toString();
    table.lines().forEach(line -> assertTrue(line.length() <= 80, line));
    assertEquals(
        "word ".repeat(40).strip(),
        table.replaceAll("\\s+", " ").strip().substring("name ".length()));
  }
}
