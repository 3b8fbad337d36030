package dev.almanac.build.rows;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every short text of the characters that matter is read alike wherever it is cut. */
class CutTextTest {
  private static final String CHARACTERS = "7,\"\n\r\\ ";
  private static final int MAX_LENGTH = 5;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  @Tag("slow")
  void everyShortTextIsReadAlikeWhereverItIsCut(int options) throws IOException {
    Dialect dialect =
        RecordedRows.dialect(',', false, true, Dialect.Column.of(2), Dialect.Column.of(1))
            .withMaxQuotedLines(1 + options / 2)
            .withEscaped((options & 1) != 0)
            .withTrimmed((options & 1) == 0);
    int count = 0;
    for (int length = 1; length <= MAX_LENGTH; length++) {
      int texts = (int) Math.pow(CHARACTERS.length(), length);
      for (int number = 0; number < texts; number++) {
        StringBuilder text = new StringBuilder();
        for (int rest = number, i = 0; i < length; i++, rest /= CHARACTERS.length()) {
          text.append(CHARACTERS.charAt(rest % CHARACTERS.length()));
        }
        assertReadAlike(text.toString(), dialect);
        assertReadAlike(text + "\n7,7\n", dialect);
        count++;
      }
    }
    assertEquals((7 + 49 + 343 + 2401 + 16807), count);
  }

  private static void assertReadAlike(String text, Dialect dialect) throws IOException {
    for (int maxRowBytes : new int[] {1, 3}) {
      RecordedRows whole = read(text, dialect, 100, maxRowBytes);
      RecordedRows cut = read(text, dialect, 1, maxRowBytes);
      String what = text.replace("\n", "<LF>").replace("\r", "<CR>") + " max=" + maxRowBytes;
      assertEquals(whole.rows, cut.rows, what);
      assertEquals(reasons(whole), reasons(cut), what);
      assertEquals(whole.lineCounts, cut.lineCounts, what);
    }
  }

  private static List<String> reasons(RecordedRows recorded) {
    return recorded.bad.stream()
        .map(each -> each.substring(0, each.indexOf(' ', each.indexOf(' ') + 1)))
        .toList();
  }

  private static RecordedRows read(String text, Dialect dialect, int splitBytes, int maxRowBytes)
      throws IOException {
    Input input = Input.of(new ByteArrayInputStream(text.getBytes(UTF_8)), "in");
    try (DelimitedSplits splits =
        new DelimitedSplits(List.of(input), dialect, splitBytes, maxRowBytes)) {
      return RecordedRows.of(splits, 1);
    }
  }
}
