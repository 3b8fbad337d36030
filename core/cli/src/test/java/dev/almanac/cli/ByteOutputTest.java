package dev.almanac.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ByteOutputTest {
  private static final int BUFFER_BYTES = 1 << 18;

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final ByteOutput output = new ByteOutput(written);

  /** Pieces of all lengths, so that each kind meets a buffer that is full or nearly full. */
  @Test
  void whatIsPutComesOutInItsOrder() throws IOException {
    Random random = new Random(1);
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    byte[] bytes = new byte[BUFFER_BYTES + 100];
    random.nextBytes(bytes);
    while (expected.size() < 5 * BUFFER_BYTES) {
      switch (random.nextInt(6)) {
        case 0 -> {
          int from = random.nextInt(100);
          int to = from + (random.nextInt(4) == 0 ? BUFFER_BYTES - 30 : 0) + random.nextInt(60);
          output.put(bytes, from, to);
          expected.write(bytes, from, to - from);
        }
        case 1 -> {
          output.put(bytes[7]);
          expected.write(bytes[7]);
        }
        case 2 -> {
          byte[] some = new byte[random.nextInt(1_000)];
          random.nextBytes(some);
          output.put(some);
          expected.writeBytes(some);
        }
        case 3 -> {
          output.flush();
          assertEquals(expected.size(), written.size());
        }
        default -> {
          long number = random.nextLong() >> random.nextInt(64);
          output.put(number);
          expected.writeBytes(Long.toString(number).getBytes(US_ASCII));
        }
      }
    }
    output.flush();
    assertArrayEquals(expected.toByteArray(), written.toByteArray());
  }

  /** Each kind is put where the rest of the buffer is as long as it, one byte more or one less. */
  @Test
  void aPieceThatJustFitsAndOneThatDoesNotAreWhole() throws IOException {
    byte[] most = Long.toString(Long.MIN_VALUE).getBytes(US_ASCII);
    for (int room = 0; room <= most.length + 1; room++) {
      byte[] before = new byte[BUFFER_BYTES - room];
      for (int kind = 0; kind < 3; kind++) {
        written.reset();
        output.put(before);
        switch (kind) {
          case 0 -> output.put(Long.MIN_VALUE);
          case 1 -> output.put(most);
          default -> output.put(most[0]);
        }
        output.flush();
        byte[] after = kind == 2 ? new byte[] {most[0]} : most;
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        expected.writeBytes(before);
        expected.writeBytes(after);
        assertArrayEquals(expected.toByteArray(), written.toByteArray(), "room=" + room);
      }
    }
  }

  @Test
  void nothingIsWrittenByteByByte() throws IOException {
    for (int i = 0; i < BUFFER_BYTES; i++) {
      output.put((byte) 'x');
    }
    assertEquals(0, written.size());
    output.put((byte) 'y');
    assertEquals(BUFFER_BYTES, written.size());
  }
}
