package dev.almanac.build;

import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.build.choice.DateRules;
import dev.almanac.build.write.Build;
import dev.almanac.build.write.BuildOptions;
import dev.almanac.build.write.ChangeLimit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Builds files. {@link #create()} gives a builder; every option has a default. Not thread-safe. One
 * builder can build many files, one after the other.
 *
 * <p>Building needs Chronicle Map on the class path and a full JDK. It needs no JVM flag: unless
 * this JVM was started with the flags of Chronicle Map, a child JVM with them creates the Chronicle
 * Map.
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
  private long heapBytes = Runtime.getRuntime().maxMemory();
  private @Nullable Path temporaryDirectory;
  private @Nullable BuildProgress progress;

  private AlmanacBuilder() {}

  /** A builder with the defaults that the methods below name. */
  public static AlmanacBuilder create() {
    return new AlmanacBuilder();
  }

  /**
   * Starts from the entries of a file, such as yesterday's, and lets the rows change them. The
   * entries come first, then the rows: under {@link DuplicatePolicy#LAST} the rows change dates and
   * add IDs, and a row with "no date" removes its ID; under {@link DuplicatePolicy#FIRST} the rows
   * only add IDs; under {@link DuplicatePolicy#FAIL} a row that gives an ID of the base another
   * date is refused. Default: no base.
   *
   * <p>The new file has the same bytes as a build of all those rows. The build verifies the whole
   * base first and does not change it. The base can be the target; the new file then replaces it.
   * The report counts the rows without the entries of the base, and the IDs that the rows added,
   * removed and changed. With {@link IdKind#AUTO} a text among the rows makes texts of the numbers
   * of the base, and a file without a text is one of numbers, whatever the base was: {@link #ids}
   * fixes the kind.
   *
   * @param file the base; each {@link #build} opens it
   */
  public AlmanacBuilder base(Path file) {
    base = Objects.requireNonNull(file, "file");
    return this;
  }

  /**
   * Refuses to publish a file if it adds, removes and changes more than {@code count} IDs in all,
   * compared with the {@link #base}, or without a base with the file that it replaces. Default: no
   * limit. Replaces the limit of {@link #maxChangesPercent}. Without a base this costs a lookup of
   * each ID in both files.
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
   * As {@link #maxChanges}, in percent of the IDs of the old file, from 0 to 100. Replaces the
   * limit of {@link #maxChanges}.
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

  /** Which row wins if an ID has several dates. Default: {@link DuplicatePolicy#LAST}. */
  public AlmanacBuilder onDuplicate(DuplicatePolicy policy) {
    duplicatePolicy = Objects.requireNonNull(policy, "policy");
    return this;
  }

  /** What happens to a row that cannot be used. Default: {@link BadRowPolicy#fail()}. */
  public AlmanacBuilder onBadRow(BadRowPolicy policy) {
    badRowPolicy = Objects.requireNonNull(policy, "policy");
    return this;
  }

  /**
   * Whether IDs are numbers or texts. Default: {@link IdKind#AUTO}, with which one odd row makes a
   * file of texts; jobs should give the kind.
   */
  public AlmanacBuilder ids(IdKind kind) {
    idKind = Objects.requireNonNull(kind, "kind");
    return this;
  }

  /**
   * How the rows write dates: one format, or several that are tried in turn until one reads the
   * date. Default: {@link DateFormat#iso()}.
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
   * Keeps the text of each date, which {@link dev.almanac.DateDictionary#text} returns. Two texts
   * of one day are then two dates. Costs a dictionary entry for each distinct text, in the file and
   * on the heap. Default: one entry for each day, as ISO text; the time of a timestamp is not kept.
   */
  public AlmanacBuilder keepDateText() {
    dateRules = dateRules.withKeptText();
    return this;
  }

  /**
   * Texts that mean "no date", such as {@code ""}, {@code NULL}, {@code \N} or {@code 0000-00-00}.
   * They are compared exactly; for an ISO timestamp, with its day. A null of the source, such as
   * SQL's, then means "no date" too; for nulls alone, call this without texts. Default: such a row
   * is a bad row.
   *
   * <p>A row without a date takes part in the {@link DuplicatePolicy} like others. If it wins, the
   * ID is left out. So under {@link DuplicatePolicy#LAST} it removes an earlier date. A file cannot
   * hold an ID without a date.
   */
  public AlmanacBuilder nullDates(String... texts) {
    dateRules = dateRules.withNullTexts(Set.copyOf(List.of(texts)));
    return this;
  }

  /**
   * Publishes a file even if it has no ID. Default: such a build is refused, and the target stays
   * as it was.
   */
  public AlmanacBuilder allowEmpty() {
    minIdCount = 0;
    return this;
  }

  /**
   * Refuses to publish a file with fewer than {@code count} IDs; the target then stays as it was.
   * Default: 1, see {@link #allowEmpty}.
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
   * How a file of numbers stores its codes. Default: {@link Layout#AUTO}, the smallest file. With
   * {@link Layout#ENTRIES}, the Chronicle Map in the file maps each ID to its code, so stock
   * Chronicle Map finds an ID by itself; lookups are slower and the file is larger. Files of text
   * IDs that do not pack have entries whatever is set here.
   */
  public AlmanacBuilder layout(Layout chosen) {
    layout = Objects.requireNonNull(chosen, "chosen");
    return this;
  }

  /**
   * The largest number of threads to use, from 1 to 1,024. Default: one for each processor. A step
   * uses fewer if their memory would not fit the heap. The bytes of the file do not depend on it.
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

  /** Uses this heap size instead of the largest of this JVM. For tests. */
  AlmanacBuilder heapBytes(long bytes) {
    heapBytes = bytes;
    return this;
  }

  /**
   * The folder for temporary rows, which take up to about 28 bytes a row of numbers, more for
   * texts; {@link BuildReport#temporaryBytes} says what a build took. Default: the folder of the
   * target. The file itself always grows beside its target, so that a rename can publish it.
   */
  public AlmanacBuilder temporaryDirectory(Path directory) {
    temporaryDirectory = Objects.requireNonNull(directory, "directory");
    return this;
  }

  /** Progress listener. Default: none. */
  public AlmanacBuilder onProgress(BuildProgress listener) {
    progress = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Reads all rows and publishes one file. The new file replaces {@code target} in one step, after
   * it is complete, checked and synced; if the build fails, {@code target} stays as it was. Readers
   * that have the old file open keep it. A heap of 256 MB is enough for any number of rows.
   *
   * <p>An interrupt of the calling thread stops the build, which throws {@link
   * java.io.InterruptedIOException} or {@link java.nio.channels.ClosedByInterruptException} and
   * leaves nothing behind. A build that stops for any reason waits up to ten seconds for its
   * threads to leave the source, then closes the source and returns. If this JVM has the flags of
   * Chronicle Map and creates the store itself, an interrupt also waits for the store: half a
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
            heapBytes,
            temporaryDirectory,
            progress),
        rows,
        target);
  }
}
