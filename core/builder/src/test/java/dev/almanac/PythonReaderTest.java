package dev.almanac;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The reader in Python, which was written from docs/format.md, answers as the library does. */
class PythonReaderTest {
  private static final Path SCRIPT = Path.of("../../examples/python/almanac.py");

  @TempDir private Path folder;

  private enum Kind {
    DIRECT(Layout.AUTO, SampleRows.dense(-300, 5_000, 300)),
    HASHED(Layout.AUTO, SampleRows.sparse(3_000, 300)),
    BLOCKS(Layout.BLOCKS, SampleRows.clusters(3_000, 300)),
    ENTRIES(Layout.ENTRIES, SampleRows.sparse(3_000, 300)),
    TEXTS(Layout.ENTRIES, SampleRows.texts(3_000, 300).add("\u00e9\ud83d\ude00", "2024-02-29")),
    PACKED(Layout.AUTO, SampleRows.texts(3_000, 300).add("\u00e9\ud83d\ude00", "2024-02-29")),
    DIRECT_TEXTS(Layout.AUTO, SampleRows.customers(3_000, 300)),
    BLOCK_TEXTS(Layout.BLOCKS, SampleRows.customers(3_000, 300)),
    NARROW_TEXTS(Layout.AUTO, SampleRows.orders(3_000, 300)),
    WIDE_TEXTS(Layout.AUTO, SampleRows.uuids(3_000, 300));

    private final Layout layout;
    private final SampleRows rows;

    Kind(Layout layout, SampleRows rows) {
      this.layout = layout;
      this.rows = rows;
    }
  }

  @BeforeAll
  static void pythonIsThere() {
    boolean there;
    try {
      there = run(List.of("python3", "--version")).startsWith("Python 3.");
    } catch (IOException | InterruptedException e) {
      there = false;
    }
    assumeTrue(there, "python3 is not there");
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("PYTHONIOENCODING", "utf-8");
    builder.environment().put("LC_ALL", "C.UTF-8");
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(300, TimeUnit.SECONDS));
    return output;
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void itPrintsWhatGetPrints(Kind kind) throws Exception {
    Path target = kind.rows.build(folder, kind.layout);
    List<String> command = new ArrayList<>(List.of("python3", SCRIPT.toString()));
    command.add(target.toString());
    StringBuilder expected = new StringBuilder();
    List<String> ids = new ArrayList<>(kind.rows.dateById().keySet().stream().limit(400).toList());
    ids.addAll(
        List.of("0", "1", "007", "-0", "x", "9223372036854775807", "-9223372036854775808", "1e3"));
    try (Almanac almanac = Almanac.open(target)) {
      for (String id : ids) {
        command.add(id);
        expected.append(id).append('\t');
        if (almanac.date(id) != null) {
          expected.append(almanac.date(id));
        }
        expected.append('\n');
      }
    }
    assertEquals(expected.toString(), run(command));
  }

  /** By NumPy, where it is there. */
  @Test
  void aBatchAnswersAsOneByOne() throws Exception {
    for (Kind kind : List.of(Kind.DIRECT, Kind.BLOCKS)) {
      Path target = kind.rows.build(folder, kind.layout);
      String script =
          """
          import sys
          sys.dont_write_bytecode = True
          sys.path.insert(0, sys.argv[1])
          import almanac
          file = almanac.Almanac(sys.argv[2])
          ids = [id_ for id_, _ in file]
          ids += [id_ + step for id_ in ids for step in (-1, 1, 64, -4096)]
          ids += [0, 1, -1, (1 << 63) - 1, -(1 << 63)]
          one_by_one = [file.code(id_) for id_ in ids]
          print(list(file.codes(ids)) == one_by_one, sum(code >= 0 for code in one_by_one) >= len(file))
          """;
      assertEquals(
          "True True\n",
          run(List.of("python3", "-c", script, SCRIPT.getParent().toString(), target.toString())),
          kind.name());
      Files.delete(target);
    }
  }

  @Test
  void forkedWorkersReadTheWholeFile() throws Exception {
    for (Kind kind : Kind.values()) {
      Path target = kind.rows.build(folder, kind.layout);
      long days = 0;
      try (Almanac almanac = Almanac.open(target)) {
        for (String id : kind.rows.dateById().keySet()) {
          days += almanac.dictionary().epochDay(almanac.code(id));
        }
      }
      StringBuilder expected = new StringBuilder();
      for (int worker = 0; worker < 10; worker++) {
        expected.append(
            "worker %d: %d IDs, days %d\n".formatted(worker, kind.rows.dateById().size(), days));
      }
      assertEquals(
          expected.toString(),
          run(List.of("python3", SCRIPT.toString(), "--workers", "10", target.toString())));
      Files.delete(target);
    }
  }
}
