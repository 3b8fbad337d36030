package dev.almanac.build.rows;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares with the grammar as a regular expression, around sound timestamps. */
class IsoTimestampTest {
  private static final String TIME = "([01]\\d|2[0-3]):[0-5]\\d(:([0-5]\\d|60)([.,]\\d{1,12})?)?";
  private static final String OFFSET = "[+-]([01]\\d|2[0-3])(:?[0-5]\\d){0,2}";
  private static final String ZONE = " ?([Zz]|UTC|GMT|" + OFFSET + ")(\\[[!-~]+])?";
  private static final Pattern TIMESTAMP =
      Pattern.compile("([+-]?\\d{4,}-\\d\\d-\\d\\d)[Tt ]" + TIME + "(" + ZONE + ")?");

  private static final String CHARACTERS = "0123456789+-:.,TtZzUGMC []/!~\u007f\u00e9";

  private static void check(String text, String behind) {
    byte[] bytes = ("2024-" + text + behind).getBytes(ISO_8859_1);
    int from = 5;
    int to = from + text.length();
    Matcher matcher = TIMESTAMP.matcher(text);
    int expected = matcher.matches() ? from + matcher.end(1) : to;
    assertEquals(expected, IsoTimestamp.dayEnd(bytes, from, to), () -> text + " | " + behind);
    assertEquals(text.substring(0, expected - from), IsoTimestamp.day(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2024-02-29T23:59",
        "2024-02-29 00:00:60",
        "+12024-02-29T19:09:59.123456789012",
        "-0044-03-15t12:30:00,5Z",
        "2024-02-29T12:30Z",
        "2024-02-29T12:30:00+23:59",
        "2024-02-29T12:30:00.0-0100:59[Europe/Paris]",
        "2024-02-29T12:30:00 +013045",
        "2024-02-29 12:30:00 UTC",
        "2024-02-29 12:30:00GMT[a]",
        "2024-02-29T12:30:00z[]]",
        "2024-02-29T12:30+01[Etc/GMT+1]",
        "2024-02-29"
      })
  void theDayEndsWhereTheGrammarSays(String sample) {
    check(sample, "");
    // What lies behind the end belongs to another field.
    for (int length = 0; length < sample.length(); length++) {
      check(sample.substring(0, length), sample.substring(length) + "00:00Z");
    }
    for (int at = 0; at <= sample.length(); at++) {
      String before = sample.substring(0, at);
      for (char c : CHARACTERS.toCharArray()) {
        for (String behind : List.of("", "0", "Z", "]")) {
          check(before + c + sample.substring(at), behind);
          check(before + c + sample.substring(Math.min(at + 1, sample.length())), behind);
        }
      }
      check(before + sample.substring(Math.min(at + 1, sample.length())), "0");
      check(before + sample.substring(Math.min(at + 2, sample.length())), "0");
    }
  }
}
