package dev.almanac.build.base;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChangedKeysTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 7, 8, 1_000})
  void eachIdHasTheCodeThatItWasGivenAndNoOtherHasOne(int count) {
    SplittableRandom random = new SplittableRandom(81);
    ChangedKeys changed = new ChangedKeys(count);
    Map<Long, Integer> expected = new HashMap<>();
    while (expected.size() < count) {
      // Among them 0, which an empty place holds too, and the code of an ID that is removed.
      long id = expected.isEmpty() ? 0 : random.nextLong() >> random.nextInt(64);
      int code = random.nextInt(-1, 5);
      expected.put(id, code);
      changed.put(id, code);
    }
    for (int i = 0; i < 100; i++) {
      long id = random.nextLong();
      assertEquals(expected.containsKey(id), changed.contains(id));
    }
    for (long id : expected.keySet()) {
      for (long other = id - 3; other <= id + 3; other++) {
        assertEquals(expected.containsKey(other), changed.contains(other));
        assertEquals(expected.getOrDefault(other, 77), changed.codeOr(other, 77));
      }
    }
    assertEquals(count > 0, changed.contains(0));
    Map<Long, Integer> all = new HashMap<>();
    changed.forEach((id, code) -> assertEquals(null, all.put(id, code)));
    assertEquals(expected, all);
  }
}
