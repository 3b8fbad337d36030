package dev.almanac;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A worker lives for a second and opens one file. The first lambda of a JVM, and the first {@code
 * equals} of a record, each take longer than that: on the way to the first answer there is none.
 */
class FirstAnswerTest {
  /** What a worker does, in a JVM that has done nothing before. */
  static final class Worker {
    public static void main(String[] args) throws IOException {
      try (Almanac dates = Almanac.open(Path.of(args[0]))) {
        System.out.println("answer " + dates.date(args[1]));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"v1-direct", "v1-hashed", "v1-entries", "v1-text"})
  void noLambdaIsOnTheWayToTheFirstAnswer(String name) throws Exception {
    Path golden = Path.of("src/test/resources/golden");
    String[] row =
        java.nio.file.Files.readAllLines(golden.resolve(name + ".rows")).get(0).split("\\|");
    Process worker =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load:stdout",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Worker.class.getName(),
                golden.resolve(name + ".almanac").toString(),
                row[0])
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> lines = worker.inputReader().lines().toList();
    assertEquals(0, worker.waitFor());
    assertTrue(lines.contains("answer " + row[1]), () -> String.join("\n", lines));
    assertEquals(
        List.of(),
        lines.stream()
            .filter(line -> line.matches(".* dev\\.almanac\\..*\\$\\$Lambda.*|.*ObjectMethods.*"))
            .filter(line -> !line.contains(Worker.class.getName()))
            .toList());
  }
}
