package dev.almanac.build.rows;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What messages show of long rows. */
class RowTextTest {
  /** The whole characters that fit, added one by one. */
  private static String shown(String text) {
    if (text.getBytes(UTF_8).length <= RowText.SHOWN_BYTES) {
      return text;
    }
    StringBuilder shown = new StringBuilder();
    int byteCount = 0;
    for (int point : text.codePoints().toArray()) {
      byteCount += Character.toString(point).getBytes(UTF_8).length;
      if (byteCount > RowText.SHOWN_BYTES) {
        break;
      }
      shown.appendCodePoint(point);
    }
    return shown + "...";
  }

  @Test
  void ofALongRowWholeCharactersAreShown() {
    for (String character : new String[] {"x", "\u00e9", "\u4e2d", "\ud83d\ude00"}) {
      for (int before = 985; before <= 1_001; before++) {
        for (int count = 0; count <= 6; count++) {
          String text = "x".repeat(before) + character.repeat(count);
          byte[] bytes = ("\u00e9" + text + "y").getBytes(UTF_8);
          assertEquals(shown(text), RowText.of(bytes, 2, bytes.length - 1));
        }
      }
    }
  }

  @Test
  void bytesThatAreNoTextAreReplaced() {
    byte[] bytes = new byte[2_000];
    Arrays.fill(bytes, (byte) 0x80);
    assertEquals("\ufffd".repeat(1_000), RowText.of(bytes, 500, 1_500));
    // No character is longer than four bytes: after three, the search for its first one ends.
    assertEquals("\ufffd".repeat(997) + "...", RowText.of(bytes, 500, 1_501));
  }

  @Test
  void aLongTextIsCut() {
    assertEquals("x".repeat(1_000), RowText.of("x".repeat(1_000)));
    assertEquals("x".repeat(1_000) + "...", RowText.of("x".repeat(1_001)));
    String face = "\ud83d\ude00";
    assertEquals("x".repeat(998) + face + "...", RowText.of("x".repeat(998) + face + "x"));
    assertEquals("x".repeat(999) + "...", RowText.of("x".repeat(999) + face));
  }
}
