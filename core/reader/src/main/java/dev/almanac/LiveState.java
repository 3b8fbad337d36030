package dev.almanac;

import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The state of a {@link LiveAlmanac}.
 *
 * @param path the name that it follows, of a file or of a directory of shards
 * @param edition the edition in service
 * @param idCount how many IDs that edition has
 * @param idCountChange {@code idCount} less that of the previous edition, so negative if there are
 *     fewer IDs; 0 before the first switch. {@link EditionDiff} tells how many IDs differ
 * @param since when that edition was put into service here
 * @param lastCheck when the name was last checked
 * @param checkCount checks so far, including the one of {@link LiveAlmanac#open}
 * @param switchCount how often another file was put into service
 * @param failureCount checks that found no acceptable file
 * @param failure what the last check found wrong, or null if the file of this name is in service.
 *     Lookups work in both cases
 * @param mappedEditionCount editions that this object has opened and that are still mapped,
 *     including the one in service; more than one for a long time means that an old edition is
 *     still in use or, below Java 22, that no garbage collection ran
 */
public record LiveState(
    Path path,
    String edition,
    long idCount,
    long idCountChange,
    Instant since,
    Instant lastCheck,
    long checkCount,
    long switchCount,
    long failureCount,
    @Nullable Exception failure,
    int mappedEditionCount) {

  /** Whether the last check found the file of this name in service. */
  public boolean ok() {
    return failure == null;
  }

  /** The state after the first opening. */
  static LiveState opened(Path path, CodeLookup edition) {
    Instant now = Instant.now();
    return new LiveState(path, edition.edition(), edition.size(), 0, now, now, 1, 0, 0, null, 1);
  }

  /** The state after another check that found no other edition to switch to. */
  LiveState checked(@Nullable Exception failure) {
    long failures = failureCount + (failure == null ? 0 : 1);
    return with(Instant.now(), checkCount + 1, failures, failure, mappedEditionCount);
  }

  LiveState withMapped(int editionCount) {
    return with(lastCheck, checkCount, failureCount, failure, editionCount);
  }

  private LiveState with(
      Instant check, long checks, long failures, @Nullable Exception failure, int mapped) {
    return new LiveState(
        path,
        edition,
        idCount,
        idCountChange,
        since,
        check,
        checks,
        switchCount,
        failures,
        failure,
        mapped);
  }

  /** The state after another check that has put another file into service. */
  LiveState switched(CodeLookup newEdition) {
    Instant now = Instant.now();
    return new LiveState(
        path,
        newEdition.edition(),
        newEdition.size(),
        newEdition.size() - idCount,
        now,
        now,
        checkCount + 1,
        switchCount + 1,
        failureCount,
        null,
        mappedEditionCount);
  }
}
