package dev.almanac.build.rows;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Compares with characters that are taken off one by one. */
class BlanksTest {
  private static final String BLANKS =
      " \t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u202f"
          + "\u3000\ufeff";

  /** Neighbours of blanks, and characters that share bytes with them. */
  private static final String OTHERS =
      "a\u009f\u00a1\u00e0\u1fff\u200c\u202e\u2030\u2fff\u3001\ufefe\u20a0";

  private static String trimmed(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && BLANKS.indexOf(text.charAt(from)) >= 0) {
      from++;
    }
    while (to > from && BLANKS.indexOf(text.charAt(to - 1)) >= 0) {
      to--;
    }
    return text.substring(from, to);
  }

  /** What is cut within a character is no blank, whatever lies beyond the cut. */
  @Test
  void aPartOfABlankIsNone() {
    for (char blank : BLANKS.toCharArray()) {
      byte[] bytes = ("a" + blank + "a").getBytes(UTF_8);
      for (int cut = 2; cut < bytes.length - 1; cut++) {
        assertEquals(1, Blanks.trimmedFrom(bytes, 1, cut));
        assertEquals(cut, Blanks.trimmedTo(bytes, 1, cut));
        assertEquals(bytes.length - 1, Blanks.trimmedTo(bytes, cut, bytes.length - 1));
      }
    }
  }

  @Test
  void blanksAtBothEndsAreTakenOff() {
    SplittableRandom random = new SplittableRandom(26);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(5); n > 0; n--) {
        String of = random.nextInt(3) > 0 ? BLANKS : OTHERS;
        text.append(of.charAt(random.nextInt(of.length())));
      }
      String expected = trimmed(text.toString());
      assertEquals(expected, Blanks.trimmed(text.toString()));
      // Between other blanks, of which nothing is taken.
      byte[] before = "\u2003 ".getBytes(UTF_8);
      byte[] bytes = ("\u2003 " + text + " \u2003").getBytes(UTF_8);
      int end = before.length + text.toString().getBytes(UTF_8).length;
      int from = Blanks.trimmedFrom(bytes, before.length, end);
      int to = Blanks.trimmedTo(bytes, from, end);
      assertEquals(expected, new String(bytes, from, to - from, UTF_8));
    }
  }
}
