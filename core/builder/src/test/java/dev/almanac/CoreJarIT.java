package dev.almanac;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.almanac.Application.Result;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Programs of their own JVM, with the jar of this module: what an application that depends on it
 * will meet.
 */
@Execution(ExecutionMode.CONCURRENT)
class CoreJarIT {
  private static final String READER =
      """
      import dev.almanac.Almanac;
      import dev.almanac.LiveAlmanac;
      import java.nio.file.Files;
      import java.nio.file.Path;

      class Reader {
        public static void main(String[] arguments) throws Exception {
          Path file = Path.of(arguments[0]);
          try (Almanac dates = Almanac.open(file)) {
            int[] codes = new int[3];
            dates.codes(new long[] {1, 2, 1_000_000}, codes);
            System.out.println(dates.size() + " " + dates.date(7) + " " + dates.code("8") + " " + codes[2] + " "
                + dates.asMap().get(9L));
          }
          System.out.println(Almanac.verify(file).damages());
          Path name = Files.copy(file, file.resolveSibling("live"));
          try (LiveAlmanac live = LiveAlmanac.open(name)) {
            Files.delete(name);
            System.out.println(live.checkNow().ok() + " " + live.date(7));
          }
        }
      }
      """;

  private static final String BUILDER =
      """
      import dev.almanac.Almanac;
      import dev.almanac.build.AlmanacBuilder;
      import dev.almanac.build.DelimitedRows;
      import java.nio.file.Path;

      class Builder {
        public static void main(String[] arguments) throws Exception {
          Path target = Path.of(arguments[1]);
          System.out.println(AlmanacBuilder.create().build(DelimitedRows.of(Path.of(arguments[0])), target).edition());
          System.out.println(Almanac.verify(target).edition());
        }
      }
      """;

  /** Builds from rows without end, and interrupts itself after some milliseconds, or never. */
  private static final String ENDLESS =
      """
      import dev.almanac.build.AlmanacBuilder;
      import dev.almanac.build.RowSource;
      import java.nio.file.Path;
      import java.util.stream.LongStream;

      class Endless {
        public static void main(String[] arguments) throws Exception {
          long millis = Long.parseLong(arguments[1]);
          Thread builder = Thread.currentThread();
          Thread interrupter = new Thread(() -> {
            try {
              Thread.sleep(millis);
              builder.interrupt();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });
          interrupter.setDaemon(true);
          interrupter.start();
          System.out.println("started");
          try {
            AlmanacBuilder.create().build(RowSource.of(() -> LongStream.iterate(0, n -> (n + 1) % 100_000)
                .mapToObj(n -> new RowSource.Row(Long.toString(n), "2024-02-29"))), Path.of(arguments[0]));
          } catch (java.io.InterruptedIOException | java.nio.channels.ClosedByInterruptException e) {
            System.out.println("interrupted=" + Thread.currentThread().isInterrupted());
          }
        }
      }
      """;

  /** Stops the JVM that creates the store in its tracks, and interrupts the build that waits. */
  private static final String WAITING =
      """
      import dev.almanac.build.AlmanacBuilder;
      import dev.almanac.build.RowSource;
      import java.nio.file.Path;
      import java.util.Arrays;
      import java.util.stream.LongStream;

      class Waiting {
        public static void main(String[] arguments) throws Exception {
          Thread builder = Thread.currentThread();
          Thread interrupter = new Thread(() -> {
            try {
              while (Arrays.stream(builder.getStackTrace())
                  .noneMatch(frame -> frame.getClassName().endsWith("StoreCreation")
                      && frame.getMethodName().equals("create"))) {
                Thread.sleep(10);
              }
              builder.interrupt();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });
          try {
            AlmanacBuilder.create().build(RowSource.of(() -> LongStream.range(0, 10).mapToObj(n -> {
              if (n == 0) {
                long child = ProcessHandle.current().children().findFirst().orElseThrow().pid();
                try {
                  new ProcessBuilder("kill", "-STOP", Long.toString(child)).start().waitFor();
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
                interrupter.start();
              }
              return new RowSource.Row(Long.toString(n), "2024-02-29");
            })), Path.of(arguments[0]));
          } catch (java.io.InterruptedIOException e) {
            System.out.println("interrupted=" + Thread.currentThread().isInterrupted());
          }
        }
      }
      """;

  @TempDir static Path programs;

  @TempDir static Path samples;

  @TempDir Path folder;

  @TempDir Path folderOfOutput;

