package dev.almanac.build;

import dev.almanac.IdKind;
import dev.almanac.Layout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a build did.
 *
 * @param path the published file
 * @param edition the SHA-256 of the file's content, 64 hexadecimal digits
 * @param idKind {@link IdKind#LONG} or {@link IdKind#TEXT}
 * @param rowCount rows read, the bad ones included
 * @param idCount distinct IDs in the file
 * @param dateCount distinct dates in the file's dictionary
 * @param duplicateCount rows that repeat an ID with the same date: k rows of an ID with d distinct
 *     dates count k - d
 * @param conflictCount further dates of an ID: d distinct dates count d - 1
 * @param noDateCount rows whose date means "no date", see {@link AlmanacBuilder#nullDates}
 * @param leftOutCount distinct IDs left out because the row that won has no date
 * @param rejects number of bad rows that were left out, by reason; empty unless the policy skips
 *     bad rows
 * @param rejectedLineCount lines of the bad rows: more than rows where some span several
 * @param layout how the file holds its codes
 * @param idPattern what all IDs look like, {@code INV-2024-[0-9]{6}}, in a file of texts that are
 *     stored as numbers; else null
 * @param fileBytes size of the file
 * @param temporaryBytes the most disk space in use at any time, including the new file
 * @param phases wall time by phase, in the order of the work
 * @param changes how many IDs the rows added, removed and changed of the {@link
 *     AlmanacBuilder#base}; null where there was none
 * @param remarks what follows the rules but may not be what you meant
 */
public record BuildReport(
    Path path,
    String edition,
    IdKind idKind,
    long rowCount,
    long idCount,
    int dateCount,
    long duplicateCount,
    long conflictCount,
    long noDateCount,
    long leftOutCount,
    Map<BadRowReason, Long> rejects,
    long rejectedLineCount,
    Layout layout,
    @Nullable String idPattern,
    long fileBytes,
    long temporaryBytes,
    Map<String, Duration> phases,
    @Nullable BaseChanges changes,
    List<BuildRemark> remarks) {

  /** Bytes of the file for each ID; 0 for a file without IDs. */
  public double bytesPerId() {
    return idCount == 0 ? 0 : (double) fileBytes / idCount;
  }

  /** Bad rows left out, of all reasons. */
  public long rejectCount() {
    return rejects.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Wall time of the whole build: the sum of the phases. */
  public Duration elapsed() {
    return phases.values().stream().reduce(Duration.ZERO, Duration::plus);
  }
}
