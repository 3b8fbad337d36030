package dev.almanac.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OrderIdsTest {
  @Test
  void anIdIsTheNumberInHexadecimalAndTwoLetters() {
    assertEquals("ORD-0000001f-IB", id(31));
    assertEquals("ORD-000004d2-BO", id(1234));
    assertEquals(OrderIds.BYTES, id(0xFFFF_FFFFL).length());
  }

  @Test
  void largerNumbersTakeMoreDigits() {
    assertEquals("ORD-ffffffff-", id(0xFFFF_FFFFL).substring(0, 13));
    assertEquals("ORD-100000000-", id(0x1_0000_0000L).substring(0, 14));
    assertEquals("ORD-7fffffffffffffff-", id(Long.MAX_VALUE).substring(0, 21));
    assertEquals(OrderIds.MAX_BYTES, id(-1).length());
  }

  @Test
  void idsAreDistinctAndTheirLettersHaveNoPattern() {
    Set<String> ids = new HashSet<>();
    Set<String> letters = new HashSet<>();
    for (int number = 0; number < 20_000; number++) {
      assertTrue(ids.add(id(number)), "number=" + number);
      letters.add(id(number).substring(13));
    }
    assertEquals(26 * 26, letters.size());
  }

  @Test
  void anIdThatDoesNotFitIsRefused() {
    assertThrows(
        IndexOutOfBoundsException.class, () -> OrderIds.put(new byte[OrderIds.BYTES], 1, 31));
  }

  private static String id(long number) {
    byte[] target = new byte[OrderIds.MAX_BYTES + 2];
    int end = OrderIds.put(target, 2, number);
    return new String(target, 2, end - 2, StandardCharsets.US_ASCII);
  }
}
