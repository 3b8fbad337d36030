package dev.almanac.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.almanac.IdKind;
import dev.almanac.generated.GeneratedCommand;
import dev.almanac.generated.GeneratedFile;
import dev.almanac.generated.MemoryFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Generated cases by the command line: what {@code build} says and leaves, and what {@code dump},
 * {@code join} and {@code get} then say of the file.
 */
@Tag("long")
class GeneratedFilesTest {
  private static final long FIRST_SEED = Long.getLong("seed", 1_000_000);
  private static final int FILES = Integer.getInteger("files", 100);
  private static final int MOST_OF_CONTROLS = 1_000;

  /** Options of {@code build} that no generated case has. */
  private static final Set<String> NOT_DRAWN =
      Set.of("--century-from", "--temp", "--json", "--quiet", "--output");

  @TempDir(factory = MemoryFolder.class)
  Path folder;

  @TempDir(factory = MemoryFolder.class)
  Path results;

  private final Map<String, Integer> counts = new HashMap<>();

  @Test
  void commandsSayWhatTheNaiveMapHolds() throws IOException {
    for (int i = 0; i < FILES; i++) {
      long seed = FIRST_SEED + i;
      Optional<GeneratedCommand> command = GeneratedCommand.of(seed, folder, StandardInput.NAME);
      Optional<GeneratedFile> file =
          command.isPresent()
              ? built(command.get(), command.get().arguments(), "seed=" + seed)
              : GeneratedFile.of(seed, folder);
      if (file.isPresent()) {
        SplittableRandom random = new SplittableRandom(seed);
        quotedDump(seed, file.get(), random);
        plainDump(seed, file.get(), random);
        join(seed, file.get(), random);
        get(seed, file.get(), random);
      }
    }
    if (FILES >= 100) {
      for (OptionSpec option : buildOptions()) {
        if (!NOT_DRAWN.contains(option.longestName())) {
          assertTrue(counts.containsKey(option.longestName()), option.longestName() + counts);
        }
      }
      for (String outcome : List.of("dump", "dump refused", "build refused", "join of all rows")) {
        assertTrue(counts.containsKey(outcome), outcome + counts);
      }
    }
  }

  private static List<OptionSpec> buildOptions() {
    return AlmanacCommand.commandLine(
            new Streams(
                InputStream.nullInputStream(),
                OutputStream.nullOutputStream(),
                new PrintStream(OutputStream.nullOutputStream(), false, UTF_8)))
        .getSubcommands()
        .get("build")
        .getCommandSpec()
        .options()
        .stream()
        .filter(option -> !option.usageHelp() && !option.versionHelp() && !option.hidden())
        .toList();
  }

  /** The options that change what comes of some case, without which a difference is found. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--quoted",
        "--escaped",
        "--trim",
        "--skip-lines",
        "--max-quoted-lines",
        "--null",
        "--base",
        "--locale",
        "--keep-date-text",
        "--on-duplicate",
        "--max-bad-rows",
        "--rejects",
        "--min-ids",
        "--max-changes"
      })
  void anOptionThatIsLostIsNoticed(String name) throws IOException {
    for (long seed = 1; seed < MOST_OF_CONTROLS; seed++) {
      Optional<GeneratedCommand> command = GeneratedCommand.of(seed, folder, StandardInput.NAME);
      if (command.isPresent()
          && command.get().options().stream().anyMatch(option -> option.get(0).equals(name))) {
        List<String> arguments = command.get().arguments();
        for (int at = arguments.indexOf(name); at >= 0; at = arguments.indexOf(name)) {
          arguments.remove(at);
          boolean hasValue = at < arguments.size() && !isOption(arguments.get(at));
          if (hasValue) {
            arguments.remove(at);
          }
        }
        try {
          built(command.get(), arguments, name);
        } catch (AssertionError | NoSuchFileException found) {
          return;
        }
      }
    }
    fail(name);
  }

  private static boolean isOption(String word) {
    return word.startsWith("--");
  }

  /** Runs {@code build} and compares what it says and leaves; the file if there is one. */
  private Optional<GeneratedFile> built(
      GeneratedCommand command, List<String> arguments, String which) throws IOException {
    InProcess.Result result =
        InProcess.runWithInput(command.input(), arguments.toArray(Object[]::new));
    arguments.stream().filter(GeneratedFilesTest::isOption).forEach(this::count);
    List<String> refusals = command.refusals().stream().map(FailureText::visible).toList();
    if (!refusals.isEmpty()) {
      String message = result.refusal(ExitStatus.FAILED);
      assertTrue(
          refusals.contains(message), () -> which + " found=" + message + " expected=" + command);
      assertArrayEquals(command.before(), Files.readAllBytes(command.target()), which);
      command.checkRejects();
      count("build refused");
      return Optional.empty();
    }
    assertEquals(ExitStatus.DONE, result.status(), () -> which + result.error() + command);
    Map<String, Object> report = result.json();
    command
        .counts()
        .forEach((name, count) -> assertEquals(count, report.get(name), which + " " + name));
    assertEquals(command.rejectCounts(), report.get("rejects"), which);
    command.checkRejects();
    Optional<GeneratedCommand.Joined> rows = command.joined();
    if (rows.isPresent()) {
      InProcess.Result joined =
          InProcess.runWithInput(rows.get().input(), rows.get().arguments().toArray(Object[]::new));
      String expected = new String(rows.get().output(), UTF_8);
      assertEquals(expected, joined.output(), () -> which + " join " + command);
      assertEquals(rows.get().matched() ? ExitStatus.DONE : ExitStatus.NO, joined.status(), which);
      count("join of all rows");
    }
    return Optional.of(command.file());
  }

