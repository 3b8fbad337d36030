package dev.almanac.build.choice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DistinctTextsTest {
  private static final int COUNT = 5_000;

  @Test
  void textsKeepTheirNumbersWhileTheTableGrows() {
    List<byte[]> expected = new ArrayList<>();
    DistinctTexts texts = new DistinctTexts();
    Set<Long> hashes = new HashSet<>();
    for (int n = 0; n < COUNT; n++) {
      byte[] text = bytes(n == 0 ? "" : "ä".repeat(n % 100) + n);
      expected.add(text);
      long hash = DistinctTexts.hash(text, 0, text.length);
      assertTrue(hashes.add(hash), "two texts have two hashes");
      assertEquals(-1, texts.find(hash, text, 0, text.length));
      texts.add(hash, text, 0, text.length);
      assertEquals(n + 1, texts.count());
    }
    for (int n = 0; n < COUNT; n++) {
      // In the midst of others, as it is in a row.
      byte[] row = bytes("|" + texts.text(n) + "|");
      long hash = DistinctTexts.hash(row, 1, row.length - 1);
      assertEquals(n, texts.find(hash, row, 1, row.length - 1));
      assertEquals(new String(expected.get(n), StandardCharsets.UTF_8), texts.text(n));
    }
    assertEquals(expected.stream().mapToInt(text -> text.length).sum(), texts.byteCount());
  }

  @Test
  void aTextIsAddedFromTheMidstOfARow() {
    DistinctTexts texts = new DistinctTexts();
    byte[] row = bytes("one|two|three");
    int[] starts = {0, 4, 8};
    int[] ends = {3, 7, 13};
    for (int n = 0; n < 3; n++) {
      texts.add(DistinctTexts.hash(row, starts[n], ends[n]), row, starts[n], ends[n]);
    }
    assertEquals(
        List.of("one", "two", "three"), List.of(texts.text(0), texts.text(1), texts.text(2)));
    assertEquals(11, texts.byteCount());
    for (int n = 0; n < 3; n++) {
      assertEquals(
          n, texts.find(DistinctTexts.hash(row, starts[n], ends[n]), row, starts[n], ends[n]));
    }
  }

  /** All 64 bits of the hash the same, as nobody can choose them but a test. */
  @Test
  void textsOfOneHashAreTwo() {
    DistinctTexts texts = new DistinctTexts();
    texts.add(7, bytes("one"), 0, 3);
    assertEquals(-1, texts.find(7, bytes("two"), 0, 3));
    assertEquals(-1, texts.find(7, bytes("one"), 0, 2));
    texts.add(7, bytes("two"), 0, 3);
    assertEquals(0, texts.find(7, bytes("one"), 0, 3));
    assertEquals(1, texts.find(7, bytes("two"), 0, 3));
  }

  @Test
  void bytesAreComparedUnsigned() {
    DistinctTexts texts = new DistinctTexts();
    for (String text : List.of("z", "ä", "zz")) {
      texts.add(
          DistinctTexts.hash(bytes(text), 0, bytes(text).length),
          bytes(text),
          0,
          bytes(text).length);
    }
    assertEquals(-1, Integer.signum(texts.compare(0, 1)));
    assertEquals(1, Integer.signum(texts.compare(1, 2)));
    assertEquals(-1, Integer.signum(texts.compare(0, 2)));
    assertEquals(0, texts.compare(1, 1));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
