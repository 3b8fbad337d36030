package dev.almanac;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadOnlyMapTest {
  private static final LocalDate DATE = LocalDate.of(2024, 2, 29);

  @TempDir Path folder;

  private interface Check<K> {
    void on(Map<K, LocalDate> view, Map<K, LocalDate> expected, K present, K absent);
  }

  private void forBoth(Check<Object> check) throws IOException {
    SampleRows numbers = SampleRows.dense(-100, 400, 30);
    try (Almanac almanac = Almanac.open(numbers.build(folder, Layout.AUTO))) {
      Map<Object, LocalDate> expected = new HashMap<>();
      numbers
          .dateById()
          .forEach((id, date) -> expected.put(Long.parseLong(id), LocalDate.parse(date)));
      check.on(widened(almanac.asMap()), expected, 7L, 7_000L);
    }
    SampleRows texts = SampleRows.texts(400, 30).add("x", "2024-02-29");
    try (Almanac almanac = Almanac.open(texts.build(folder, Layout.AUTO))) {
      Map<Object, LocalDate> expected = new HashMap<>();
      texts.dateById().forEach((id, date) -> expected.put(id, LocalDate.parse(date)));
      check.on(widened(almanac.asTextMap()), expected, "x", "y");
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<Object, LocalDate> widened(Map<?, LocalDate> map) {
    return (Map<Object, LocalDate>) map;
  }

  @Test
  void aViewEqualsTheMapOfItsRows() throws IOException {
    forBoth(
        (view, expected, present, absent) -> {
          assertEquals(expected, view);
          assertTrue(view.equals(expected));
          assertEquals(expected.hashCode(), view.hashCode());
          assertEquals(expected.size(), view.size());
          assertFalse(view.isEmpty());
          assertEquals(expected.keySet(), view.keySet());
          assertTrue(view.keySet().equals(expected.keySet()));
          assertEquals(expected.entrySet(), view.entrySet());
          assertTrue(view.entrySet().equals(expected.entrySet()));
          assertEquals(expected.entrySet().hashCode(), view.entrySet().hashCode());
          assertEquals(expected, new HashMap<>(view));
          assertEquals(
              expected.values().stream().sorted().toList(),
              view.values().stream().sorted().toList());
          assertEquals(expected.toString().length(), view.toString().length());
          expected.put(absent, DATE);
          assertNotEquals(expected, view);
          assertFalse(view.equals(expected));
          expected.remove(absent);
          expected.put(present, DATE.plusDays(1));
          assertFalse(view.equals(expected));
        });
  }

  @Test
  void keysAreFoundAndOthersAreNot() throws IOException {
    forBoth(
        (view, expected, present, absent) -> {
          assertEquals(expected.get(present), view.get(present));
          assertTrue(view.containsKey(present));
          assertTrue(view.keySet().contains(present));
          assertTrue(view.containsValue(expected.get(present)));
          assertTrue(view.entrySet().contains(Map.entry(present, expected.get(present))));
          assertEquals(expected.get(present), view.getOrDefault(present, DATE));
          assertNull(view.get(absent));
          assertFalse(view.containsKey(absent));
          assertFalse(view.keySet().contains(absent));
          assertEquals(DATE, view.getOrDefault(absent, DATE));
          assertFalse(view.containsValue(LocalDate.of(1700, 1, 1)));
          assertFalse(view.entrySet().contains(Map.entry(absent, DATE)));
          assertFalse(view.entrySet().contains(Map.entry(present, LocalDate.of(1700, 1, 1))));
          assertFalse(view.entrySet().contains("no entry"));
        });
  }

  @Test
  void keysOfAnotherTypeAreAbsent() throws IOException {
    forBoth(
        (view, expected, present, absent) -> {
          for (Object key :
              new Object[] {7, (short) 7, 7.0, new StringBuilder("x"), 'x', DATE, List.of()}) {
            assertNull(view.get(key));
            assertFalse(view.containsKey(key));
            assertFalse(view.entrySet().contains(Map.entry(key, DATE)));
          }
          assertNull(view.get(null));
          assertFalse(view.containsKey(null));
          assertFalse(view.containsValue(null));
        });
  }

  @Test
  void everyChangeIsRefusedAndChangesNothing() throws IOException {
    forBoth(
        (view, expected, present, absent) -> {
          assertRefused(() -> view.put(absent, DATE));
          assertRefused(() -> view.put(present, DATE));
          assertRefused(() -> view.remove(present));
          assertRefused(() -> view.remove(absent));
          assertRefused(() -> view.remove(present, expected.get(present)));
          assertRefused(() -> view.putAll(Map.of(absent, DATE)));
          assertRefused(view::clear);
          assertRefused(() -> view.putIfAbsent(absent, DATE));
          assertRefused(() -> view.replace(present, DATE));
          assertRefused(() -> view.replace(present, expected.get(present), DATE));
          assertRefused(() -> view.replaceAll((key, date) -> DATE));
          assertRefused(() -> view.computeIfAbsent(absent, key -> DATE));
          assertRefused(() -> view.computeIfPresent(present, (key, date) -> null));
          assertRefused(() -> view.compute(present, (key, date) -> DATE));
          assertRefused(() -> view.merge(present, DATE, (a, b) -> b));
          assertRefused(() -> view.keySet().remove(present));
          assertRefused(() -> view.keySet().clear());
          assertRefused(() -> view.keySet().removeIf(key -> true));
          assertRefused(() -> view.keySet().retainAll(List.of()));
          assertRefused(() -> view.keySet().add(absent));
          assertRefused(() -> view.values().remove(expected.get(present)));
          assertRefused(() -> view.values().clear());
          assertRefused(() -> view.entrySet().remove(Map.entry(present, expected.get(present))));
          assertRefused(() -> view.entrySet().clear());
          assertRefused(() -> view.entrySet().removeIf(entry -> true));
          assertRefused(() -> view.entrySet().add(Map.entry(absent, DATE)));
          assertRefused(() -> view.entrySet().iterator().next().setValue(DATE));
          assertRefused(
              () -> {
                Iterator<Object> keys = view.keySet().iterator();
                keys.next();
                keys.remove();
              });
          assertEquals(expected, view);
        });
  }

  private static void assertRefused(Runnable change) {
    assertThrows(UnsupportedOperationException.class, change::run);
  }

  @Test
  void anIteratorEndsAndSaysSo() throws IOException {
    forBoth(
        (view, expected, present, absent) -> {
          Iterator<Map.Entry<Object, LocalDate>> entries = view.entrySet().iterator();
          HashSet<Object> keys = new HashSet<>();
          while (entries.hasNext()) {
            assertTrue(entries.hasNext(), "asking changes nothing");
            Map.Entry<Object, LocalDate> entry = entries.next();
            assertTrue(keys.add(entry.getKey()));
            assertEquals(expected.get(entry.getKey()), entry.getValue());
          }
          assertEquals(expected.size(), keys.size());
          assertThrows(NoSuchElementException.class, entries::next);
          assertThrows(NoSuchElementException.class, entries::next);
          Iterator<Object> withoutAsking = view.keySet().iterator();
          for (int i = 0; i < expected.size(); i++) {
            withoutAsking.next();
          }
          assertThrows(NoSuchElementException.class, withoutAsking::next);
        });
  }

  @Test
  void entriesKeepTheirContentWhenTheIteratorMovesOn() throws IOException {
    forBoth(
        (view, expected, present, absent) ->
            assertEquals(
                expected.entrySet(), view.entrySet().stream().collect(Collectors.toSet())));
  }

  @Test
  void aStreamInParallelSeesEveryEntry() throws IOException {
    forBoth(
        (view, expected, present, absent) ->
            assertEquals(
                expected,
                view.entrySet().parallelStream()
                    .collect(Collectors.toConcurrentMap(Map.Entry::getKey, Map.Entry::getValue))));
  }

  @Test
  void aViewOfNothingIsEmpty() throws IOException {
    try (Almanac almanac = Almanac.open(new SampleRows().build(folder, Layout.AUTO))) {
      assertEquals(Map.of(), almanac.asMap());
      assertTrue(almanac.asMap().isEmpty());
      assertEquals("{}", almanac.asMap().toString());
      assertFalse(almanac.asMap().entrySet().iterator().hasNext());
    }
  }
}
