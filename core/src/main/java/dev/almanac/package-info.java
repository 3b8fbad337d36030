/**
 * A table of dates, printed once, sealed in one file, and read by any number of processes.
 *
 * <p>{@link dev.almanac.Almanac#builder()} makes a file, {@link dev.almanac.Almanac#open} reads
 * one, {@link dev.almanac.Almanac#verify} checks one. All else here is what these three take and
 * give: where rows come from ({@link dev.almanac.DelimitedRows}, {@link dev.almanac.JdbcRows},
 * {@link dev.almanac.RowSource}), what is done with bad rows and with duplicates, and the reports.
 *
 * <p>In order of priority: never a wrong answer; nothing written by a reader; one way to do a
 * thing; speed.
 *
 * <p>Thread rule: an open {@link dev.almanac.Almanac} and what it hands out are safe for any number
 * of threads, except iterators. Builders and sources belong to one thread. Records are values.
 *
 * <p>Errors: JDK types for misuse. {@link dev.almanac.CorruptAlmanacException} for a file that is
 * not whole, {@link dev.almanac.UnsupportedFormatException} for one of another format version,
 * {@link dev.almanac.RefusedRowException} for a row or a duplicate that the policy refuses. A
 * message gives the rule, then {@code name=value} for what was found and expected, then the path
 * (and the line).
 *
 * <p>Nothing is null unless it says {@code @Nullable}.
 */
@NullMarked
package dev.almanac;

import org.jspecify.annotations.NullMarked;
