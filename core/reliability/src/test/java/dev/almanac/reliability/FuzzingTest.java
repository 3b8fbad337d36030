package dev.almanac.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs Jazzer over each target of {@code dev.almanac.fuzz}, from the corpus that is kept; with
 * {@code -Dfuzz.targets=NAME,NAME} over some.
 */
class FuzzingTest {
  private static final String JAZZER = "com.code_intelligence.jazzer.Jazzer";
  private static final Pattern STATUS = Pattern.compile("#(\\d+)\\s.* cov: (\\d+) .*");

  @ParameterizedTest
  @ValueSource(
      strings = {"RowsFuzzer", "DictionaryFuzzer", "ShapeFuzzer", "FooterFuzzer", "LookupFuzzer"})
  void fuzzingFindsNothing(String target) throws Exception {
    assumeTrue(hasJazzer(), "skipped: the profile fuzz puts Jazzer on the class path");
    List<String> wanted = List.of(System.getProperty("fuzz.targets", target).split(","));
    assumeTrue(wanted.contains(target), "skipped: -Dfuzz.targets does not name it");
    int seconds = Integer.getInteger("fuzz.seconds", 60);
    Path work = Files.createDirectories(Path.of("target", "fuzz", target, "corpus")).getParent();
    Path seeds = Path.of("src", "test", "resources", "fuzz", target);
    Path output = work.resolve("output").toAbsolutePath();
    Process jazzer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:-OmitStackTraceInFastThrow",
                "-cp",
                System.getProperty("java.class.path"),
                JAZZER,
                "--target_class=dev.almanac.fuzz." + target,
                "--instrumentation_includes=dev.almanac.**",
                "--custom_hook_includes=dev.almanac.**",
                "--reproducer_path=" + work,
                "-artifact_prefix=" + work + File.separator,
                "-max_total_time=" + seconds,
                "-max_len=4096",
                "-timeout=60",
                "-rss_limit_mb=0",
                "-print_final_stats=1",
                work.resolve("corpus").toString(),
                seeds.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertTrue(jazzer.waitFor(seconds + 300, TimeUnit.SECONDS), "Jazzer must end");
    } finally {
      jazzer.destroyForcibly();
    }
    List<String> lines = Files.readAllLines(output);
    assertEquals(0, jazzer.exitValue(), () -> "a finding, see " + output);
    long executions = 0;
    long edges = 0;
    for (String line : lines) {
      Matcher status = STATUS.matcher(line);
      if (status.matches()) {
        executions = Long.parseLong(status.group(1));
        edges = Long.parseLong(status.group(2));
      }
    }
    assertTrue(executions > 0 && edges > 0, () -> "Jazzer must have run, see " + output);
    Map<String, Long> outcomes = new LinkedHashMap<>();
    outcomes.put("edges covered", edges);
    outcomes.put("findings open", 0L);
    Trial.record(
        "mvn -Preliability,fuzz -pl core/reliability -am test -Dtest=FuzzingTest -Dfuzz.seconds="
            + seconds,
        4,
        target,
        "executions by Jazzer in " + seconds + " s",
        executions,
        outcomes);
  }

  private static boolean hasJazzer() {
    return FuzzingTest.class.getClassLoader().getResource(JAZZER.replace('.', '/') + ".class")
        != null;
  }
}
