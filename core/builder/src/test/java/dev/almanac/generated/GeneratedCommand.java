package dev.almanac.generated;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.build.BaseChanges;
import dev.almanac.build.DuplicatePolicy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** A generated case as the command line says it, and what must come of it. */
public final class GeneratedCommand {
  /** The most that a limit may be on the command line. */
  private static final long NO_LIMIT = 999_999_999_999_999L;

  private final BuildCase build;
  private final NaiveBuild expected;
  private final CaseSource source;
  private final Path folder;
  private final byte[] before;
  private final List<List<String>> options = new ArrayList<>();

  private GeneratedCommand(
      BuildCase build, NaiveBuild expected, CaseSource source, Path folder, byte[] before) {
    this.build = build;
    this.expected = expected;
    this.source = source;
    this.folder = folder;
    this.before = before;
    addOptions();
  }

  /**
   * Writes the inputs of a case and what it replaces into {@code folder}, which is emptied first.
   *
   * @param standardInput what messages call standard input
   * @return empty for a case that the command line cannot say
   */
  public static Optional<GeneratedCommand> of(long seed, Path folder, String standardInput)
      throws IOException {
    BuildCase drawn = CaseGenerator.draw(seed);
    List<String> nulls = drawn.options().dates().nulls();
    if (!(drawn.rows() instanceof BuildCase.Text text)
        || nulls != null && nulls.isEmpty()
        || drawn.options().dates().languages().size() > 1
        || text.maxRowBytes() < NaiveRows.MAX_ROW_BYTES) {
      return Optional.empty();
    }
    BuildCase build =
        drawn
            .with(text.with(text.inputs(), text.streamBytes(), BuildCase.DEFAULT))
            .with(drawn.options().withHeap(0));
    new CaseRun(folder).clear();
    CaseSource source = new CaseSource(build.rows(), folder);
    if (text.streamBytes() > 0) {
      source.names.set(0, standardInput);
    }
    byte[] before = CaseRun.writeOld(folder, build.options());
    NaiveBuild expected =
        NaiveBuild.of(build, source.names, CaseRun.basePath(folder, build.options()).toString());
    return Optional.of(new GeneratedCommand(build, expected, source, folder, before));
  }

  private void addOptions() {
    BuildCase.Options given = build.options();
    BuildCase.Text text = text();
    dialect(text);
    option("--date-column", text.dateName() != null ? text.dateName() : "" + text.dateColumn());
    for (DateStyle style : given.dates().styles()) {
      option("--date-format", style.format());
    }
    if (given.dates().hasShortYears()) {
      option("--century-from", Integer.toString(given.dates().century()));
    }
    for (String language : given.dates().languages()) {
      // English is what a build takes by itself.
      if (!language.equals("en") || build.seed() % 2 == 0) {
        option("--locale", language);
      }
    }
    if (given.dates().keepText()) {
      option("--keep-date-text");
    }
    if (given.dates().nulls() != null) {
      given.dates().nulls().forEach(none -> option("--null", none));
    }
    if (given.kind() != IdKind.AUTO) {
      option("--ids", lower(given.kind()));
    }
    if (given.duplicates() != DuplicatePolicy.LAST) {
      option("--on-duplicate", lower(given.duplicates()));
    }
    badRows(given.badRows());
    if (given.minIds() == 0) {
      option("--allow-empty");
    } else if (given.minIds() > 1) {
      option("--min-ids", Long.toString(given.minIds()));
    }
    BuildCase.Replaced replaced = given.replaced();
    if (CaseRun.isBased(given)) {
      option("--base", CaseRun.basePath(folder, given).toString());
    }
    if (replaced != null && replaced.isLimited()) {
      option(
          "--max-changes",
          replaced.percent() > 0 ? percent(replaced.percent()) : Long.toString(replaced.limit()));
    }
    if (given.layout() != Layout.AUTO) {
      option("--layout", lower(given.layout()));
    }
    option("--threads", Integer.toString(given.threads()));
  }

  private void dialect(BuildCase.Text text) {
    option("--delimiter", text.delimiter() == '\t' ? "tab" : String.valueOf(text.delimiter()));
    if (text.header()) {
      option("--header");
    }
    if (text.quoted()) {
      option("--quoted");
    }
    if (text.quotedLines() > 0) {
      option("--max-quoted-lines", Integer.toString(text.quotedLines()));
    }
    if (text.escaped()) {
      option("--escaped");
    }
    if (text.trimmed()) {
      option("--trim");
    }
    if (text.skippedLines() > 0) {
      option("--skip-lines", Integer.toString(text.skippedLines()));
    }
    option(
        "--id-column",
        text.idName() != null
            ? text.idName()
            : text.idColumn() == 0 ? "row" : "" + text.idColumn());
  }

  private void badRows(BuildCase.BadRows badRows) {
    if (!badRows.skipped()) {
      return;
    }
    option("--on-bad-row", "skip");
    boolean both = badRows.isRelative() && badRows.limit() > 0;
    if (!both) { // Both together are what applies when nothing is said.
      option(
          "--max-bad-rows",
          badRows.isRelative()
              ? percent(badRows.percent())
              : Long.toString(Math.min(NO_LIMIT, badRows.limit())));
    }
    if (badRows.toFile()) {
      option("--rejects", rejects().toString());
    }
  }

