package dev.almanac;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.DelimitedRows;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files of every format version that was ever published, each beside the rows that it was built
 * from: they must open for ever. The current version must also still be written the same, byte for
 * byte; a change of its bytes is a new version.
 */
class GoldenFilesTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  @TempDir private Path folder;

  static List<String> names() {
    return List.of(
        "v1-direct",
        "v1-gaps",
        "v1-hashed",
        "v1-blocks",
        "v1-entries",
        "v1-text",
        "v1-customers",
        "v1-orders",
        "v1-uuids");
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyIdOfAGoldenFileIsFound(String name) throws Exception {
    Path file = GOLDEN.resolve(name + ".almanac");
    List<String> rows = Files.readAllLines(GOLDEN.resolve(name + ".rows"));
    assertTrue(Almanac.verify(file).ok(), () -> "a golden file must verify: " + file);
    try (Almanac dates = Almanac.open(file)) {
      assertEquals(rows.size(), dates.size());
      for (String row : rows) {
        String[] fields = row.split("\\|");
        assertEquals(
            fields[1], String.valueOf(dates.date(fields[0])), () -> "the date of " + fields[0]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void theCurrentVersionIsWrittenAsItEverWas(String name) throws Exception {
    Path target = folder.resolve("rebuilt.almanac");
    AlmanacBuilder.create()
        .layout(name.equals("v1-entries") ? Layout.ENTRIES : Layout.AUTO)
        .build(DelimitedRows.of(GOLDEN.resolve(name + ".rows")), target);
    assertArrayEquals(
        Files.readAllBytes(GOLDEN.resolve(name + ".almanac")), Files.readAllBytes(target));
  }
}
