package dev.almanac.build;

import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.build.write.Build;
import dev.almanac.build.write.BuildOptions;
import dev.almanac.build.write.ChangeLimit;
import dev.almanac.build.write.DateRules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Builds a file, see {@link AlmanacBuilder#create()}. Every option has a default. Not thread-safe;
 * one builder may build many files, one after the other.
 *
 * <p>Building needs Chronicle Map on the class path and a full JDK, but no JVM flag: where this JVM
 * was not started with those that Chronicle asks for, the step that creates the Chronicle Map runs
 * in a child JVM that is.
 */
public final class AlmanacBuilder {
  private static final int MAX_THREADS = 1024;

  private @Nullable Path base;
  private @Nullable ChangeLimit changeLimit;
  private DuplicatePolicy duplicatePolicy = DuplicatePolicy.LAST;
  private BadRowPolicy badRowPolicy = BadRowPolicy.fail();
  private IdKind idKind = IdKind.AUTO;
  private DateRules dateRules = DateRules.DEFAULT;
  private long minIdCount = 1;
  private Layout layout = Layout.AUTO;
  private int threadCount = Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors());
  private @Nullable Path temporaryDirectory;
  private @Nullable BuildProgress progress;

  private AlmanacBuilder() {}

  /** A builder with the defaults that its methods name. */
  public static AlmanacBuilder create() {
    return new AlmanacBuilder();
  }

  /**
   * Begins with the entries of a sealed file, yesterday's say, and lets the rows change them. The
   * entries come first and the rows after them: under {@link DuplicatePolicy#LAST} the rows change
   * dates and add IDs, and a row with "no date" removes its ID; under {@link DuplicatePolicy#FIRST}
   * the rows only add IDs; under {@link DuplicatePolicy#FAIL} a row that gives an ID of the base
   * another date is refused. Default: no base.
   *
   * <p>The new file is byte for byte what a build of all those rows gives. The base is verified
   * whole before anything is made of it, and stays as it is. It may be the target: then the new
   * file takes its place. The report counts the rows without the base's entries, and says how many
   * IDs they added, removed and changed.
   *
   * @param file the sealed file; opened by each {@link #build}
   */
  public AlmanacBuilder base(Path file) {
    base = Objects.requireNonNull(file, "file");
    return this;
  }

  /**
   * Refuses to publish a file that adds, removes and changes more than {@code count} IDs, all
   * together, of the {@link #base}; without a base, of the file that it replaces, where there is
   * one. Default: no limit. Without a base this takes a lookup of each ID in both files.
   *
   * @throws IllegalArgumentException if {@code count} is negative
   */
  public AlmanacBuilder maxChanges(long count) {
    if (count < 0) {
      throw new IllegalArgumentException(
          "the limit of changes must not be negative: maxChanges=" + count);
    }
    changeLimit = new ChangeLimit(count, 0);
    return this;
  }

  /**
   * As {@link #maxChanges}, in percent of the IDs of the old file.
   *
   * @throws IllegalArgumentException if {@code percent} is not from 0 to 100
   */
  public AlmanacBuilder maxChangesPercent(double percent) {
    if (!(percent >= 0 && percent <= 100)) {
      throw new IllegalArgumentException(
          "the limit of changes must be from 0 to 100 percent: percent=" + percent);
    }
    changeLimit = new ChangeLimit(0, percent);
    return this;
  }

  /** Which row wins when an ID comes with several dates. Default: {@link DuplicatePolicy#LAST}. */
  public AlmanacBuilder onDuplicate(DuplicatePolicy policy) {
    duplicatePolicy = Objects.requireNonNull(policy, "policy");
    return this;
  }

  /** What happens to a row that cannot be used. Default: {@link BadRowPolicy#fail()}. */
  public AlmanacBuilder onBadRow(BadRowPolicy policy) {
    badRowPolicy = Objects.requireNonNull(policy, "policy");
    return this;
  }

  /** Whether IDs are numbers or texts. Default: {@link IdKind#AUTO}. */
  public AlmanacBuilder ids(IdKind kind) {
    idKind = Objects.requireNonNull(kind, "kind");
    return this;
  }

  /**
   * How the dates are written: one format, or several that are tried in turn, the first that reads
   * a date deciding. Default: {@link DateFormat#iso()}.
   *
   * @throws IllegalArgumentException if there is no format, or one has a year of two digits and no
   *     {@link DateFormat#centuryFrom}
   */
  public AlmanacBuilder dateFormat(DateFormat... formats) {
    if (formats.length == 0) {
      throw new IllegalArgumentException("a build needs a date format: formats=0");
    }
    for (DateFormat format : formats) {
      format.requireCentury();
    }
    dateRules = dateRules.withFormats(List.of(formats));
    return this;
  }

  /**
   * Keeps dates as the rows have them, so that {@link dev.almanac.DateDictionary#text} gives them
   * back and two texts of one day are two dates. Default: the dictionary has one entry for each
   * day, as ISO text, and the time of a timestamp is not kept. Costs a dictionary entry for each
   * distinct text, on the heap too.
   */
  public AlmanacBuilder keepDateText() {
    dateRules = dateRules.withKeptText();
    return this;
  }

  /**
   * Texts in place of a date that mean "no date", such as {@code ""}, {@code NULL}, {@code \N} or
   * {@code 0000-00-00}: compared exactly, or, of an ISO timestamp, with its day. The nulls of a
   * source then mean it too, SQL's for instance, so that a call without texts is for those alone.
   * Default: such a row is a bad row.
   *
   * <p>A row without a date is a row like others: where it wins over the other rows of its ID by
   * the {@link DuplicatePolicy}, the ID is left out. So under {@link DuplicatePolicy#LAST} it takes
   * an earlier date away.
   */
  public AlmanacBuilder nullDates(String... texts) {
    dateRules = dateRules.withNullTexts(Set.of(texts));
    return this;
  }

  /**
   * Publishes a file even if no ID is left. Default: such a build is refused, and the target stays
   * as it was.
   */
  public AlmanacBuilder allowEmpty() {
    minIdCount = 0;
    return this;
  }

  /**
   * Refuses to publish a file with fewer IDs. Default 1, see {@link #allowEmpty}.
   *
   * @throws IllegalArgumentException if {@code count} is not positive
   */
  public AlmanacBuilder minIds(long count) {
    if (count < 1) {
      throw new IllegalArgumentException("the fewest IDs must be positive: minIds=" + count);
    }
    minIdCount = count;
    return this;
  }

  /**
   * How a numeric file holds its codes. Default: {@link Layout#AUTO}, the one with the smallest
   * file. With {@link Layout#ENTRIES}, the Chronicle Map in the file is literally ID to code, so
   * that stock Chronicle Map finds an ID by itself; lookups are slower and the file is larger.
   * Files of text IDs that do not pack have entries whatever is set here.
   */
  public AlmanacBuilder layout(Layout chosen) {
    layout = Objects.requireNonNull(chosen, "chosen");
    return this;
  }

  /**
   * How many threads work at most. Default: one for each processor. A step takes fewer where its
   * memory for that many would not fit the heap. The file's bytes do not depend on it.
   *
   * @throws IllegalArgumentException if it is not from 1 to 1,024
   */
  public AlmanacBuilder threads(int count) {
    if (count < 1 || count > MAX_THREADS) {
      throw new IllegalArgumentException(
          "the number of threads must be from 1 to 1,024: threads=" + count);
    }
    threadCount = count;
    return this;
  }

  /**
   * Where the temporary rows go: about 16 bytes a numeric row, and 10 bytes more than the ID for a
   * text row. Default: the folder of the target. The file itself always grows beside its target, so
   * that it can be renamed onto it.
   */
  public AlmanacBuilder temporaryDirectory(Path directory) {
    temporaryDirectory = Objects.requireNonNull(directory, "directory");
    return this;
  }

  /** Who hears of the progress. Default: nobody. */
  public AlmanacBuilder onProgress(BuildProgress listener) {
    progress = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Reads all rows and publishes one file. {@code target} is replaced in one step when the new file
   * is whole, checked and synced, or stays as it was. Readers that have the old file open keep it.
   * Memory does not grow with the rows: a heap of 256 MB does.
   *
   * <p>An interrupt of the calling thread stops the build; it throws {@link
   * java.io.InterruptedIOException} or {@link java.nio.channels.ClosedByInterruptException} and
   * leaves nothing behind. A build that stops, for this or another reason, waits up to ten seconds
   * for its threads to leave the source before it closes the source and returns. Only where this
   * JVM has Chronicle Map's flags and creates the store itself does that wait for the store: half a
   * second at 30 million rows, seven at 300 million.
   *
   * @throws RefusedRowException if a policy refuses a row
   * @throws BuildException if there are fewer IDs than {@link #minIds} asks for, or more changes
   *     than {@link #maxChanges} allows, or if the rows exceed a limit: more distinct dates than
   *     fit the heap, or IDs that were chosen so that their hashes fall together; the message says
   *     what
   * @throws dev.almanac.CorruptAlmanacException if the {@link #base} is damaged
   * @throws IOException if the rows or the base cannot be read or the file cannot be written
   * @throws IllegalStateException if this runtime lacks what Chronicle Map needs, or if {@code
   *     rows} breaks the contract of {@link RowSink}
   */
  public BuildReport build(RowSource rows, Path target) throws IOException {
    Objects.requireNonNull(rows, "rows");
    Objects.requireNonNull(target, "target");
    return Build.run(
        new BuildOptions(
            base,
            changeLimit,
            duplicatePolicy,
            badRowPolicy,
            idKind,
            dateRules,
            minIdCount,
            layout,
            threadCount,
            temporaryDirectory,
            progress),
        rows,
        target);
  }
}
