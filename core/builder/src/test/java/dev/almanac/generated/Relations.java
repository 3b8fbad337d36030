package dev.almanac.generated;

import dev.almanac.Almanac;
import dev.almanac.EditionDiff;
import dev.almanac.IdKind;
import dev.almanac.ShardedAlmanac;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.BaseChanges;
import dev.almanac.build.BuildReport;
import dev.almanac.build.DuplicatePolicy;
import dev.almanac.build.RowSource;
import dev.almanac.build.RowSource.Row;
import dev.almanac.build.ShardSet;
import dev.almanac.generated.CaseRun.Built;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What must hold between two builds, whatever the right answer is: the same rows in another form
 * give the same bytes.
 */
final class Relations {
  private final CaseRun run;
  private final Built built;
  private final Draw draw;

  private Relations(CaseRun run, Built built) {
    this.run = run;
    this.built = built;
    this.draw = new Draw(built.build().seed() + 1);
  }

  /** The relations, each of which applies to some cases. */
  enum Relation {
    OTHER_THREADS,
    OTHER_SPLITS,
    SHUFFLED,
    REVERSED,
    INPUTS_CUT,
    SHARDS,
    REBUILT,
    BASE
  }

  /**
   * Builds the rows of a case again in another form.
   *
   * @return whether the relation applies to the case
   * @throws Difference if it does not hold
   */
  static boolean check(CaseRun run, Built built, Relation relation) throws IOException {
    Relations relations = new Relations(run, built);
    switch (relation) {
      case OTHER_THREADS:
        return relations.otherThreads();
      case OTHER_SPLITS:
        return relations.otherSplits();
      case SHUFFLED:
        return relations.shuffled();
      case REVERSED:
        return relations.reversed();
      case INPUTS_CUT:
        return relations.inputsCut();
      case SHARDS:
        return relations.shards();
      case REBUILT:
        return relations.rebuilt();
      default:
        return relations.base();
    }
  }

  private boolean otherThreads() throws IOException {
    BuildCase.Options options = built.build().options();
    int threads = options.threads() == 1 ? draw.between(2, 8) : 1;
    same(built.build().rows(), options.withThreads(threads), "with " + threads + " threads");
    return true;
  }

  private boolean otherSplits() throws IOException {
    if (!(built.build().rows() instanceof BuildCase.Text text) || text.splitBytes() < 0) {
      return false;
    }
    int splitBytes = draw.oneOf(16, 64, 333, 5_000, 1 << 18);
    BuildCase.Text other = text.with(text.inputs(), text.streamBytes(), splitBytes);
    same(other, built.build().options(), "in splits of " + splitBytes + " bytes");
    return true;
  }

  private boolean shuffled() throws IOException {
    NaiveBuild expected = built.expected();
    if (expected.duplicateCount > 0 || expected.conflictCount > 0) {
      return false;
    }
    return reordered(built.build().options(), "shuffled", draw::shuffle);
  }

  /** The first of the rows is the last of the reversed ones. */
  private boolean reversed() throws IOException {
    BuildCase.Options options = built.build().options();
    DuplicatePolicy opposite =
        switch (options.duplicates()) {
          case LAST -> DuplicatePolicy.FIRST;
          case FIRST -> DuplicatePolicy.LAST;
          case FAIL -> DuplicatePolicy.FAIL;
        };
    if (CaseRun.isBased(options)) {
      return false; // Its entries come before all rows.
    }
    return reordered(options.withDuplicates(opposite), "reversed", Collections::reverse);
  }

  private interface Reordering {
    void apply(List<?> pieces);
  }

  private boolean reordered(BuildCase.Options options, String how, Reordering order)
      throws IOException {
    if (!rowsMayMove()) {
      return false;
    }
    BuildCase.Rows rows = built.build().rows();
    if (rows instanceof BuildCase.Text text) {
      if (text.inputs().size() > 1) {
        return false;
      }
      BuildCase.Input input = text.inputs().get(0);
      List<byte[]> lines = new ArrayList<>(input.lines());
      order.apply(lines);
      rows = text.with(List.of(with(input, lines)), text.streamBytes(), text.splitBytes());
    } else if (rows instanceof BuildCase.Objects objects) {
      List<BuildCase.@Nullable ObjectRow> given = new ArrayList<>(objects.rows());
      order.apply(given);
      rows =
          new BuildCase.Objects(
              objects.giver(),
              objects.idType(),
              objects.dateType(),
              objects.splitRows(),
              objects.lineGap(),
              objects.splitsPerSource(),
              given);
    }
    same(rows, options, how);
    return true;
  }