  @BeforeAll
  static void compile() throws Exception {
    List<Path> sources = new ArrayList<>();
    for (String text : List.of(READER, BUILDER, ENDLESS, WAITING)) {
      String name =
          text.lines()
              .filter(line -> line.startsWith("class "))
              .findFirst()
              .orElseThrow()
              .split(" ")[1];
      sources.add(Files.writeString(programs.resolve(name + ".java"), text));
    }
    Application.compile(
        programs,
        List.of(
            "-cp",
            Application.classPath(List.of(Application.readerJar(), Application.builderJar()))),
        sources.toArray(Path[]::new));
  }

  private static String applicationClassPath() {
    return Application.classPath(Application.libraries());
  }

  private Process start(
      Path javaHome, List<String> flags, String classPath, String program, Object... arguments)
      throws IOException {
    // These programs live for a second: compiling well does not pay.
    List<String> command =
        new ArrayList<>(List.of(Application.launcher(javaHome), "-XX:TieredStopAtLevel=1"));
    command.addAll(flags);
    command.addAll(List.of("-cp", classPath + File.pathSeparator + programs, program));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return Application.start(folderOfOutput, Path.of("").toAbsolutePath(), command);
  }

  private Result result(Process process) throws Exception {
    return Application.result(process, folderOfOutput);
  }

  /** Builds the rows beside the sample. */
  private Result build(Path javaHome, List<String> flags, String classPath, String target)
      throws Exception {
    return result(
        start(
            javaHome,
            flags,
            classPath,
            "Builder",
            folder.resolve("rows.txt"),
            folder.resolve(target)));
  }

  /** Built once, since each build takes a child JVM here. */
  @BeforeAll
  static void buildSample() throws IOException {
    SampleRows.dense(0, 5_000, 40).build(samples, Layout.AUTO);
  }

  /** A file, and beside it the rows that it was built from. */
  private Path sample() throws IOException {
    Files.copy(samples.resolve("rows.txt"), folder.resolve("rows.txt"));
    return Files.copy(samples.resolve("sample.almanac"), folder.resolve("sample.almanac"));
  }

  private static String expectedOfReader() {
    SampleRows rows = SampleRows.dense(0, 5_000, 40);
    int codeOf8 =
        (int)
            rows.dateById().values().stream()
                .distinct()
                .filter(date -> date.compareTo(rows.dateById().get("8")) < 0)
                .count();
    return "5000 "
        + rows.dateById().get("7")
        + " "
        + codeOf8
        + " -1 "
        + rows.dateById().get("9")
        + "\n[]\nfalse "
        + rows.dateById().get("7")
        + "\n";
  }

  @Test
  void theJarAloneReadsWithoutAnyFlag() throws Exception {
    assertEquals(
        new Result(0, expectedOfReader(), ""),
        result(
            start(
                Application.thisJava(),
                List.of(),
                Application.readerJar().toString(),
                "Reader",
                sample())));
  }

  @Test
  void theJarAloneReadsOnJava25() throws Exception {
    Path java = Application.otherJava(25);
    assertEquals(
        new Result(0, expectedOfReader(), ""),
        result(start(java, List.of(), Application.readerJar().toString(), "Reader", sample())));
  }

  @Test
  void aRuntimeOfJavaBaseAloneReadsAndSaysWhatItLacksToBuild() throws Exception {
    assumeTrue(
        Files.isDirectory(Application.thisJava().resolve("jmods"))
            || Runtime.version().feature() >= 24,
        "needs the JDK's jmods");
    Path runtime = folder.resolve("runtime");
    ToolProvider jlink = ToolProvider.findFirst("jlink").orElseThrow();
    assertEquals(
        0,
        jlink.run(
            System.out, System.err, "--add-modules", "java.base", "--output", runtime.toString()));
    Path sample = sample();
    assertEquals(
        new Result(0, expectedOfReader(), ""),
        result(start(runtime, List.of(), Application.readerJar().toString(), "Reader", sample)));
    List<String> before = SampleRows.names(folder);
    Result built = build(runtime, List.of(), applicationClassPath(), "other.almanac");
    assertEquals(1, built.status());
    assertTrue(
        built
            .errors()
            .contains("--add-modules java.management,java.naming,jdk.compiler,jdk.unsupported"),
        built.errors());
    assertEquals(before, SampleRows.names(folder));
  }

  @Test
  void theTwoJarsAloneSayWhatTheyLackToBuild() throws Exception {
    sample();
    Result built =
        build(
            Application.thisJava(),
            List.of(),
            Application.classPath(List.of(Application.readerJar(), Application.builderJar())),
            "other.almanac");
    assertEquals(1, built.status());
    assertTrue(
        built
            .errors()
            .contains(
                "building must have the libraries that almanac-core declares on the class path"),
        built.errors());
    assertEquals(List.of("rows.txt", "sample.almanac"), SampleRows.names(folder));
  }

