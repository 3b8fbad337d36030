package dev.almanac.benchmarks.stores;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class StoresTest {
  private static final int ROW_COUNT = 100_000;

  @TempDir Path directory;

  static Stream<Arguments> storesAndIds() {
    return Stores.names().stream()
        .filter(name -> Stores.named(name).answers())
        .flatMap(
            name ->
                Arrays.stream(Ids.values())
                    .filter(ids -> Stores.named(name).takes(ids))
                    .map(ids -> Arguments.of(name, ids)));
  }

  @ParameterizedTest
  @MethodSource("storesAndIds")
  void aStoreAnswersWithTheCodesOfTheRowsAndKnowsWhatIsAbsent(String name, Ids ids)
      throws Exception {
    Rows rows = new Rows(ids, ROW_COUNT);
    Store store = Stores.named(name);
    store.prepare(rows);
    store.build(rows, directory);
    try (Table table = store.open(rows, directory);
        Table other = table.forThread()) {
      int[] indexes = Accesses.indexes(rows, Accesses.Order.RANDOM, Accesses.Hits.HALF, 1_000);
      int[] expected = new int[indexes.length];
      long[] numbers = new long[indexes.length];
      String[] texts = new String[indexes.length];
      for (int i = 0; i < indexes.length; i++) {
        numbers[i] = rows.id(indexes[i]);
        texts[i] = rows.text(indexes[i]);
        expected[i] =
            indexes[i] >= ROW_COUNT
                ? Table.ABSENT
                : Rows.code(ids.isText() ? indexes[i] : numbers[i]);
      }
      for (int i = 0; i < indexes.length; i++) {
        assertEquals(expected[i], ids.isText() ? table.code(texts[i]) : table.code(numbers[i]));
        assertEquals(expected[i], ids.isText() ? other.code(texts[i]) : other.code(numbers[i]));
      }
      int[] found = new int[indexes.length];
      if (ids.isText()) {
        table.codes(texts, found);
      } else {
        table.codes(numbers, 0, found, found.length);
      }
      assertArrayEquals(expected, found);
    }
  }
}
