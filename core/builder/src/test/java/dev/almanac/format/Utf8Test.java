package dev.almanac.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class Utf8Test {
  private static boolean jdkDecodes(byte[] bytes) {
    try {
      UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static byte[] jdkEncodes(String text) {
    try {
      ByteBuffer encoded = UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      return Arrays.copyOf(encoded.array(), encoded.remaining());
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  private static void assertEncodesAsTheJdkDoes(String text) {
    byte[] expected = jdkEncodes(text);
    byte[] into = new byte[4 * text.length() + 20];
    int length = Utf8.encode(text, into, 5, into.length - 10);
    if (expected == null) {
      assertEquals(-1, length, text);
      return;
    }
    assertEquals(expected.length, length, text);
    assertArrayEquals(expected, Arrays.copyOfRange(into, 5, 5 + length), text);
    assertEquals(
        length, Utf8.encode(new StringBuilder(text), into, 5, length), "the limit may be reached");
    Arrays.fill(into, (byte) 77);
    assertEquals(
        length == 0 ? 0 : -1,
        Utf8.encode(text, into, 5, Math.max(0, length - 1)),
        "the limit must not be passed");
    assertEquals(77, into[4]);
    assertEquals(77, into[5 + Math.max(0, length - 1)], "nothing is written behind the limit");
  }

  @Test
  void everyCharacterEncodesAsTheJdkEncodesIt() {
    for (int c = 0; c <= Character.MAX_VALUE; c++) {
      assertEncodesAsTheJdkDoes(String.valueOf((char) c));
    }
    for (int point = 0x10000; point <= Character.MAX_CODE_POINT; point += 251) {
      assertEncodesAsTheJdkDoes(Character.toString(point));
    }
    assertEncodesAsTheJdkDoes(Character.toString(Character.MAX_CODE_POINT));
    assertEncodesAsTheJdkDoes("");
  }

  @Test
  void mixedTextsEncodeAsTheJdkEncodesThem() {
    SplittableRandom random = new SplittableRandom(3);
    char[] alphabet = {
      'a', '7', '\u007f', '\u0080', '\u07ff', '\u0800', '\ud7ff', '\ud800', '\udbff', '\udc00',
      '\udfff', '\ue000', '\uffff'
    };
    for (int i = 0; i < 50_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(12); n > 0; n--) {
        text.append(alphabet[random.nextInt(alphabet.length)]);
      }
      assertEncodesAsTheJdkDoes(text.toString());
    }
  }

  @Test
  void bytesAreValidWhenTheJdkDecodesThem() {
    int[] edges = {
      0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC2, 0xDF, 0xE0, 0xED, 0xEF, 0xF0,
      0xF4, 0xF5, 0xFF
    };
    byte[] bytes = new byte[4];
    for (int a : edges) {
      for (int b : edges) {
        for (int c : edges) {
          for (int d : edges) {
            bytes[0] = (byte) a;
            bytes[1] = (byte) b;
            bytes[2] = (byte) c;
            bytes[3] = (byte) d;
            for (int length = 1; length <= 4; length += d == 0 ? 1 : 4) {
              byte[] some = Arrays.copyOf(bytes, length);
              assertEquals(
                  jdkDecodes(some),
                  Utf8.isValid(some, 0, length),
                  () -> HexFormat.of().formatHex(some));
            }
            assertEquals(
                jdkDecodes(bytes),
                Utf8.isValid(bytes, 0, 4),
                () -> HexFormat.of().formatHex(bytes));
          }
        }
      }
    }
  }

  @Test
  void onlyTheGivenRangeIsJudged() {
    byte[] bytes = {(byte) 0xC3, (byte) 0xA9, 'x', (byte) 0xC3, (byte) 0xA9};
    assertEquals(true, Utf8.isValid(bytes, 0, 5));
    assertEquals(true, Utf8.isValid(bytes, 2, 3));
    assertEquals(true, Utf8.isValid(bytes, 3, 3));
    assertEquals(false, Utf8.isValid(bytes, 1, 3));
    assertEquals(false, Utf8.isValid(bytes, 0, 4));
  }

  @Test
  void decimalsAreThoseOfTheJdk() {
    SplittableRandom random = new SplittableRandom(4);
    byte[] into = new byte[20];
    for (int i = 0; i < 100_000; i++) {
      long number = i < 5_000 ? i - 2_500 : random.nextLong() >> random.nextInt(64);
      assertDecimal(number, into);
    }
    long power = 1;
    for (int digits = 1; digits <= 18; digits++) {
      power *= 10;
      for (long near : new long[] {power - 1, power, power + 1}) {
        assertDecimal(near, into);
        assertDecimal(-near, into);
      }
    }
    assertDecimal(Long.MIN_VALUE, into);
    assertDecimal(Long.MAX_VALUE, into);
  }

  @Test
  void uuidsAreThoseOfTheJdk() {
    SplittableRandom random = new SplittableRandom(5);
    byte[] into = new byte[Utf8.UUID_BYTES];
    for (int i = 0; i < 10_000; i++) {
      UUID uuid =
          i < 64
              ? new UUID(-1L >>> i, 1L << i)
              : new UUID(random.nextLong(), random.nextLong() >> random.nextInt(64));
      Utf8.encodeUuid(uuid, into);
      assertEquals(uuid.toString(), new String(into, UTF_8));
    }
  }

  private static void assertDecimal(long number, byte[] into) {
    int length = Utf8.encodeDecimal(number, into);
    assertEquals(Long.toString(number), new String(into, 0, length, UTF_8));
  }
}
