package dev.almanac.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.CorruptAlmanacException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What the tests of both tables expect of a lookup that cannot answer, and of a search. */
abstract class TableTest {
  static final String SEAL_IS_GONE =
      "a sealed file must not be cut short or written while it is read: the seal at its end is gone";

  @TempDir Path folder;

  /** An answer to the ID of an index, given in some way. */
  @FunctionalInterface
  interface Way {
    int code(SealedFile sealed, int index);
  }

  static void assertDamaged(String rule, HandmadeFile file, Executable... lookups) {
    for (Executable lookup : lookups) {
      UncheckedIOException thrown = assertThrows(UncheckedIOException.class, lookup);
      assertTrue(thrown.getCause() instanceof CorruptAlmanacException, thrown::toString);
      assertEquals(rule + ", path=" + file.path, thrown.getCause().getMessage());
    }
  }

  static void assertNoCode(int code, HandmadeFile file, Executable... lookups) {
    assertDamaged(
        "a date code must be in the dictionary: code=" + code + " dateCount=" + file.dateCount,
        file,
        lookups);
  }

  static void assertRefersOutside(Executable lookup) {
    UncheckedIOException thrown = assertThrows(UncheckedIOException.class, lookup);
    assertTrue(
        thrown.getCause().getMessage().startsWith("what a sealed file refers to must lie in it"),
        thrown::toString);
  }

  static void assertClosed(HandmadeFile file, Executable... lookups) {
    for (Executable lookup : lookups) {
      assertEquals(
          "the almanac is closed: path=" + file.path,
          assertThrows(IllegalStateException.class, lookup).getMessage());
    }
  }

  /** Those of the IDs that lie in the second or third segment. */
  static <K> Map<K, Integer> inSegments1And2(Map<K, Integer> codeById, ToIntFunction<K> segment) {
    Map<K, Integer> there = new HashMap<>(codeById);
    there.keySet().removeIf(id -> segment.applyAsInt(id) != 1 && segment.applyAsInt(id) != 2);
    return there;
  }

  /**
   * Ten IDs lie one behind the other. One that lies further on than the footer says is not met:
   * that bounds every lookup. A batch looks at eight slots together, whatever the footer says.
   */
  static void assertSearchIsBounded(HandmadeFile file, Way single, Way inBatch) throws IOException {
    assertEquals(10, file.longestProbe);
    SealedFile sealed = file.open();
    assertEquals(1, single.code(sealed, 9));
    assertEquals(1, inBatch.code(sealed, 9));
    file.longestProbe = 9;
    sealed = file.open();
    assertEquals(-1, single.code(sealed, 9));
    assertEquals(-1, inBatch.code(sealed, 9));
    assertEquals(1, single.code(sealed, 8));
  }
}
