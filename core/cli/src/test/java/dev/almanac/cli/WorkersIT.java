package dev.almanac.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.generator.IdShape;
import dev.almanac.generator.RowGenerator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real sibling JVMs over one file, which must come out of it as it was. One experiment after the
 * other: a page's share in the report is its part among all processes that map it, those of another
 * experiment too.
 */
@Execution(ExecutionMode.SAME_THREAD)
class WorkersIT {
  private static final long ROWS = 50_000;

  @TempDir static Path folder;
  private static Path numbers;
  private static Path texts;
  private static String digest;
  private static FileTime modified;

  @BeforeAll
  static void buildFiles() throws Exception {
    numbers =
        SampleFile.build(
            RowGenerator.of(ROWS).ids(IdShape.GAPS), folder.resolve("numbers.almanac"));
    texts =
        SampleFile.build(RowGenerator.of(ROWS).ids(IdShape.TEXT), folder.resolve("texts.almanac"));
    digest = digest(numbers);
    modified = Files.getLastModifiedTime(numbers);
  }

  @AfterAll
  static void noWorkerHasTouchedTheFile() throws Exception {
    assertEquals(digest, digest(numbers));
    assertEquals(modified, Files.getLastModifiedTime(numbers));
    assertEquals(Set.of("numbers.almanac", "texts.almanac"), AlmanacJar.names(folder));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sequential", "random"})
  void workersReadEveryIdAndWriteNothing(String order) throws Exception {
    Map<String, Object> report = experiment(numbers, "--processes", 3, "--order", order);
    checkReadOnly(report);
    assertEquals(3L, report.get("processes"));
    assertEquals(3 * ROWS, report.get("lookups"));
    assertEquals(3 * ROWS, report.get("found"));
    assertTrue((Long) report.get("mappedBytes") > Files.size(numbers) / 2, report.toString());
    assertTrue((Long) report.get("peakBytes") >= (Long) report.get("afterStartBytes"));
    assertTrue((Long) report.get("medianPrivateBytes") > 1_000_000);
    assertTrue(((List<?>) report.get("samples")).size() >= 2);
  }

  @Test
  void textIdsAreReadToo() throws Exception {
    Map<String, Object> report = experiment(texts, "--processes", 2);
    checkReadOnly(report);
    assertEquals(2 * ROWS, report.get("found"));
  }

  @Test
  void theNumberOfLookupsCanBeAnything() throws Exception {
    long lookups = 2 * ROWS + 777;
    Map<String, Object> report =
        experiment(numbers, "--processes", 2, "--order", "random", "--lookups", lookups);
    checkReadOnly(report);
    assertEquals(2 * lookups, report.get("lookups"));
    assertEquals(2 * lookups, report.get("found"));
  }

  @Test
  void theTableNamesWhatTheExperimentIsAbout() throws Exception {
    String table = AlmanacJar.run("workers", numbers, "--processes", 2).done().output();
    assertTrue(table.startsWith("2 worker processes reading " + numbers), table);
    assertTrue(table.contains("  Mapping of the file    r--s, "), table);
    assertTrue(table.contains("  Dirty, copied          0 kB, 0 kB\n"), table);
    assertTrue(
        table.contains("  Written while reading  0 bytes to storage, 0 bytes in calls\n"), table);
    assertTrue(table.contains("all workers agree"), table);
    table.lines().skip(1).forEach(line -> assertTrue(line.length() <= 80, line));
  }

  private static void checkReadOnly(Map<String, Object> report) {
    assertEquals("r--s", report.get("mappingPermissions"));
    assertEquals(0L, report.get("dirtyBytes"));
    assertEquals(0L, report.get("copiedBytes"));
    assertEquals(0L, report.get("writtenStorageBytes"));
    assertEquals(0L, report.get("writtenCallBytes"));
    assertEquals(true, report.get("agree"));
    assertEquals(1, new TreeSet<>((List<?>) report.get("checksums")).size());
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> experiment(Path file, Object... options) throws Exception {
    Object[] arguments = new Object[options.length + 3];
    arguments[0] = "workers";
    arguments[1] = file;
    arguments[2] = "--json";
    System.arraycopy(options, 0, arguments, 3, options.length);
    Map<String, Object> report = AlmanacJar.run(arguments).done().json();
    assertEquals(file.toString(), report.get("path"));
    assertEquals(Files.size(file), report.get("fileBytes"));
    return (Map<String, Object>) report.get("experiment");
  }

  private static String digest(Path file) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }
}
