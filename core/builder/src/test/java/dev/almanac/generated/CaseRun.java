package dev.almanac.generated;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.BadRowPolicy;
import dev.almanac.build.BuildException;
import dev.almanac.build.BuildReport;
import dev.almanac.build.DateFormat;
import dev.almanac.build.PlannedHeap;
import dev.almanac.build.RefusedRowException;
import dev.almanac.build.RowSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Builds cases in a folder that is empty before and after each. */
public final class CaseRun {
  private static final String OLD_CONTENT = "what was there before";

  private final Path folder;

  /** Nothing else may use {@code folder}. */
  public CaseRun(Path folder) {
    this.folder = folder;
  }

  /** What a comparison is told of. */
  record Built(BuildCase build, NaiveBuild expected, BuildReport report, Path file) {}

  /**
   * Builds the case and compares it with the naive build.
   *
   * @return the file and its report, or empty if the case is refused, as it should be
   * @throws Difference if something differs
   */
  Optional<Built> compare(BuildCase build) throws IOException {
    return compare(build, build, UnaryOperator.identity());
  }

  /** The same with options and a source that are not what the case says, for controls. */
  Optional<Built> compare(BuildCase build, BuildCase told, UnaryOperator<RowSource> change)
      throws IOException {
    clear();
    Path target = target(folder);
    Path rejects = folder.resolve("rejects");
    byte[] before = writeOld(folder, build.options());
    try (CaseSource source = new CaseSource(build.rows(), folder)) {
      NaiveBuild expected =
          NaiveBuild.of(build, source.names, basePath(folder, build.options()).toString());
      Set<String> names = names();
      BuildReport report;
      try {
        AlmanacBuilder builder = builder(told, rejects);
        if (isBased(told.options())) {
          builder.base(basePath(folder, told.options()));
        }
        report = builder.build(change.apply(source.source()), target);
      } catch (BuildException e) {
        refused(
            expected,
            e,
            target,
            isBased(build.options()) ? basePath(folder, build.options()) : target);
        if (!Arrays.equals(before, Files.readAllBytes(target))) {
          throw new Difference("a refused build must not change the old file");
        }
        checkNames(names, build);
        if (build.options().badRows().toFile()) {
          String found = Files.readString(rejects, UTF_8);
          long count = found.lines().count();
          checkRejects(
              expected.stopsEarly && count < expected.rejectLines.size()
                  ? expected.rejectLines.subList(0, (int) count)
                  : expected.rejectLines,
              found,
              build);
        }
        return Optional.empty();
      } catch (IOException | RuntimeException | Error e) {
        throw new Difference("the build must not fail: " + e, e);
      }
      if (expected.refusal != null || expected.tooFew != null || expected.tooManyChanges != null) {
        throw new Difference(
            "the build must be refused: expected="
                + expected.refusal
                + " "
                + expected.tooFew
                + " "
                + expected.tooManyChanges);
      }
      Comparison.compareReport(expected, report, target);
      Difference.check(
          isBased(build.options())
              ? expected.changes(Objects.requireNonNull(build.options().replaced()))
              : null,
          report.changes(),
          "the changes of the base");
      if (build.options().badRows().toFile()) {
        checkRejects(expected.rejectLines, Files.readString(rejects, UTF_8), build);
      }
      checkNames(names, build);
      return Optional.of(new Built(build, expected, report, target));
    }
  }

  /** The name of the target in its folder. */
  static Path target(Path folder) {
    return folder.resolve("case.almanac");
  }

  /** Whether a build begins with an almanac. */
  static boolean isBased(BuildCase.Options options) {
    return options.replaced() != null && options.replaced().isBase();
  }

  /** The almanac that a build begins with, if it does. */
  static Path basePath(Path folder, BuildCase.Options options) {
    return options.replaced() != null && options.replaced().role() == BuildCase.Role.BASE_AT_TARGET
        ? target(folder)
        : besidePath(folder);
  }

  /** Holds what a base holds, when the target may have been replaced. */
  private static Path besidePath(Path folder) {
    return folder.resolve("base.almanac");
  }