  private boolean inputsCut() throws IOException {
    if (!(built.build().rows() instanceof BuildCase.Text text)
        || text.streamBytes() > 0
        || !rowsMayMove()) {
      return false;
    }
    List<BuildCase.Input> inputs = new ArrayList<>();
    for (BuildCase.Input input : text.inputs()) {
      int from = 0;
      while (from < input.lines().size()) {
        int to = Math.min(input.lines().size(), from + 1 + draw.below(input.lines().size()));
        inputs.add(with(input, input.lines().subList(from, to)));
        from = to;
      }
    }
    if (inputs.isEmpty() || inputs.size() > 50) {
      return false;
    }
    same(
        text.with(inputs, 0, text.splitBytes()),
        built.build().options(),
        "in " + inputs.size() + " inputs");
    return true;
  }

  private static BuildCase.Input with(BuildCase.Input input, List<byte[]> lines) {
    return new BuildCase.Input(input.mark(), input.front(), lines, input.packing(), input.cuts());
  }

  /** Whether fewer lines stand in front of an input than are skipped: its place decides. */
  private boolean skipsARow() {
    if (!(built.build().rows() instanceof BuildCase.Text text)) {
      return false;
    }
    for (BuildCase.Input input : text.inputs()) {
      byte[] front = input.front() == null ? new byte[0] : input.front();
      int lines = 0;
      for (byte value : front) {
        lines += value == '\n' ? 1 : 0;
      }
      if (lines < text.skippedLines()) {
        return true;
      }
    }
    return false;
  }

  /** Whether each piece is one row, whose place decides nothing but which of two dates wins. */
  private boolean rowsMayMove() {
    if (!built.expected().rejects.isEmpty() || skipsARow()) {
      return false;
    }
    if (!(built.build().rows() instanceof BuildCase.Text text)) {
      return true;
    }
    return text.idColumn() > 0
        && text.inputs().stream()
            .flatMap(input -> input.lines().stream())
            .allMatch(line -> NaiveRows.isOneRow(text, line) && !beginsWithMark(line));
  }

  /** In front of an input, a byte order mark is not a part of the row. */
  private static boolean beginsWithMark(byte[] line) {
    return new String(line, StandardCharsets.UTF_8).startsWith("\uFEFF");
  }

  private void same(BuildCase.Rows rows, BuildCase.Options options, String how) throws IOException {
    BuildReport report = run.build(rows, options, "other.almanac");
    Path other = run.folder().resolve("other.almanac");
    if (Files.mismatch(built.file(), other) != -1) {
      throw new Difference(
          "the same rows "
              + how
              + " must give the same bytes: editions="
              + built.report().edition()
              + " and "
              + report.edition());
    }
    NaiveBuild expected = built.expected();
    Difference.check(expected.rowCount, report.rowCount(), "rows, " + how);
    Difference.check(expected.duplicateCount, report.duplicateCount(), "duplicates, " + how);
    Difference.check(expected.conflictCount, report.conflictCount(), "conflicts, " + how);
    Difference.check(expected.rejects, report.rejects(), "bad rows, " + how);
  }

  private static void same(Path one, Path other, String what) throws IOException {
    long mismatch = Files.mismatch(one, other);
    if (mismatch != -1) {
      throw new Difference(what + " must give the same bytes: first other byte=" + mismatch);
    }
  }

  // Files as rows

  /** A file is built from its own entries, if these have all the dates of its dictionary. */
  private boolean rebuilt() throws IOException {
    if (new HashSet<>(built.expected().codes.values()).size() < built.expected().days.size()) {
      return false;
    }
    Path other = run.folder().resolve("rebuilt.almanac");
    try (Almanac almanac = Almanac.open(built.file())) {
      builder().ids(almanac.idKind()).build(RowSource.of(almanac), other);
    }
    same(built.file(), other, "a file as rows");
    return true;
  }

