package dev.almanac;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Follows a name and answers from the newest edition that is published under it: the name of a
 * file, or of a directory with a set of shards.
 *
 * <p>The first lookup after each interval ({@link LiveOptions#checkEvery}) checks the name; there
 * is no background thread. If it finds another edition, it opens and checks it, puts it into
 * service and answers from it. So a lookup that begins an interval after a publish or later is
 * answered from the new edition, or from the old one while another thread opens the new one. If the
 * file is missing, damaged or not accepted, the old edition stays in service; {@link #state}, the
 * listener and the flight recorder event {@code dev.almanac.Edition} say so.
 *
 * <p>A name can also go back to an earlier edition, by a rename or by a symbolic link on the path.
 * A file must never be overwritten in place: that damages the edition in service of every reader.
 * See {@code docs/editions.md}.
 *
 * <p>Each call is answered from one edition. Two calls can be answered from two editions; {@link
 * #pin} keeps one for several calls. A date code belongs to its edition, so single lookups give
 * dates, and batches of codes return the dictionary.
 *
 * <p>A lookup costs one {@link System#nanoTime} and two volatile reads more than one of {@link
 * Almanac}. A batch pays this once and allocates a small object; a pinned edition pays nothing. A
 * lookup writes nothing that threads share.
 *
 * <p>An old edition is closed when the last pinned {@code Almanac} of it closes. On Java 22 and
 * later it is then unmapped, and a call that was using it is repeated on the new edition. On Java
 * 17 to 21, a garbage collection unmaps it and frees the disk space of its deleted file, see {@link
 * LiveOptions#oldEditions}.
 *
 * <p>Safe for any number of threads. Lookups throw what those of {@link Almanac} throw; a failed
 * check is not thrown into them. An interrupt neither stops a check nor is lost by it.
 */
public final class LiveAlmanac implements DateLookup {
  private final Path path;
  private final NewestEdition newest;

  private LiveAlmanac(Path path, NewestEdition newest) {
    this.path = path;
    this.newest = newest;
  }

  /** As {@link #open(Path, LiveOptions)}, with the defaults. */
  public static LiveAlmanac open(Path path) throws IOException {
    return open(path, LiveOptions.defaults());
  }

  /**
   * Opens the edition that is published under this name now, and follows the name.
   *
   * @param path the name of a file, or of the directory of a set of shards; resolved anew at every
   *     check, links and all
   * @throws IOException as {@link Almanac#open} and {@link ShardedAlmanac#open}, and if the edition
   *     is not accepted
   */
  public static LiveAlmanac open(Path path, LiveOptions options) throws IOException {
    return new LiveAlmanac(path, new NewestEdition(path, options));
  }

  /**
   * Pins the edition in service: the result answers from it, whatever is published meanwhile, until
   * the caller closes it. Lookups cost what those of {@link Almanac#open} cost.
   *
   * @throws IllegalStateException if this is closed, or follows a set of shards: see {@link
   *     #pinSet}
   */
  public Almanac pin() {
    return file(newest.pin());
  }

  /**
   * Pins the edition that is asked for. If it is not in service, checks the name first.
   *
   * @param demandedEdition the 64 hexadecimal digits of {@code BuildReport.edition()}
   * @throws IOException if another edition is published under the name, or one that cannot come
   *     into service
   * @throws IllegalStateException as {@link #pin()}
   */
  public Almanac pin(String demandedEdition) throws IOException {
    return file(newest.pin(demandedEdition));
  }

  /**
   * As {@link #pin()}, where a set of shards is followed.
   *
   * @throws IllegalStateException if this is closed, or follows a file: see {@link #pin()}
   */
  public ShardedAlmanac pinSet() {
    return set(newest.pin());
  }

  /**
   * As {@link #pin(String)}, where a set of shards is followed.
   *
   * @param demandedEdition what {@code ShardSet.publish} returned
   * @throws IOException as {@link #pin(String)}
   * @throws IllegalStateException as {@link #pinSet()}
   */
  public ShardedAlmanac pinSet(String demandedEdition) throws IOException {
    return set(newest.pin(demandedEdition));
  }

  /**
   * Pins the edition that was in service before the last switch, or gives null before the first.
   * The caller closes the result.
   *
   * @throws IllegalStateException as {@link #pin()}, and if the options do not keep it: see {@link
   *     LiveOptions#keepPrevious}
   */
  public @Nullable Almanac pinPrevious() {
    CodeLookup pinned = newest.pinPrevious();
    return pinned == null ? null : file(pinned);
  }

  /**
   * As {@link #pinPrevious()}, where a set of shards is followed.
   *
   * @throws IllegalStateException as {@link #pinPrevious()}
   */
  public @Nullable ShardedAlmanac pinPreviousSet() {
    CodeLookup pinned = newest.pinPrevious();
    return pinned == null ? null : set(pinned);
  }

  private Almanac file(CodeLookup pinned) {
    if (pinned instanceof Almanac almanac) {
      return almanac;
    }
    pinned.close();
    throw new IllegalStateException("a set of shards is pinned by pinSet: path=" + path);
  }

  private ShardedAlmanac set(CodeLookup pinned) {
    if (pinned instanceof ShardedAlmanac set) {
      return set;
    }
    pinned.close();
    throw new IllegalStateException("a file is pinned by pin: path=" + path);
  }

  /**
   * Checks the name now, whatever the interval, for example after a message that a file was
   * published. Waits for a check in another thread, but not for listeners.
   *
   * @return the state after the check
   * @throws IllegalStateException if this is closed, or if called by a condition ({@link
   *     LiveOptions#accept})
   */
  public LiveState checkNow() {
    return newest.checkNow();
  }

  /** Makes a call again if its edition was put away meanwhile. Else throws what it threw. */
  private <T extends @Nullable Object> T again(
      CodeLookup edition, IllegalStateException thrown, Function<CodeLookup, T> call) {
    if (newest.isInService(edition)) {
      throw thrown;
    }
    try (CodeLookup pinned = newest.pin()) {
      return call.apply(pinned);
    }
  }

  /** Makes a call that fills an array, whole, from one edition. */
  private DateDictionary batch(Consumer<CodeLookup> call) {
    CodeLookup edition = newest.get();
    try {
      call.accept(edition);
      return edition.dictionary();
    } catch (IllegalStateException e) {
      return again(
          edition,
          e,
          pinned -> {
            call.accept(pinned);
            return pinned.dictionary();
          });
    }
  }

  @Override
  public @Nullable LocalDate date(long id) {
    CodeLookup edition = newest.get();
    try {
      return edition.date(id);
    } catch (IllegalStateException e) {
      return this.<@Nullable LocalDate>again(edition, e, pinned -> pinned.date(id));
    }
  }

  @Override
  public @Nullable LocalDate date(CharSequence id) {
    CodeLookup edition = newest.get();
    try {
      return edition.date(id);
    } catch (IllegalStateException e) {
      return this.<@Nullable LocalDate>again(edition, e, pinned -> pinned.date(id));
    }
  }

  @Override
  public @Nullable LocalDate date(UUID id) {
    CodeLookup edition = newest.get();
    try {
      return edition.date(id);
    } catch (IllegalStateException e) {
      return this.<@Nullable LocalDate>again(edition, e, pinned -> pinned.date(id));
    }
  }

  /**
   * The codes of many IDs, all of one edition; see {@link Almanac#codes(long[], int[])}.
   *
   * @return the dictionary that these codes belong to
   */
  public DateDictionary codes(long[] ids, int[] codes) {
    return batch(edition -> edition.codes(ids, 0, codes, 0, ids.length));
  }

  /**
   * The codes of many text IDs, all of one edition.
   *
   * @return the dictionary that these codes belong to
   */
  public DateDictionary codes(CharSequence[] ids, int[] codes) {
    return batch(edition -> edition.codes(ids, 0, codes, 0, ids.length));
  }

  @Override
  public void dates(long[] ids, @Nullable LocalDate[] dates) {
    batch(edition -> edition.dates(ids, dates));
  }

  @Override
  public void dates(CharSequence[] ids, @Nullable LocalDate[] dates) {
    batch(edition -> edition.dates(ids, dates));
  }

  @Override
  public void epochDays(long[] ids, long[] days) {
    batch(edition -> edition.epochDays(ids, days));
  }

  @Override
  public void epochDays(CharSequence[] ids, long[] days) {
    batch(edition -> edition.epochDays(ids, days));
  }

  /** The number of IDs of the edition in service. */
  @Override
  public long size() {
    return newest.get().size();
  }

  /** The kind of the IDs of the edition in service. */
  @Override
  public IdKind idKind() {
    return newest.get().idKind();
  }

  /** The edition in service. */
  @Override
  public String edition() {
    return newest.get().edition();
  }

  /** The name that this follows. */
  public Path path() {
    return path;
  }

  /** The state, without a check. */
  public LiveState state() {
    return newest.state();
  }

  /**
   * Stops following the name. Later lookups throw {@link IllegalStateException}; pinned editions
   * stay open. Does not wait: a check in another thread ends without effect. Closing twice does
   * nothing.
   */
  @Override
  public void close() {
    newest.close();
  }

  /** Path and state, for logs. */
  @Override
  public String toString() {
    return "LiveAlmanac{" + state() + "}";
  }
}
