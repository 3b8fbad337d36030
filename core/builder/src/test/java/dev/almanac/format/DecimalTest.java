package dev.almanac.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DecimalTest {
  private static Long jdkParses(String text) {
    try {
      long number = Long.parseLong(text);
      return Long.toString(number).equals(text) ? number : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static void assertParses(String text) {
    Long expected = jdkParses(text);
    boolean isMin = expected != null && expected == Long.MIN_VALUE;
    long number = expected == null || isMin ? Decimal.NONE : expected;
    byte[] bytes = ("<" + text + ">").getBytes(UTF_8);
    assertEquals(number, Decimal.parse(text), text);
    assertEquals(number, Decimal.parse(new StringBuilder(text)), text);
    assertEquals(number, Decimal.parse(bytes, 1, bytes.length - 1), text);
    assertEquals(isMin, Decimal.isMinValue(text), text);
    assertEquals(isMin, Decimal.isMinValue(bytes, 1, bytes.length - 1), text);
  }

  @Test
  void edgesAreParsedAsTheJdkPrintsThem() {
    for (String text :
        new String[] {
          "",
          "-",
          "+",
          "0",
          "-0",
          "+0",
          "00",
          "007",
          "-7",
          "-07",
          "+7",
          "7-",
          "--7",
          " 7",
          "7 ",
          "1e3",
          "0x7",
          "9223372036854775807",
          "9223372036854775808",
          "-9223372036854775807",
          "-9223372036854775808",
          "-9223372036854775809",
          "18446744073709551615",
          "18446744073709551616",
          "18446744073709551623",
          "9999999999999999999",
          "10000000000000000000",
          "-9999999999999999999",
          "99999999999999999999",
          "1_000",
          "1,000",
          "\u0667",
          "7\u0667",
          "/",
          ":",
          "1/",
          "1:",
          "\u0000"
        }) {
      assertParses(text);
    }
  }

  @Test
  void nothingBehindTheTextIsRead() {
    byte[] bytes = "12-".getBytes(UTF_8);
    assertEquals(Decimal.NONE, Decimal.parse(bytes, 2, 2));
    assertEquals(Decimal.NONE, Decimal.parse(bytes, 3, 3));
    assertEquals(2, Decimal.parse(bytes, 1, 2));
  }

  @Test
  void numbersComeBackFromTheirDecimals() {
    SplittableRandom random = new SplittableRandom(6);
    for (int i = 0; i < 100_000; i++) {
      assertParses(Long.toString(random.nextLong() >> random.nextInt(64)));
    }
  }

  @Test
  void textsThatAreAlmostDecimalsAreParsedAsTheJdkPrintsThem() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 100_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(21); n > 0; n--) {
        text.append(
            "0123456789-+ "
                .charAt(random.nextInt(20) == 0 ? random.nextInt(13) : random.nextInt(10)));
      }
      assertParses((random.nextBoolean() ? "-" : "") + text);
    }
  }
}