  /** A base and rows are as one list of rows. */
  private boolean base() throws IOException {
    if (!winnersCanBeRows()) {
      return false;
    }
    BuildCase.Options given = built.build().options();
    List<BuildCase.@Nullable ObjectRow> rows = new ArrayList<>();
    built.expected().texts.forEach((id, date) -> rows.add(new BuildCase.ObjectRow(id, date)));
    List<BuildCase.ObjectRow> changes = changes(given.dates().styles().get(0));
    rows.addAll(changes);
    // Texts that are kept in the base may become days.
    boolean keepsText = given.dates().keepText() && draw.chance(50);
    BuildCase.Options options =
        new BuildCase.Options(
            built.expected().kind == IdKind.TEXT ? IdKind.TEXT : IdKind.AUTO,
            draw.oneOf(DuplicatePolicy.LAST, DuplicatePolicy.FIRST),
            BuildCase.BadRows.FAIL,
            new BuildCase.Dates(
                given.dates().styles(), keepsText, List.of(), given.dates().century()),
            0,
            draw.between(1, 3),
            given.layout(),
            0,
            null);
    BuildCase all = new BuildCase(built.build().seed(), options, supplied(rows));
    run.build(all.rows(), options, "all.almanac");
    Path file = run.folder().resolve("of-base.almanac");
    BuildReport report =
        CaseRun.builder(all, file)
            .base(built.file())
            .build(RowSource.of(rows(changes)::stream), file);
    same(run.folder().resolve("all.almanac"), file, "a base and rows");
    NaiveBuild expected = NaiveBuild.of(all, List.of());
    Comparison.compareFile(new Built(all, expected, report, file), new Coverage());
    Difference.check((long) changes.size(), report.rowCount(), "rows besides the base");
    BaseChanges found = Objects.requireNonNull(report.changes());
    List<EditionDiff.Change> wanted = differences(built.expected(), expected);
    Difference.check(counts(wanted), found, "the changes of a base");
    diff(wanted, file, expected);
    return true;
  }

  private List<BuildCase.ObjectRow> changes(DateStyle style) {
    List<BuildCase.ObjectRow> changes = new ArrayList<>();
    built
        .expected()
        .texts
        .forEach(
            (id, date) -> {
              String changed = style.write(LocalDate.of(2001, 1, 1 + draw.below(28)), 0);
              if (draw.chance(20)) {
                changes.add(new BuildCase.ObjectRow(id, draw.oneOf(changed, changed, date, null)));
              }
              if (draw.chance(5)) {
                String other = draw.chance(5) ? id + "x" : "7" + draw.below(1000);
                changes.add(new BuildCase.ObjectRow(other, changed));
              }
            });
    draw.shuffle(changes);
    return changes;
  }

  private static BuildCase.Objects supplied(List<BuildCase.@Nullable ObjectRow> rows) {
    return new BuildCase.Objects(
        BuildCase.Giver.SUPPLIER, BuildCase.IdType.TEXT, BuildCase.DateType.TEXT, 1, 0, 1, rows);
  }

  private static List<Row> rows(List<BuildCase.ObjectRow> rows) {
    return rows.stream().map(row -> new Row(row.id(), row.date())).toList();
  }

  // Differences of two files

  /** What an edition changes against another, IDs in no order. */
  private static List<EditionDiff.Change> differences(NaiveBuild before, NaiveBuild after) {
    Set<String> ids = new TreeSet<>(before.codes.keySet());
    ids.addAll(after.codes.keySet());
    List<EditionDiff.Change> changes = new ArrayList<>();
    for (String id : ids) {
      LocalDate was = before.date(id);
      LocalDate is = after.date(id);
      if (!Objects.equals(was, is)) {
        changes.add(new EditionDiff.Change(id, was, is));
      }
    }
    return changes;
  }

  private static BaseChanges counts(List<EditionDiff.Change> changes) {
    long added = changes.stream().filter(EditionDiff.Change::isAdded).count();
    long removed = changes.stream().filter(EditionDiff.Change::isRemoved).count();
    return new BaseChanges(added, removed, changes.size() - added - removed);
  }

  private void diff(List<EditionDiff.Change> wanted, Path other, NaiveBuild expected)
      throws IOException {
    Map<String, EditionDiff.Change> found = new HashMap<>();
    EditionDiff.Summary summary =
        EditionDiff.of(built.file(), other)
            .forEach(
                change ->
                    Difference.check(
                        null, found.put(change.id(), change), "diff, an ID twice: " + change.id()));
    Map<String, EditionDiff.Change> byId = new HashMap<>();
    wanted.forEach(change -> byId.put(change.id(), change));
    Difference.check(byId, found, "diff");
    Difference.check(
        counts(wanted),
        new BaseChanges(summary.addedCount(), summary.removedCount(), summary.changedCount()),
        "diff, counts");
    long unchanged = expected.codes.size() - summary.addedCount() - summary.changedCount();
    Difference.check(unchanged, summary.unchangedCount(), "diff, unchanged IDs");
  }