  private void count(String what) {
    counts.merge(what, 1, Integer::sum);
  }

  /** In quotes every ID can be written; the rows come back, and build the same file. */
  private void quotedDump(long seed, GeneratedFile file, SplittableRandom random)
      throws IOException {
    char delimiter = "|,;:x-1".charAt(random.nextInt(7));
    byte[] dump =
        InProcess.run("dump", file.path(), "--quoted", "--delimiter", delimiter)
            .done()
            .outputBytes();
    Map<String, String> found = new HashMap<>();
    for (List<String> row : quotedRows(new String(dump, UTF_8), delimiter)) {
      assertEquals(2, row.size(), "seed=" + seed + " row=" + row);
      assertEquals(null, found.put(row.get(0), row.get(1)), "seed=" + seed + " twice: " + row);
    }
    assertEquals(file.dates(), found, "seed=" + seed);
  }

  /** Rows as RFC 4180 has them, with line feeds; every character by itself. */
  private static List<List<String>> quotedRows(String text, char delimiter) {
    List<List<String>> rows = new ArrayList<>();
    List<String> row = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean open = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (open && c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
        field.append('"');
        i++;
      } else if (c == '"' && (open || field.length() == 0)) {
        open = !open;
      } else if (!open && (c == delimiter || c == '\n')) {
        row.add(field.toString());
        field.setLength(0);
        if (c == '\n') {
          rows.add(row);
          row = new ArrayList<>();
        }
      } else {
        field.append(c);
      }
    }
    assertEquals(0, row.size() + field.length(), "a dump must end with a line feed");
    return rows;
  }

  /** Without quotes: refused where a row would be read as another, else the rows come back. */
  private void plainDump(long seed, GeneratedFile file, SplittableRandom random)
      throws IOException {
    char delimiter = "|,;:~-".charAt(random.nextInt(6));
    InProcess.Result result = InProcess.run("dump", file.path(), "--delimiter", delimiter);
    if (result.status() != ExitStatus.DONE) {
      boolean ambiguous =
          file.dates().entrySet().stream()
              .anyMatch(
                  entry ->
                      isAmbiguous(entry.getKey(), delimiter)
                          || isAmbiguous(entry.getValue(), delimiter)
                          || entry.getKey().startsWith("\uFEFF"));
      assertTrue(ambiguous, "seed=" + seed + ": " + result.error());
      count("dump refused");
      return;
    }
    count("dump");
    Map<String, String> found = new HashMap<>();
    for (String line : result.output().split("\n", -1)) {
      if (!line.isEmpty()) {
        int at = line.indexOf(delimiter);
        assertEquals(null, found.put(line.substring(0, at), line.substring(at + 1)));
      }
    }
    assertEquals(file.dates(), found, "seed=" + seed);
    if (!file.keepsTexts()) {
      Path again = results.resolve("again.almanac");
      InProcess.Result built =
          InProcess.runWithInput(
              result.outputBytes(),
              "build",
              "-",
              "-o",
              again,
              "--delimiter",
              delimiter,
              "--ids",
              file.kind() == IdKind.TEXT ? "text" : "auto",
              "--allow-empty",
              "--quiet");
      assertEquals(ExitStatus.DONE, built.status(), "seed=" + seed + ": " + built.error());
      InProcess.Result second = InProcess.run("dump", again, "--delimiter", delimiter).done();
      assertEquals(
          sortedLines(result.output()), sortedLines(second.output()), "seed=" + seed + " again");
    }
  }

  private static boolean isAmbiguous(String text, char delimiter) {
    return text.indexOf(delimiter) >= 0 || text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0;
  }

  private static List<String> sortedLines(String text) {
    return text.lines().sorted().toList();
  }

  private void join(long seed, GeneratedFile file, SplittableRandom random) {
    List<String> known =
        file.dates().keySet().stream().filter(id -> !isAmbiguous(id, '|')).sorted().toList();
    StringBuilder rows = new StringBuilder();
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 50; i++) {
      String id =
          known.isEmpty() || random.nextInt(4) == 0
              ? Long.toString(random.nextLong() >> random.nextInt(64))
              : known.get(random.nextInt(known.size())) + (random.nextInt(9) == 0 ? "0" : "");
      String row = "r" + i + "|" + id + "|x";
      String end = random.nextInt(5) == 0 ? "\r\n" : "\n";
      rows.append(row).append(end);
      expected.append(row).append('|').append(file.dates().getOrDefault(id, "")).append(end);
    }
    InProcess.Result joined =
        InProcess.runWithInput(rows.toString(), "join", file.path(), "--id-column", 2);
    boolean any =
        rows.toString().lines().anyMatch(r -> file.dates().containsKey(r.split("\\|")[1]));
    assertEquals(any ? ExitStatus.DONE : ExitStatus.NO, joined.status(), "seed=" + seed);
    assertEquals(expected.toString(), joined.output(), "seed=" + seed);
  }

  private void get(long seed, GeneratedFile file, SplittableRandom random) {
    List<String> ids =
        file.dates().keySet().stream()
            .filter(id -> !isAmbiguous(id, '\n') && !id.isBlank() && id.equals(id.strip()))
            .sorted()
            .toList();
    if (!ids.isEmpty()) {
      String id = ids.get(random.nextInt(ids.size()));
      String answer = InProcess.runWithInput(id + "\n", "get", file.path(), "-").done().output();
      assertEquals(id + "\t" + file.dates().get(id) + "\n", answer, "seed=" + seed);
    }
  }
}
