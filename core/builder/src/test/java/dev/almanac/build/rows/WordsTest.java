package dev.almanac.build.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.ByteRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class WordsTest {
  @Property
  void aSearchFindsWhatALoopFinds(
      @ForAll @Size(max = 40) byte[] content, @ForAll @ByteRange(min = 0) byte delimiter) {
    byte[] bytes = new byte[content.length + 1 + RowFormat.SLACK_BYTES];
    System.arraycopy(content, 0, bytes, 0, content.length);
    bytes[content.length] = '\n';
    for (int from = 0; from <= content.length; from++) {
      int lineEnd = from;
      while (bytes[lineEnd] != '\n') {
        lineEnd++;
      }
      int fieldEnd = from;
      while (bytes[fieldEnd] != '\n' && bytes[fieldEnd] != delimiter) {
        fieldEnd++;
      }
      assertEquals(lineEnd, Words.lineEnd(bytes, from));
      assertEquals(fieldEnd, Words.fieldEnd(bytes, from, Words.copies(delimiter)));
    }
  }

  @Test
  void everyPairOfNeighboursIsToldApart() {
    byte[] bytes = new byte[2 * Long.BYTES + RowFormat.SLACK_BYTES];
    for (int first = 0; first < 256; first++) {
      for (int second = 0; second < 256; second++) {
        for (int i = 0; i < bytes.length; i += 2) {
          bytes[i] = (byte) first;
          bytes[i + 1] = (byte) second;
        }
        int expected = (first == '\n' ? Long.BYTES : 0) + (second == '\n' ? Long.BYTES : 0);
        assertEquals(expected, Words.lineFeedCount(bytes, 0, 2 * Long.BYTES));
        assertEquals(
            expected - (first == '\n' ? 1 : 0), Words.lineFeedCount(bytes, 1, 2 * Long.BYTES));
        if (first != '\n' && second != '|' && (second == '\n' || first == '|')) {
          assertEquals(first == '|' ? 0 : 1, Words.fieldEnd(bytes, 0, Words.copies((byte) '|')));
        }
      }
    }
  }
}
