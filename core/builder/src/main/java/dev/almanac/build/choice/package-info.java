/**
 * Rows to one date for each ID.
 *
 * <pre>
 * RowSource ── RowSpooler ──> rows spool ── RowPartition ── RowTable, DuplicateChoice ──> an ID, its date, in any order
 *                  ├── DateCollector ──> dictionary
 *                  └── InputLedger ──> bad rows, RejectsFile, line numbers
 * </pre>
 *
 * <p>A position in the input is a {@code long} from the source to the choice. The position alone
 * decides which of several dates an ID gets.
 */
@NullMarked
package dev.almanac.build.choice;

import org.jspecify.annotations.NullMarked;
