package dev.almanac.build.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.build.rows.Dialect.Column;
import dev.almanac.build.rows.Dialect.Fields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class DialectTest {
  private static final Column ID = Column.of("order");
  private static final Column DATE = Column.of(5);
  private static final Fields FIELDS = new Fields(';', true, true, 3, true);
  private static final Dialect DIALECT = new Dialect(2, true, FIELDS, ID, DATE);

  private static Dialect withFields(Fields fields) {
    return new Dialect(2, true, fields, ID, DATE);
  }

  @Test
  void anOptionChangesItsPartAlone() {
    assertEquals(new Dialect(7, true, FIELDS, ID, DATE), DIALECT.withSkippedLines(7));
    assertEquals(
        new Dialect(2, false, FIELDS, Column.of(1), DATE),
        DIALECT.withId(Column.of(1)).withHeader(false));
    assertEquals(withFields(new Fields('|', true, true, 3, true)), DIALECT.withDelimiter('|'));
    assertEquals(withFields(new Fields(';', false, true, 3, true)), DIALECT.withQuoted(false));
    assertEquals(withFields(new Fields(';', true, false, 3, true)), DIALECT.withEscaped(false));
    assertEquals(withFields(new Fields(';', true, true, 1, true)), DIALECT.withMaxQuotedLines(1));
    assertEquals(withFields(new Fields(';', true, true, 3, false)), DIALECT.withTrimmed(false));
    assertEquals(
        new Dialect(2, true, FIELDS, Column.ROW_NUMBER, DATE), DIALECT.withId(Column.ROW_NUMBER));
    assertEquals(
        new Dialect(2, true, FIELDS, ID, Column.of("due")), DIALECT.withDate(Column.of("due")));
  }

  @Test
  void aColumnByNameBringsTheHeaderAndAColumnByNumberDoesNot() {
    assertTrue(Dialect.DEFAULT.withId(ID).header());
    assertTrue(Dialect.DEFAULT.withDate(Column.of("due")).header());
    assertEquals(
        new Dialect(0, false, Fields.DEFAULT, Column.of(1), DATE), Dialect.DEFAULT.withDate(DATE));
    assertEquals(
        new Dialect(0, false, Fields.DEFAULT, DATE, Column.of(2)), Dialect.DEFAULT.withId(DATE));
  }

  @Test
  void twentyLinesAreAllowedUnlessANumberIsGiven() {
    assertEquals(20, Fields.DEFAULT.quotedLines());
    assertEquals(3, FIELDS.quotedLines());
  }

  @Test
  void fieldsArePlainWithoutQuotesAndEscapes() {
    for (boolean quoted : new boolean[] {false, true}) {
      for (boolean escaped : new boolean[] {false, true}) {
        assertEquals(!quoted && !escaped, new Fields(',', quoted, escaped, 0, false).plain());
      }
    }
  }

  private static String refusal(Class<? extends Exception> type, Executable call) {
    return assertThrows(type, call).getMessage();
  }

  @Test
  void aDelimiterThatFieldsNeedIsRefused() {
    String rule =
        "a delimiter must be an ASCII character, no line break, and no quote or backslash where"
            + " fields are quoted or escaped: ";
    assertEquals(
        rule + "delimiter='\"' quoted=true escaped=false",
        refusal(IllegalArgumentException.class, () -> new Fields('"', true, false, 0, false)));
    assertEquals(
        rule + "delimiter='\\' quoted=false escaped=true",
        refusal(IllegalArgumentException.class, () -> new Fields('\\', false, true, 0, false)));
    assertEquals(
        rule + "delimiter=U+000A quoted=false escaped=false",
        refusal(IllegalArgumentException.class, () -> new Fields('\n', false, false, 0, false)));
    assertEquals('"', new Fields('"', false, true, 0, false).delimiter());
    assertEquals('\\', new Fields('\\', true, false, 0, false).delimiter());
  }

  @Test
  void numbersThatMakeNoSenseAreRefused() {
    assertEquals(
        "the number of skipped lines must not be negative: skipLines=-1",
        refusal(IllegalArgumentException.class, () -> DIALECT.withSkippedLines(-1)));
    assertEquals(
        "a quoted field must be allowed a line: maxQuotedLines=0",
        refusal(IllegalArgumentException.class, () -> DIALECT.withMaxQuotedLines(0)));
    assertEquals(
        "columns must be counted from 1: column=0",
        refusal(IllegalArgumentException.class, () -> Column.of(0)));
    assertEquals(
        "a column's name must not be empty",
        refusal(IllegalArgumentException.class, () -> Column.of("")));
  }

  @Test
  void columnsThatDoNotFitAreRefused() {
    assertEquals(
        "a column given by name needs the header: header=false idColumn=order dateColumn=5",
        refusal(IllegalStateException.class, () -> DIALECT.withHeader(false)));
    assertEquals(
        "a column given by name needs the header: header=false idColumn=row dateColumn=due",
        refusal(
            IllegalStateException.class,
            () -> new Dialect(0, false, FIELDS, Column.ROW_NUMBER, Column.of("due"))));
    assertEquals(
        "the ID and the date must be in different columns: idColumn=5 dateColumn=5",
        refusal(IllegalStateException.class, () -> Dialect.requireTwoColumns(DATE, Column.of(5))));
    Dialect.requireTwoColumns(Column.ROW_NUMBER, DATE);
    Dialect.requireTwoColumns(ID, DATE);
  }
}
