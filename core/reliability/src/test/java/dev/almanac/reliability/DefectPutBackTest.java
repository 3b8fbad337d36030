package dev.almanac.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.almanac.generated.GeneratedBuilds;
import dev.almanac.generated.MemoryFolder;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hazard 17, its control: the defect that an earlier version had is put back into today's builder,
 * and the generated builds must find it. Where a text comes after numbers, the numeric rows are
 * written once more as texts, in an order in which positions do not rise, and a difference of two
 * positions is cut to 32 bits.
 */
class DefectPutBackTest {
  private static final Path SOURCES =
      Path.of("..", "builder", "src", "main", "java", "dev", "almanac", "build");
  private static final int RUNS = 5;
  private static final int MOST_BUILDS = 3_000;

  /** A piece of a source file, and what takes its place. */
  private record Change(String file, String from, String to) {}

  private static final List<Change> DEFECT =
      List.of(
          new Change(
              "choice/RowBlock.java",
              "return position - positionBase >>> OFFSET_BITS == 0;",
              "return position - positionBase >> 32 <= 0;"),
          new Change(
              "choice/RowBlock.java",
              "if ((positionOffset >>> OFFSET_BITS | date >>> DATE_BITS) != 0) {",
              "if (date >>> DATE_BITS != 0) {"),
          new Change(
              "choice/RowBlock.java",
              "return (long) date << OFFSET_BITS | positionOffset;",
              "return (long) date << OFFSET_BITS | positionOffset & 0xFFFFFFFFL;"),
          new Change(
              "workspace/Spool.java",
              "  public int partitionCount() {",
              """
                public void drop(int partition) {
                  partitions[partition] = new Partition();
                }

                public int partitionCount() {\
              """),
          new Change("choice/RowBlocks.java", "private final Spool spool;", "final Spool spool;"),
          new Change(
              "choice/RowBlocks.java",
              "private final int partitionCount;",
              "final int partitionCount;"),
          new Change(
              "choice/RowBlocks.java", "private final int blockBytes;", "final int blockBytes;"),
          new Change(
              "choice/RowSpooler.java",
              "  /** Writes what waits. */",
              """
                public void numbersAsTexts() throws IOException {
                  long rows = textRowCount;
                  long withoutDate = noDateCount;
                  java.nio.ByteBuffer numbers =
                      java.nio.ByteBuffer.allocate(blocks.blockBytes)
                          .order(java.nio.ByteOrder.LITTLE_ENDIAN);
                  for (int partition = 0; partition < blocks.partitionCount; partition++) {
                    for (int b = 0; b < blocks.spool.blockCount(partition); b++) {
                      blocks.spool.read(partition, b, numbers);
                      int at = RowBlock.HEADER_BYTES;
                      for (long i = 0; i < numbers.getLong(Long.BYTES); i++) {
                        byte[] id =
                            Long.toString(numbers.getLong(at)).getBytes(StandardCharsets.US_ASCII);
                        long packed = numbers.getLong(at + Long.BYTES);
                        long position = numbers.getLong(0) + RowBlock.positionOffset(packed);
                        addText(id, 0, id.length, RowBlock.date(packed), position);
                        at += RowBlock.NUMERIC_ROW_BYTES;
                      }
                    }
                    blocks.spool.drop(partition);
                  }
                  flush();
                  textRowCount = rows;
                  noDateCount = withoutDate;
                }

                /** Writes what waits. */\
              """),
          new Change(
              "write/Build.java",
              "    ledger.finish(spoolers.stream().mapToLong(RowSpooler::rowCount).sum());",
              """
                  if (options.idKind() == dev.almanac.IdKind.AUTO
                      && RowSpooler.spooled(spool, spoolers).textRowCount() > 0) {
                    spoolers.get(0).numbersAsTexts();
                  }
                  ledger.finish(spoolers.stream().mapToLong(RowSpooler::rowCount).sum());\
              """));

  @TempDir Path folder;

  @TempDir(factory = MemoryFolder.class)
  Path builds;

  /** Compiles the builder's classes with the defect. */
  private Path compile() throws IOException {
    Path sources = Files.createDirectory(folder.resolve("sources"));
    Path classes = Files.createDirectory(folder.resolve("classes"));
    Set<String> names = new LinkedHashSet<>();
    for (Change change : DEFECT) {
      Path copy = sources.resolve(change.file);
      Files.createDirectories(copy.getParent());
      String text = Files.readString(names.add(change.file) ? SOURCES.resolve(change.file) : copy);
      assertEquals(
          2, text.split(java.util.regex.Pattern.quote(change.from), -1).length, change.from);
      Files.writeString(copy, text.replace(change.from, change.to));
    }
    List<String> arguments =
        new ArrayList<>(List.of("-nowarn", "-proc:none", "-d", classes.toString()));
    arguments.addAll(List.of("-cp", System.getProperty("java.class.path")));
    names.forEach(name -> arguments.add(sources.resolve(name).toString()));
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new));
    assertEquals(0, status, "javac");
    return classes;
  }

  @Test
  void theDefectIsFoundWhereverItIsPutBack() throws Exception {
    Path classes = compile();
    assumeTrue(Trial.full(), "skipped: in a full run; that the defect compiles was checked");
    Map<String, Long> outcomes = new LinkedHashMap<>();
    for (int run = 1; run <= RUNS; run++) {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.add("-Xmx512m");
      // With Chronicle's flags a build needs no JVM of its own.
      ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
          .filter(flag -> flag.startsWith("--add-"))
          .forEach(command::add);
      command.addAll(
          List.of(
              "-cp",
              classes + File.pathSeparator + System.getProperty("java.class.path"),
              Worker.class.getName(),
              builds.toString(),
              Integer.toString(run * 1_000_000)));
      Command worker = Command.run(command);
      assertEquals(0, worker.exit(), worker.output());
      String[] said = worker.output().trim().split("\\s+");
      assertTrue(Long.parseLong(said[0]) > 0, worker.output());
      outcomes.put("run " + run + ", builds until it was found", Long.parseLong(said[0]));
      outcomes.put("run " + run + ", processor seconds", Long.parseLong(said[1]));
    }
    Trial.record(
        DefectPutBackTest.class,
        17,
        "defect put back",
        "the earlier version's defect in today's builder, generated builds of other seeds each"
            + " time",
        RUNS,
        outcomes);
  }

  /** Says after how many builds, and seconds of processor time, a difference was found. */
  static final class Worker {
    private Worker() {}

    public static void main(String[] arguments) throws IOException {
      long builds =
          GeneratedBuilds.buildsUntilFound(
              Path.of(arguments[0]), Long.parseLong(arguments[1]), MOST_BUILDS);
      long nanos =
          ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
      System.out.println(builds + " " + (nanos + 999_999_999) / 1_000_000_000);
    }
  }
}
