package dev.almanac.build.choice;

import dev.almanac.build.workspace.Spool;

/**
 * The rows as they were read.
 *
 * @param spool where the good ones are, see {@link RowBlock}
 * @param rowCount how many came, good and bad, without the entries of a base
 * @param baseCount how many entries of a base came before them
 * @param textRowCount how many, with the base's entries, have a date, and an ID that is not a
 *     number
 * @param noDateCount how many say that they have no date
 * @param badLineCount lines of the bad ones
 * @param texts the shape of the IDs that are not numbers, those without a date too
 * @param lowestId the lowest number among the IDs, or {@code Long.MAX_VALUE}
 * @param highestId the highest number among the IDs, or {@code Long.MIN_VALUE}
 */
public record SpooledRows(
    Spool spool,
    long rowCount,
    long baseCount,
    long textRowCount,
    long noDateCount,
    long badLineCount,
    TextShape texts,
    long lowestId,
    long highestId) {
  /** The most IDs that there can be. */
  public long count() {
    return rowCount + baseCount;
  }

  /** About how many numbers there are, those of a base too: as many as the spool has room for. */
  public long numericRowsAtMost() {
    return spool.bytes() / RowBlock.NUMERIC_ROW_BYTES;
  }
}
