package dev.almanac.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fields of all letters that mean something, beside what their text must be written as. */
class FieldWriterTest {
  private static final String[] LETTERS = {
    "x", "é", "\"", "|", ",", "\n", "\r", "\ufeff", "\u00ef"
  };
  private static final int FIELDS = 3_000;

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final ByteOutput output = new ByteOutput(written);

  private static String field(Random random) {
    StringBuilder field = new StringBuilder();
    int length = random.nextInt(4);
    for (int i = 0; i < length; i++) {
      field.append(LETTERS[random.nextInt(LETTERS.length)]);
    }
    return field.toString();
  }

  private static boolean isPlain(String field, char delimiter, boolean quoted) {
    return field.indexOf(delimiter) < 0
        && !field.contains("\n")
        && !field.contains("\r")
        && !field.startsWith("\ufeff")
        && !(quoted && field.contains("\""));
  }

  private void put(FieldWriter fields, String before, String field, String after)
      throws IOException {
    byte[] bytes = (before + field + after).getBytes(UTF_8);
    int from = before.getBytes(UTF_8).length;
    fields.put(bytes, from, from + field.getBytes(UTF_8).length, "id");
  }

  @ParameterizedTest
  @ValueSource(chars = {'|', ',', '\t', 'x'})
  void aFieldIsWrittenPlainlyOrInQuotesOrRefused(char delimiter) throws IOException {
    Random random = new Random(delimiter);
    for (int i = 0; i < FIELDS; i++) {
      String field = field(random);
      String before = field(random);
      String after = field(random);
      FieldWriter plain = new FieldWriter(output, delimiter, false);
      FieldWriter quoted = new FieldWriter(output, delimiter, true);
      written.reset();
      put(quoted, before, field, after);
      quoted.check(field.getBytes(UTF_8), "id");
      String expected =
          isPlain(field, delimiter, true) ? field : '"' + field.replace("\"", "\"\"") + '"';
      if (isPlain(field, delimiter, false)) {
        put(plain, before, field, after);
        plain.check(field.getBytes(UTF_8), "id");
        expected += field;
      } else {
        assertRefused(field, delimiter, () -> put(plain, before, field, after));
        assertRefused(field, delimiter, () -> plain.check(field.getBytes(UTF_8), "id"));
      }
      output.flush();
      assertEquals(expected, written.toString(UTF_8));
    }
  }

  private static void assertRefused(String field, char delimiter, Executable call) {
    assertEquals(
        "a field holds the delimiter, a line break or a byte order mark and would be read back as"
            + " something else, --quoted puts it in quotes: id="
            + FailureText.visible(field)
            + " delimiter="
            + (delimiter == '\t' ? "\\t" : delimiter),
        assertThrows(IOException.class, call).getMessage());
  }

  @Test
  void aLetterThatBeginsAsAMarkIsNone() throws IOException {
    // Its bytes are 0xEF 0xBB and 0xBC: one after those of the mark.
    FieldWriter plain = new FieldWriter(output, '|', false);
    for (String letter : new String[] {"\ufefc", "\ufebf", "\uefbf"}) {
      written.reset();
      put(plain, "", letter, "");
      output.flush();
      assertEquals(letter, written.toString(UTF_8));
    }
  }
}
