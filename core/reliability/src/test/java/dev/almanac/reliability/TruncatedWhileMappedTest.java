package dev.almanac.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.almanac.reliability.TruncationWorker.Way;
import java.io.IOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A file is cut short, or filled with zeros from somewhere to its end, while a process looks up in
 * its mapping. The process lives. Once the file is cut every call ends in the documented exception.
 * While it is being cut a call may also meet the JVM's own {@link InternalError}: compiled code
 * skips a read that faults, and the error follows.
 */
class TruncatedWhileMappedTest {
  enum Compiler {
    INTERPRETER("-Xint"),
    C1("-XX:TieredStopAtLevel=1"),
    C2("-XX:+TieredCompilation");

    final String flag;

    Compiler(String flag) {
      this.flag = flag;
    }
  }

  /** A test of each JDK and compiler. */
  @Retention(RetentionPolicy.RUNTIME)
  @ParameterizedTest
  @CsvSource({
    "17, INTERPRETER",
    "17, C1",
    "17, C2",
    "25, INTERPRETER",
    "25, C1",
    "25, C2",
  })
  @interface WithEveryCompiler {}

  @TempDir Path folder;

  @WithEveryCompiler
  void aFileThatIsCutUnderItsReadersEndsInTheNamedException(int javaVersion, Compiler compiler)
      throws Exception {
    assumeTrue(
        Trial.full() || compiler != Compiler.C2,
        "skipped: C2 only in full, since what it makes of the moment of the cut is chance");
    // The interpreter needs no warming up, and takes ten times as long for each answer.
    boolean interpreted = compiler == Compiler.INTERPRETER;
    cut(
        TruncatedRows.NUMBERS_HASHED,
        TruncatedRows.TEXTS_ENTRIES,
        javaVersion,
        compiler,
        Trial.count(12, interpreted ? 200 : 1_000),
        interpreted ? 10 : Trial.count(300, 1_000));
  }

  /** By the compiler that is soonest done; in full, by that whose code skips most. */
  @ParameterizedTest
  @CsvSource({
    "NUMBERS_DIRECT, TEXTS_DIRECT",
    "NUMBERS_BLOCKS, TEXTS_BLOCKS",
    "NUMBERS_ENTRIES, TEXTS_WIDE",
    "NUMBERS_HASHED, TEXTS_HASHED"
  })
  void aFileOfAnyLayoutThatIsCutEndsInTheNamedException(TruncatedRows numbers, TruncatedRows texts)
      throws Exception {
    for (int version :
        Trial.full() ? new int[] {17, 25} : new int[] {Runtime.version().feature()}) {
      cut(
          numbers,
          texts,
          version,
          Trial.full() ? Compiler.C2 : Compiler.C1,
          Trial.count(2, 300),
          Trial.count(30, 1_000));
    }
  }

  private void cut(
      TruncatedRows numbers,
      TruncatedRows texts,
      int javaVersion,
      Compiler compiler,
      int sizes,
      int warmUps)
      throws Exception {
    numbers.build(folder);
    texts.build(folder);
    Path java = java(javaVersion);
    Path output = folder.resolve("output");
    Process worker =
        new ProcessBuilder(
                java.toString(),
                compiler.flag,
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                TruncationWorker.class.getName(),
                folder.toString(),
                numbers.name(),
                texts.name(),
                Integer.toString(sizes),
                Integer.toString(warmUps))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertTrue(worker.waitFor(30, TimeUnit.MINUTES), "the worker must end");
    } finally {
      worker.destroyForcibly();
    }
    List<String> lines = Files.readAllLines(output);
    assertEquals(0, worker.exitValue(), lines::toString);
    assertEquals(TruncationWorker.DONE, lines.get(lines.size() - 1), lines::toString);
    Map<String, Long> sums = new LinkedHashMap<>();
    for (Way way : Way.values()) {
      String line = lines.get(way.ordinal());
      assertTrue(line.startsWith(way + " "), line);
      if (way == Way.WITHOUT_SEAL) {
        // The control: the same trials find what the seal guards against.
        assertTrue(count(line, "wrong") > 0, line);
        assertTrue(count(line, "unnoticed") > 0, line);
      } else {
        assertTrue(count(line, "named") > 0, line);
        assertEquals(0, count(line, "wrong"), line);
        assertEquals(0, count(line, "unnamed"), line);
        assertEquals(0, count(line, "unnoticed"), line);
        sums.merge("refused by name", count(line, "named"), Long::sum);
        sums.merge("the JVM's InternalError during the cut", count(line, "late"), Long::sum);
        sums.merge("of these with a wrong answer before it", count(line, "overtaken"), Long::sum);
        sums.merge("wrong answers without an error", count(line, "wrong"), Long::sum);
        sums.merge("other errors", count(line, "unnamed"), Long::sum);
        sums.merge("answers after the cut", count(line, "unnoticed"), Long::sum);
      }
    }
    Trial.record(
        TruncatedWhileMappedTest.class,
        11,
        "cut while mapped, JDK "
            + javaVersion
            + ", "
            + compiler
            + (numbers == TruncatedRows.NUMBERS_HASHED && texts == TruncatedRows.TEXTS_ENTRIES
                ? ""
                : ", " + words(numbers) + " and " + words(texts)),
        sizes
            + " sizes, cut and then zeros to the end, under each of "
            + (Way.values().length - 1)
            + " ways of reading",
        2L * sizes * (Way.values().length - 1),
        sums);
  }

  private static String words(TruncatedRows rows) {
    return rows.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** The number of an outcome in a line of a worker. */
  static long count(String line, String outcome) {
    for (String part : line.split(" ")) {
      if (part.startsWith(outcome + '=')) {
        return Long.parseLong(part.substring(outcome.length() + 1));
      }
    }
    throw new AssertionError(line);
  }

  /** The launcher of this version: this JDK's own, or that of one beside it; else a test skips. */
  static Path java(int version) throws IOException {
    Path own = Path.of(System.getProperty("java.home")).toRealPath();
    List<Path> homes = new ArrayList<>(List.of(own));
    try (Stream<Path> siblings = Files.list(own.getParent())) {
      siblings.sorted().forEach(homes::add);
    }
    for (Path home : homes) {
      Path release = home.resolve("release");
      Path launcher = home.resolve("bin/java");
      if (Files.isExecutable(launcher)
          && Files.isReadable(release)
          && Files.readString(release).contains("JAVA_VERSION=\"" + version + ".")) {
        return launcher;
      }
    }
    return abort("skipped: there is no JDK " + version + " beside this one");
  }
}
