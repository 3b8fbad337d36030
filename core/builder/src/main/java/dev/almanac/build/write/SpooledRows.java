package dev.almanac.build.write;

/**
 * The rows as they were read.
 *
 * @param spool where the good ones are, see {@link RowBlock}
 * @param rowCount how many came, good and bad
 * @param textRowCount how many have a date, and an ID that is not a number
 * @param noDateCount how many say that they have no date
 */
record SpooledRows(Spool spool, long rowCount, long textRowCount, long noDateCount) {}
