package dev.almanac.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/json.md has the keys of each report: those that the commands print, and no others. */
class JsonReportsTest {
  private static final Path PAGE = Path.of("../../docs/json.md");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (`.*?) \\|");
  private static final Pattern KEY = Pattern.compile("`(\\w+)`");

  @TempDir Path folder;

  @Test
  void thePageHasTheKeysOfEachReport() throws IOException {
    Path base = folder.resolve("base.almanac");
    Path target = folder.resolve("target.almanac");
    Path rows = Files.writeString(folder.resolve("rows.txt"), "1|2024-02-29\n2|2023-12-31\n");
    Path changes = Files.writeString(folder.resolve("changes.txt"), "1|2024-02-28\n");
    InProcess.run("build", rows, "-o", base, "--quiet").done();
    Path texts = Files.writeString(folder.resolve("texts.txt"), "A1|2024-02-29\nA2|2023-12-31\n");
    Path packed = folder.resolve("packed.almanac");

    Set<String> build =
        keys(InProcess.run("build", changes, "--base", base, "-o", target, "--json").output());
    build.addAll(keys(InProcess.run("build", texts, "-o", packed, "--json").output()));
    assertEquals(documented("build"), build);
    Set<String> info = keys(InProcess.run("info", base, "--json").output());
    info.addAll(keys(InProcess.run("info", packed, "--json").output()));
    Path runs = Files.writeString(folder.resolve("runs.txt"), "1|2024-02-29\n1000000|2023-12-31\n");
    Path blocks = folder.resolve("blocks.almanac");
    InProcess.run("build", runs, "-o", blocks, "--layout", "blocks", "--quiet").done();
    info.addAll(keys(InProcess.run("info", blocks, "--json").output()));
    assertEquals(documented("info"), info);
    Set<String> verify = keys(InProcess.run("verify", base, "--json").output());
    verify.add("stockDifferences");
    assertEquals(documented("verify"), verify);
    assertEquals(documented("diff"), keys(InProcess.run("diff", base, target, "--json").output()));
    assertEquals(
        documented("join"), keys(InProcess.runWithInput("1|x\n", "join", base, "--json").error()));
  }

  @Test
  void quietPrintsNoReportWithJsonEither() throws IOException {
    Path file = folder.resolve("base.almanac");
    Path rows = Files.writeString(folder.resolve("rows.txt"), "1|2024-02-29\n");
    assertSilent(InProcess.run("build", rows, "-o", file, "--json", "--quiet"));
    assertSilent(InProcess.run("verify", file, "--json", "--quiet"));
    InProcess.Result join = InProcess.runWithInput("1\n", "join", file, "--json", "--quiet").done();
    assertEquals("1|2024-02-29\n", join.output());
    assertEquals("", join.error());
  }

  private static void assertSilent(InProcess.Result result) {
    assertEquals("", result.done().output());
    assertEquals("", result.error());
  }

  private static Set<String> keys(String object) {
    return new TreeSet<>(JsonParser.parseString(object).getAsJsonObject().keySet());
  }

  /** The keys in the first column of a command's table. */
  private static Set<String> documented(String command) throws IOException {
    String page = Files.readString(PAGE);
    int begin = page.indexOf("\n## " + command + "\n");
    int end = page.indexOf("\n## ", begin + 1);
    Set<String> keys = new TreeSet<>();
    Matcher row = ROW.matcher(page.substring(begin, end < 0 ? page.length() : end));
    while (row.find()) {
      Matcher key = KEY.matcher(row.group(1));
      while (key.find()) {
        keys.add(key.group(1));
      }
    }
    return keys;
  }
}