  private AlmanacBuilder builder() {
    BuildCase.Options options = built.build().options();
    AlmanacBuilder builder =
        AlmanacBuilder.create()
            .threads(draw.between(1, 3))
            .dateFormat(CaseRun.formats(options))
            .allowEmpty();
    builder.layout(options.layout());
    return options.dates().keepText() ? builder.keepDateText() : builder;
  }

  /** Whether the dates of the winners are written as the builder of the case reads them. */
  private boolean winnersCanBeRows() {
    BuildCase.Options options = built.build().options();
    return options.dates().keepText() || options.dates().styles().get(0) == DateStyle.ISO;
  }

  // Shards

  private boolean shards() throws IOException {
    if (!winnersCanBeRows()) {
      return false;
    }
    boolean text = built.expected().kind == IdKind.TEXT;
    int shardCount = draw.oneOf(1, 2, 3, 5, 16);
    List<List<Row>> rows = new ArrayList<>();
    for (int i = 0; i < shardCount; i++) {
      rows.add(new ArrayList<>());
    }
    Map<String, String> dates = built.expected().texts;
    dates.forEach(
        (id, date) -> {
          int shard =
              text
                  ? ShardedAlmanac.route(id, shardCount)
                  : ShardedAlmanac.route(Long.parseLong(id), shardCount);
          rows.get(shard).add(new Row(id, date));
        });
    Path folder = Files.createDirectories(run.folder().resolve("shards"));
    List<Path> files = new ArrayList<>();
    for (List<Row> each : rows) {
      Path file = folder.resolve("built-" + files.size());
      draw.shuffle(each);
      builder()
          .ids(built.expected().kind)
          .threads(draw.between(1, 8))
          .build(RowSource.of(each.iterator()), file);
      files.add(file);
    }
    ShardSet.publish(folder, files);
    try (ShardedAlmanac set = ShardedAlmanac.open(folder);
        Almanac one = Almanac.open(built.file())) {
      Difference.check(shardCount, set.shardCount(), "shards, their number");
      Difference.check(one.size(), set.size(), "shards, size()");
      if (text) {
        compareTexts(one, set, List.copyOf(dates.keySet()));
      } else {
        compareNumbers(one, set, dates.keySet().stream().map(Long::valueOf).toList());
      }
      compareWalks(one, set, text);
    }
    return true;
  }

  /** The codes of the set belong to its own dictionary, which has the dates in use. */
  private static void compareWalks(Almanac one, ShardedAlmanac set, boolean text) {
    Map<Object, LocalDate> wanted = new HashMap<>();
    Map<Object, LocalDate> found = new HashMap<>();
    if (text) {
      one.forEachText((id, code) -> wanted.put(id, one.dictionary().date(code)));
      set.forEachText((id, code) -> found.put(id, set.dictionary().date(code)));
    } else {
      one.forEach((id, code) -> wanted.put(id, one.dictionary().date(code)));
      set.forEach((id, code) -> found.put(id, set.dictionary().date(code)));
    }
    Difference.check(wanted, found, "shards, a walk");
    Difference.check(one.dictionary().size(), set.dictionary().size(), "shards, dates");
  }

  private void compareNumbers(Almanac one, ShardedAlmanac set, List<Long> known) {
    long[] ids = new long[2 * known.size()];
    for (int i = 0; i < known.size(); i++) {
      ids[2 * i] = known.get(i);
      ids[2 * i + 1] = known.get(i) + draw.between(-2, 2);
    }
    @Nullable LocalDate[] ofOne = new @Nullable LocalDate[ids.length];
    @Nullable LocalDate[] ofSet = new @Nullable LocalDate[ids.length];
    one.dates(ids, ofOne);
    set.dates(ids, ofSet);
    int[] codes = new int[ids.length];
    set.codes(ids, codes);
    for (int i = 0; i < ids.length; i++) {
      Difference.check(
          ofOne[i],
          codes[i] == Almanac.ABSENT ? null : set.dictionary().date(codes[i]),
          "shards, codes of " + ids[i]);
      Difference.check(ofOne[i], ofSet[i], "shards, dates of " + ids[i]);
      Difference.check(ofOne[i], set.date(ids[i]), "shards, date of " + ids[i]);
    }
  }

  private void compareTexts(Almanac one, ShardedAlmanac set, List<String> known) {
    for (String id : known) {
      Difference.check(one.date(id), set.date(id), "shards, date of a text");
      String other = id + draw.oneOf("0", "x", "");
      Difference.check(one.date(other), set.date(other), "shards, date of another text");
    }
  }
}