  @Test
  void anApplicationBuildsWithoutAnyFlagAndGetsTheSameFile() throws Exception {
    Path sample = sample();
    assertBuildsTheSame(Application.thisJava(), List.of(), sample);
    assertBuildsTheSame(Application.thisJava(), List.of(Application.CHRONICLE_FLAGS), sample);
  }

  @Test
  void anApplicationOnJava25BuildsWithoutAnyFlagAndGetsTheSameFile() throws Exception {
    Path java = Application.otherJava(25);
    assertBuildsTheSame(java, List.of(), sample());
  }

  private void assertBuildsTheSame(Path java, List<String> flags, Path sample) throws Exception {
    String edition = Almanac.verify(sample).edition();
    Result built = build(java, flags, applicationClassPath(), "other.almanac");
    if (flags.isEmpty()) {
      assertEquals(new Result(0, edition + "\n" + edition + "\n", ""), built);
    } else {
      // With the flags Chronicle Map runs in the application's own JVM, and slf4j may complain
      // there.
      assertEquals(edition + "\n" + edition + "\n", built.out(), built::errors);
    }
    assertEquals(-1, Files.mismatch(sample, folder.resolve("other.almanac")));
  }

  @Test
  void aFileThatCannotBeMadeSaysWhy() throws Exception {
    sample();
    Result built =
        build(Application.thisJava(), List.of(), applicationClassPath(), "missing/other.almanac");
    assertEquals(1, built.status());
    assertTrue(built.errors().contains("the target's folder must exist"), built.errors());
  }

  /**
   * In a fresh JVM: Chronicle Map takes a second or two to warm up, and must neither survive an
   * interrupt nor be broken by it.
   */
  @ParameterizedTest
  @CsvSource({"100,true", "1000,true", "100,false", "1000,false"})
  void anInterruptSoonAfterTheStartLeavesNothing(long millis, boolean flags) throws Exception {
    Path target = folder.resolve("sample.almanac");
    Process process =
        start(
            Application.thisJava(),
            flags ? List.of(Application.CHRONICLE_FLAGS) : List.of(),
            applicationClassPath(),
            "Endless",
            target,
            millis);
    Result stopped = result(process);
    assertEquals("started\ninterrupted=true\n", stopped.out(), stopped::errors);
    assertEquals(List.of(), SampleRows.names(folder));
  }

  /** Not even one that would never answer may hold an interrupted build up. */
  @Test
  @Timeout(300)
  void anInterruptWhileTheStoreIsCreatedLeavesNothing() throws Exception {
    Process process =
        start(
            Application.thisJava(),
            List.of(),
            applicationClassPath(),
            "Waiting",
            folder.resolve("sample.almanac"));
    Result stopped = result(process);
    assertEquals("interrupted=true\n", stopped.out(), stopped::errors);
    assertEquals(List.of(), SampleRows.names(folder));
  }

  private Process startEndless() throws Exception {
    Process process =
        start(
            Application.thisJava(),
            List.of(),
            applicationClassPath(),
            "Endless",
            folder.resolve("sample.almanac"),
            1_000_000);
    for (int i = 0; i < 3_000 && process.descendants().findAny().isEmpty(); i++) {
      Thread.sleep(100);
    }
    Thread.sleep(500);
    assertTrue(process.isAlive());
    assertEquals(1, SampleRows.names(folder).size());
    return process;
  }

  @Test
  void aBuildThatIsTerminatedLeavesNothing() throws Exception {
    Process process = startEndless();
    List<ProcessHandle> children = process.descendants().toList();
    assertEquals(1, children.size(), "the JVM that creates the Chronicle Map");
    process.destroy();
    assertTrue(process.waitFor(300, TimeUnit.SECONDS));
    assertEquals(List.of(), SampleRows.names(folder));
    assertEndsSoon(children.get(0));
  }

  @Test
  void whatAKilledBuildLeavesIsSweptByTheNext() throws Exception {
    Process process = startEndless();
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly().waitFor();
    assertEndsSoon(children.get(0));
    assertEquals(1, SampleRows.names(folder).size(), "a killed build cannot clean up");
    SampleRows.dense(0, 100, 10).build(folder, Layout.AUTO);
    assertEquals(List.of("rows.txt", "sample.almanac"), SampleRows.names(folder));
  }

  private static void assertEndsSoon(ProcessHandle child) throws Exception {
    // Soon after its warm-up, which takes a busy machine a while.
    for (int i = 0; i < 600 && child.isAlive(); i++) {
      Thread.sleep(100);
    }
    assertFalse(child.isAlive(), "the child JVM must end with its parent");
  }
}
