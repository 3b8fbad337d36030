package dev.almanac.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Almanac;
import dev.almanac.IdKind;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.DelimitedRows;
import dev.almanac.generator.IdShape;
import dev.almanac.generator.RowGenerator;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(300)
class AlmanacWorkerTest {
  private static final int ROWS = 30_000;

  @TempDir static Path folder;
  private static Path numbers;
  private static Path longTexts;

  @BeforeAll
  static void buildFiles() throws Exception {
    Path rows = folder.resolve("rows.txt");
    try (OutputStream output = Files.newOutputStream(rows)) {
      RowGenerator.of(ROWS).ids(IdShape.SPARSE).writeTo(output);
    }
    numbers = folder.resolve("numbers.almanac");
    AlmanacBuilder.create().build(DelimitedRows.of(rows).dateColumn(3), numbers);

    List<String> lines = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      lines.add("\u4e00".repeat(339) + (1_000_000 + i) + "|2024-02-29");
    }
    Files.write(rows, lines);
    longTexts = folder.resolve("texts.almanac");
    AlmanacBuilder.create().ids(IdKind.TEXT).build(DelimitedRows.of(rows), longTexts);
  }

  @ParameterizedTest
  @EnumSource(ReadingOrder.class)
  void workersAgreeOverAFileOfNumbers(ReadingOrder order) throws Exception {
    check(numbers, order, 0, ROWS);
  }

  @ParameterizedTest
  @EnumSource(ReadingOrder.class)
  void theSmallHeapIsEnoughForTheLongestTexts(ReadingOrder order) throws Exception {
    check(longTexts, order, 0, ROWS);
  }

  @ParameterizedTest
  @EnumSource(ReadingOrder.class)
  void fewerAndMoreLookupsThanIdsAreMade(ReadingOrder order) throws Exception {
    check(numbers, order, 1, 1);
    check(numbers, order, 3 * ROWS + 5, 3 * ROWS + 5);
  }

  private static void check(Path file, ReadingOrder order, long lookups, long expected)
      throws Exception {
    WorkersReport report =
        WorkerExperiment.of(AlmanacWorker.commands(file, 2, order, lookups, 1)).file(file).run();
    assertEquals(2 * expected, report.lookupCount());
    assertEquals(2 * expected, report.foundCount());
    assertTrue(report.agree());
    assertEquals("r--s", report.mappingPermissions());
    assertEquals(0, report.dirtyKilobytes());
    assertEquals(0, report.copiedKilobytes());
    assertEquals(0, report.storageBytes());
    assertEquals(0, report.callBytes());
  }

  @Test
  void aSampleThinsOutEvenlyUntilItFits() throws Exception {
    try (Almanac almanac = Almanac.open(numbers)) {
      assertEquals(ROWS, IdSample.of(almanac).size());
      IdSample sample = IdSample.of(almanac, 1_000);
      assertTrue(sample.size() > 500 && sample.size() <= 1_000, "size=" + sample.size());
      // The lookups of a sample are checked against the codes of the walk; two seeds look up the
      // same IDs.
      WorkerProtocol.Outcome one = sample.read(almanac, 5_555, 1);
      assertEquals(new WorkerProtocol.Outcome(5_555, 5_555, one.checksum()), one);
      assertEquals(one, sample.read(almanac, 5_555, 2));
    }
  }

  @Test
  void aSampleOfLongTextsIsBoundedByTheirLength() throws Exception {
    try (Almanac almanac = Almanac.open(longTexts)) {
      int size = IdSample.of(almanac).size();
      assertTrue(size > 5_000 && size < 13_000, "size=" + size);
    }
  }

  @Test
  void anExperimentWithoutAWorkerOrWithNegativeLookupsIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> AlmanacWorker.commands(numbers, 0, ReadingOrder.RANDOM, 0, 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> AlmanacWorker.commands(numbers, 1, ReadingOrder.RANDOM, -1, 1));
  }

  @Test
  void aWorkerSaysWhatIsWrongWithItsFile() {
    Path missing = folder.resolve("missing.almanac");
    String message =
        assertThrows(
                WorkerFailedException.class,
                () ->
                    WorkerExperiment.of(
                            AlmanacWorker.commands(missing, 1, ReadingOrder.SEQUENTIAL, 0, 1))
                        .run())
            .getMessage();
    assertTrue(message.contains("exit=1") && message.contains(missing.toString()), message);
  }
}