  /** Writes what is there before; gives the bytes of the target. */
  static byte[] writeOld(Path folder, BuildCase.Options options) throws IOException {
    Path target = target(folder);
    BuildCase.Replaced old = options.replaced();
    Files.writeString(target, OLD_CONTENT);
    if (old != null) {
      List<RowSource.Row> rows = new ArrayList<>();
      old.dates()
          .forEach((id, date) -> rows.add(new RowSource.Row(id, oldText(options, old, id, date))));
      AlmanacBuilder builder =
          AlmanacBuilder.create()
              .threads(1)
              .allowEmpty()
              .layout(old.form().layout())
              .ids(old.form().kind());
      if (old.form().ownTexts()) {
        builder.keepDateText().dateFormat(DateFormat.of("uuuu/M/d"), DateFormat.iso());
      } else if (old.isBase() && options.dates().keepText()) {
        builder.keepDateText().dateFormat(formats(options));
      }
      Path file = old.isBase() ? besidePath(folder) : target;
      builder.build(RowSource.of(rows.iterator()), file);
      if (old.role() == BuildCase.Role.BASE_AT_TARGET) {
        Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return Files.readAllBytes(target);
  }

  /** The text of a date in an almanac that was there before. */
  private static String oldText(
      BuildCase.Options options, BuildCase.Replaced old, String id, LocalDate date) {
    if (old.form().ownTexts()) {
      // Most IDs of a day have a text of their own.
      int hash = id.hashCode() ^ id.hashCode() >>> 16;
      String iso = DateStyle.ISO.write(date, 0);
      return iso.length() > 10
          ? iso
          : iso.substring(0, 4)
              + "/"
              + "0".repeat(hash & 7)
              + date.getMonthValue()
              + "/"
              + "0".repeat(hash >>> 3 & 7)
              + date.getDayOfMonth();
    }
    return old.isBase() ? NaiveBuild.baseText(options, date) : DateStyle.ISO.write(date, 0);
  }

  /**
   * Builds {@code rows} with the options of a case, and what its build begins with, into another
   * file of the folder.
   */
  BuildReport build(BuildCase.Rows rows, BuildCase.Options options, String name)
      throws IOException {
    Path inputs = Files.createDirectories(folder.resolve(name + "-inputs"));
    try (CaseSource source = new CaseSource(rows, inputs)) {
      AlmanacBuilder builder =
          builder(new BuildCase(0, options, rows), folder.resolve(name + "-rejects"));
      if (isBased(options)) {
        builder.base(besidePath(folder));
      }
      return builder.build(source.source(), folder.resolve(name));
    }
  }

  Path folder() {
    return folder;
  }

  /** The builder that a case describes, without its base. */
  static AlmanacBuilder builder(BuildCase build, Path rejects) {
    BuildCase.Options options = build.options();
    AlmanacBuilder builder =
        AlmanacBuilder.create()
            .ids(options.kind())
            .onDuplicate(options.duplicates())
            .onBadRow(policy(options, rejects))
            .dateFormat(formats(options))
            .threads(options.threads());
    if (options.dates().keepText()) {
      builder.keepDateText();
    }
    if (options.dates().nulls() != null) {
      builder.nullDates(options.dates().nulls().toArray(String[]::new));
    }
    if (options.minIds() == 0) {
      builder.allowEmpty();
    } else {
      builder.minIds(options.minIds());
    }
    BuildCase.Replaced replaced = options.replaced();
    if (replaced != null && replaced.percent() > 0) {
      builder.maxChangesPercent(replaced.percent());
    } else if (replaced != null && replaced.limit() >= 0) {
      builder.maxChanges(replaced.limit());
    }
    if (options.heapBytes() > 0) {
      PlannedHeap.of(builder, options.heapBytes());
    }
    return builder.layout(options.layout());
  }

  static DateFormat[] formats(BuildCase.Options options) {
    return options.dates().styles().stream()
        .map(style -> format(style, options.dates().century()))
        .toArray(DateFormat[]::new);
  }

  private static DateFormat format(DateStyle style, int century) {
    DateFormat format = DateFormat.of(style.format()).centuryFrom(century);
    return style.language() == null
        ? format
        : format.locale(Locale.forLanguageTag(style.language()));
  }

  private static BadRowPolicy policy(BuildCase.Options options, Path rejects) {
    if (!options.badRows().skipped()) {
      return BadRowPolicy.fail();
    }
    BadRowPolicy policy =
        options.badRows().toFile() ? BadRowPolicy.skip(rejects) : BadRowPolicy.skip();
    if (!options.badRows().isRelative()) {
      return policy.atMost(options.badRows().limit());
    }
    // Both together are what applies when nothing is said.
    return options.badRows().limit() > 0
        ? policy
        : policy.atMostPercent(options.badRows().percent());
  }

  private static void refused(NaiveBuild expected, BuildException found, Path target, Path old) {
    String rule = expected.tooFew != null ? expected.tooFew : expected.tooManyChanges;
    if (rule != null) {
      Path path = expected.tooFew != null ? target : old;
      Difference.check(rule + path, found.getMessage(), "the message");
      return;
    }
    NaiveRows.@Nullable Refusal refusal = expected.refusal;
    if (refusal == null || !(found instanceof RefusedRowException refused)) {
      throw new Difference("the build must not be refused: found=" + found.getMessage(), found);
    }
    NaiveRows.Refusal other = expected.otherRefusal;
    if (other != null && other.message().equals(found.getMessage())) {
      refusal = other;
    }
    Difference.check(refusal.message(), found.getMessage(), "the message");
    Difference.check(refusal.source(), refused.source(), "the source of the refusal");
    Difference.check(refusal.line(), refused.line(), "the line of the refusal");
  }

  static void checkRejects(List<String> expected, String found, BuildCase build) {
    List<String> lines = List.of(found.split("\n", -1));
    // What follows the last line feed is nothing.
    for (int i = 0; i < Math.max(expected.size(), lines.size() - 1); i++) {
      String wanted = i < expected.size() ? expected.get(i) : null;
      String line = i < lines.size() - 1 ? lines.get(i) : null;
      if (wanted == null || line == null || !sameReject(wanted, line, build)) {
        Difference.check(wanted, line, "the rejects file, line " + (i + 1));
      }
    }
    Difference.check("", lines.get(lines.size() - 1), "the end of the rejects file");
  }

  /** Of a row beyond a limit that is smaller than the product's, less is kept. */
  private static boolean sameReject(String expected, String found, BuildCase build) {
    boolean cut =
        build.rows() instanceof BuildCase.Text text
            && text.maxRowBytes() < NaiveRows.MAX_ROW_BYTES
            && found.contains("\tROW_TOO_LONG\t");
    return cut
        ? expected.regionMatches(0, found, 0, Math.min(found.length(), text(build).maxRowBytes()))
        : expected.equals(found);
  }

  private static BuildCase.Text text(BuildCase build) {
    return (BuildCase.Text) build.rows();
  }

  /** A build leaves nothing but its result and its rejects. */
  private void checkNames(Set<String> before, BuildCase build) throws IOException {
    Set<String> found = names();
    found.removeAll(before);
    found.remove("rejects");
    if (!found.isEmpty()) {
      throw new Difference("a build must leave nothing else: found=" + found);
    }
  }

  private Set<String> names() throws IOException {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.list(folder)) {
      files.forEach(file -> names.add(file.getFileName().toString()));
    }
    return names;
  }

  /** Empties the folder. */
  void clear() throws IOException {
    delete(folder, false);
  }

  private static void delete(Path folder, boolean itself) throws IOException {
    List<Path> files;
    try (Stream<Path> listed = Files.list(folder)) {
      files = listed.toList();
    }
    for (Path file : files) {
      if (Files.isDirectory(file)) {
        delete(file, true);
      } else {
        Files.delete(file);
      }
    }
    if (itself) {
      Files.delete(folder);
    }
  }
}
