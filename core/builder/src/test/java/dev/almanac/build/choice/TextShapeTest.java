package dev.almanac.build.choice;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.almanac.format.IdShape;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TextShapeTest {
  /** Texts that vary the more the later they come, so that some shapes end to fit on the way. */
  private static List<byte[]> texts(SplittableRandom random) {
    int count = random.nextInt(9) == 0 ? 0 : random.nextInt(1, 5_000);
    int length = random.nextInt(1, 90);
    int variedFrom = random.nextInt(2 * count + 1);
    List<byte[]> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] text = "A".repeat(length + random.nextInt(2)).getBytes(US_ASCII);
      text[random.nextInt(text.length)] += i < variedFrom ? 1 : (byte) random.nextInt(25);
      texts.add(text);
    }
    return texts;
  }

  /** However the texts are shared among collectors, the shape is that of one set of each letter. */
  @Test
  void theShapeIsThatOfAllTexts() {
    int shapes = 0;
    for (int seed = 0; seed < 60; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      List<TextShape> parts = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        parts.add(new TextShape());
      }
      IdShape.Collector all = new IdShape.Collector();
      for (byte[] text : texts(random)) {
        parts.get(random.nextInt(3)).add(text, 0, text.length);
        all.add(text, 0, text.length);
      }
      TextShape sum = new TextShape();
      parts.forEach(sum::add);
      assertEquals(all.shape(), sum.shape(), "seed=" + seed);
      byte[] more = "B".repeat(7).getBytes(US_ASCII);
      sum.add(more, 0, 7);
      all.add(more, 0, 7);
      assertEquals(all.shape(), sum.shape(), "seed=" + seed);
      shapes += sum.shape() == null ? 0 : 1;
    }
    assertEquals(true, shapes > 10 && shapes < 50, "shapes=" + shapes);
  }

  @Test
  void noTextsHaveNoShape() {
    TextShape none = new TextShape();
    none.add(new TextShape());
    assertNull(none.shape());
  }
}