  private void option(String... words) {
    options.add(List.of(words));
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static String percent(double percent) {
    return java.math.BigDecimal.valueOf(percent).toPlainString() + "%";
  }

  private BuildCase.Text text() {
    return (BuildCase.Text) build.rows();
  }

  /** The options, each with its argument if it has one. */
  public List<List<String>> options() {
    return List.copyOf(options);
  }

  /** The options that say how rows are written and where their ID is. */
  private List<String> dialectOptions() {
    List<String> words = new ArrayList<>();
    for (List<String> option : options) {
      if (option.get(0).equals("--date-column")) {
        return words;
      }
      words.addAll(option);
    }
    return words;
  }

  /** The whole command. */
  public List<String> arguments() {
    List<String> words = new ArrayList<>(List.of("build"));
    for (String name : source.names) {
      words.add(text().streamBytes() > 0 ? "-" : name);
    }
    words.addAll(List.of("-o", target().toString(), "--json"));
    options.forEach(words::addAll);
    return words;
  }

  /** Standard input. */
  public byte[] input() throws IOException {
    return text().streamBytes() > 0 ? CaseSource.packed(text().inputs().get(0)) : new byte[0];
  }

  public Path target() {
    return CaseRun.target(folder);
  }

  public Path rejects() {
    return folder.resolve("rejects");
  }

  /** What the target held before. */
  public byte[] before() {
    return before.clone();
  }

  /** What the command may say if the build is refused; empty if it must not be. */
  public List<String> refusals() {
    List<String> messages = new ArrayList<>();
    if (expected.refusal != null) {
      messages.add(expected.refusal.message());
      if (expected.otherRefusal != null) {
        messages.add(expected.otherRefusal.message());
      }
    }
    String rule = expected.tooFew != null ? expected.tooFew : expected.tooManyChanges;
    if (rule != null) {
      boolean ofBase = expected.tooFew == null && CaseRun.isBased(build.options());
      messages.add(rule + (ofBase ? CaseRun.basePath(folder, build.options()) : target()));
    }
    return messages;
  }

  /** Compares the rejects file, if there must be one. */
  public void checkRejects() throws IOException {
    if (build.options().badRows().toFile() && !expected.stopsEarly) {
      CaseRun.checkRejects(expected.rejectLines, Files.readString(rejects(), UTF_8), build);
    }
  }

  /** The numbers of the report, by name. */
  public Map<String, Long> counts() {
    Map<String, Long> counts = new TreeMap<>();
    counts.put("rows", expected.rowCount);
    counts.put("ids", (long) expected.codes.size());
    counts.put("dates", (long) expected.days.size());
    counts.put("duplicates", expected.duplicateCount);
    counts.put("conflicts", expected.conflictCount);
    counts.put("rowsWithoutDate", expected.noDateCount);
    counts.put("idsLeftOut", expected.leftOutCount);
    if (CaseRun.isBased(build.options())) {
      BaseChanges changes = expected.changes(Objects.requireNonNull(build.options().replaced()));
      counts.put("added", changes.addedCount());
      counts.put("removed", changes.removedCount());
      counts.put("changed", changes.changedCount());
    }
    return counts;
  }

  /** Bad rows by reason. */
  public Map<String, Long> rejectCounts() {
    Map<String, Long> counts = new TreeMap<>();
    expected.rejects.forEach((reason, count) -> counts.put(reason.name(), count));
    return counts;
  }

  /** What the file must hold. */
  public GeneratedFile file() {
    return new GeneratedFile(
        target(), expected.kind, build.options().dates().keepText(), expected.texts);
  }

  /** The rows of the case, joined with its file. */
  public record Joined(List<String> arguments, byte[] input, byte[] output, boolean matched) {}

  /** Empty where {@code join} would refuse a row, or a date would need quotes. */
  public Optional<Joined> joined() throws IOException {
    BuildCase.Text text = text();
    BuildCase.Input input = text.inputs().get(0);
    byte[] bytes = input.bytes();
    boolean plainDates =
        expected.days.stream()
            .noneMatch(
                day ->
                    day.text().indexOf(text.delimiter()) >= 0
                        || day.text().matches("(?s).*[\n\r\"].*"));
    if (text.idColumn() == 0
        || text.inputs().size() > 1
        || new String(bytes, UTF_8).startsWith("\uFEFF")
        || text.skippedLines() > 0
        || !expected.rejects.isEmpty()
        || !plainDates
        || new String(bytes, UTF_8).indexOf('\n') < 0) {
      return Optional.empty();
    }
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    int[] counts = new int[2];
    NaiveRows.join(
        text,
        bytes,
        id -> {
          String date = expected.texts.get(id);
          counts[date == null ? 0 : 1]++;
          return date == null ? "" : date;
        },
        output);
    List<String> words = new ArrayList<>(List.of("join", target().toString()));
    words.addAll(dialectOptions());
    return Optional.of(
        new Joined(
            words,
            CaseSource.packed(input),
            output.toByteArray(),
            counts[1] > 0 || counts[0] == 0));
  }

  /** The case as a person reads it. */
  @Override
  public String toString() {
    return arguments() + "\n" + build.describe(40);
  }
}
