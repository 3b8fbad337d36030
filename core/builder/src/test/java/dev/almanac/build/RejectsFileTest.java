package dev.almanac.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.almanac.Almanac;
import dev.almanac.SampleRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rejects file is a result: it is whole under its name, or the build fails and says so. */
class RejectsFileTest {
  @TempDir Path folder;

  private Path rows;
  private Path target;
  private Path rejects;

  @BeforeEach
  void names() throws IOException {
    rows = Files.writeString(folder.resolve("rows.txt"), "1|2024-01-01\nx|nodate\n");
    target = folder.resolve("sample.almanac");
    rejects = folder.resolve("rejects.txt");
  }

  private BuildReport build(Path rejectsFile, Path input) throws IOException {
    return AlmanacBuilder.create()
        .onBadRow(BadRowPolicy.skip(rejectsFile).atMost(Long.MAX_VALUE))
        .build(DelimitedRows.of(input), target);
  }

  private void assertOnlyOldFiles(String... names) throws IOException {
    assertEquals(List.of(names), SampleRows.names(folder));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 40, 100_000})
  void aRejectsFileThatCannotBeWrittenFailsTheBuild(int badRows, @TempDir Path devices)
      throws Exception {
    Path full = fullDevice(devices);
    assumeTrue(Files.exists(full), "no /dev/full");
    Files.writeString(target, "the old file");
    Files.writeString(rows, "x|nodate\n".repeat(badRows) + "1|2024-01-01\n");
    IOException refused = assertThrows(IOException.class, () -> build(full, rows));
    assertTrue(refused.getMessage().contains("No space left"), refused.getMessage());
    assertEquals("the old file", Files.readString(target));
    assertOnlyOldFiles("rows.txt", "sample.almanac");
    assertTrue(Files.exists(full) && !Files.isRegularFile(full), "the device is still one");
  }

  /** A device of the test alone: a mistake, made by one who may, replaces that of the machine. */
  private static Path fullDevice(Path devices) throws Exception {
    Path own = devices.resolve("full");
    Process mknod =
        new ProcessBuilder("mknod", "-m", "666", own.toString(), "c", "1", "7")
            .redirectErrorStream(true)
            .start();
    mknod.getInputStream().readAllBytes();
    // A file system may hold devices without letting anybody open them.
    return mknod.waitFor() == 0 && Files.isWritable(own) && isFull(own)
        ? own
        : Path.of("/dev/full");
  }

  private static boolean isFull(Path device) {
    IOException refused =
        assertThrows(
            IOException.class, () -> Files.write(device, new byte[1], StandardOpenOption.WRITE));
    return String.valueOf(refused.getMessage()).contains("No space left");
  }

  @Test
  void aRejectsFileThatCannotHaveItsNameFailsTheBuild() throws IOException {
    Files.writeString(target, "the old file");
    // A directory appears under the name while the rows are read.
    RowSource source =
        () -> {
          RowSource.Splits splits = DelimitedRows.of(rows).open();
          Files.createDirectories(rejects.resolve("in the way"));
          return splits;
        };
    assertThrows(
        IOException.class,
        () -> AlmanacBuilder.create().onBadRow(BadRowPolicy.skip(rejects)).build(source, target));
    assertEquals("the old file", Files.readString(target));
    assertOnlyOldFiles("rejects.txt", "rows.txt", "sample.almanac");
  }

  @Test
  void aFolderThatIsNotThereIsRefusedBeforeARowIsRead() throws IOException {
    Path missing = folder.resolve("missing").resolve("rejects.txt");
    assertThrows(IOException.class, () -> build(missing, rows));
    assertOnlyOldFiles("rows.txt");
  }

  @Test
  void aBuildThatFailsLeavesTheOldRejects() throws IOException {
    Files.writeString(rejects, "of the build before\n");
    RowSource failing = RowSource.of(new FailingIterator());
    assertThrows(
        IllegalStateException.class,
        () -> AlmanacBuilder.create().onBadRow(BadRowPolicy.skip(rejects)).build(failing, target));
    assertEquals("of the build before\n", Files.readString(rejects));
    assertOnlyOldFiles("rejects.txt", "rows.txt");
  }

  private static final class FailingIterator implements java.util.Iterator<RowSource.Row> {
    private int count;

    @Override
    public boolean hasNext() {
      return true;
    }

    @Override
    public RowSource.Row next() {
      if (count++ == 10_000) {
        throw new IllegalStateException("the iterator fails");
      }
      return new RowSource.Row("x", "nodate");
    }
  }

  @Test
  void aBuildThatExceedsItsLimitListsTheRowsUpToIt() throws IOException {
    Files.writeString(rejects, "of the build before\n");
    Files.writeString(rows, "1|2024-01-01\nx|one\ny|two\nz|three\n");
    assertThrows(
        RefusedRowException.class,
        () ->
            AlmanacBuilder.create()
                .onBadRow(BadRowPolicy.skip(rejects).atMost(2))
                .build(DelimitedRows.of(rows), target));
    assertEquals(
        List.of(rows + "\t2\tBAD_DATE\tx|one", rows + "\t3\tBAD_DATE\ty|two"),
        Files.readAllLines(rejects));
    assertOnlyOldFiles("rejects.txt", "rows.txt");
  }

  @Test
  void aBuildOfBadRowsAloneListsThem() throws IOException {
    Files.writeString(rows, "x|one\n");
    assertThrows(BuildException.class, () -> build(rejects, rows));
    assertEquals(List.of(rows + "\t1\tBAD_DATE\tx|one"), Files.readAllLines(rejects));
    assertOnlyOldFiles("rejects.txt", "rows.txt");
  }

  @Test
  void aLinkStaysALink() throws IOException {
    Path real = Files.writeString(folder.resolve("real.txt"), "of the build before\n");
    Files.createSymbolicLink(rejects, real);
    build(rejects, rows);
    assertTrue(Files.isSymbolicLink(rejects));
    assertEquals(List.of(rows + "\t2\tBAD_DATE\tx|nodate"), Files.readAllLines(real));
  }

  @Test
  void theRejectsAreNeverAnInput() throws IOException {
    String before = Files.readString(rows);
    Path link = Files.createSymbolicLink(folder.resolve("link.txt"), rows);
    Path hardLink = Files.createLink(folder.resolve("hard.txt"), rows);
    Path detour = folder.resolve("..").resolve(folder.getFileName()).resolve("rows.txt");
    for (Path same : List.of(rows, link, hardLink, detour)) {
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> build(same, rows));
      assertEquals("the rejects must not be an input: rejects=" + same, refused.getMessage());
    }
    assertEquals(before, Files.readString(rows));
    assertOnlyOldFiles("hard.txt", "link.txt", "rows.txt");
  }

  @Test
  void theTargetIsNeverAnInput() throws IOException {
    String before = Files.readString(rows);
    Path link = Files.createSymbolicLink(folder.resolve("link.txt"), rows);
    for (Path same : List.of(rows, link)) {
      IllegalArgumentException refused =
          assertThrows(
              IllegalArgumentException.class,
              () -> AlmanacBuilder.create().build(DelimitedRows.of(List.of(rows)), same));
      assertEquals("the output must not be an input: output=" + same, refused.getMessage());
    }
    assertEquals(before, Files.readString(rows));
  }

  @Test
  void theRejectsAreNeverTheTarget() throws IOException {
    Path folderLink = Files.createSymbolicLink(folder.resolve("here"), folder);
    for (Path same : List.of(target, folderLink.resolve("sample.almanac"))) {
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> build(same, rows));
      assertEquals("the rejects must not be the output: rejects=" + same, refused.getMessage());
    }
    assertOnlyOldFiles("here", "rows.txt");
  }

  /** Far more bad rows in a split than stay in memory, and splits that wait for each other. */
  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void manyBadRowsOfASplitAreListedInTheirOrder(int threads) throws IOException {
    List<String> lines = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 60_000; i++) {
      boolean bad = i % 10 != 0;
      lines.add(i + (bad ? "|the date of row " + i : "|2024-01-01"));
      if (bad) {
        expected.add("rows\t" + (i + 1) + "\tBAD_DATE\t");
      }
    }
    BuildReport report =
        AlmanacBuilder.create()
            .threads(threads)
            .onBadRow(BadRowPolicy.skip(rejects).atMostPercent(95))
            .build(new SplitRows(lines, 9_000), target);
    assertEquals(expected, Files.readAllLines(rejects));
    assertEquals(expected.size(), report.rejectCount());
    try (Almanac almanac = Almanac.open(target)) {
      assertEquals(6_000, almanac.size());
    }
  }
}
