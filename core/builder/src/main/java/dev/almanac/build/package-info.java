/**
 * Builds Almanac files from rows.
 *
 * <p>{@link dev.almanac.build.AlmanacBuilder} builds one file. Rows come from {@link
 * dev.almanac.build.DelimitedRows}, {@link dev.almanac.build.JdbcRows} or a {@link
 * dev.almanac.build.RowSource} of the application. {@link dev.almanac.build.BadRowPolicy} and
 * {@link dev.almanac.build.DuplicatePolicy} decide about bad rows and duplicate IDs. {@link
 * dev.almanac.build.BuildReport} says what the build did.
 *
 * <p>Priorities, in this order: never a wrong date; no row lost silently; never a wrong file under
 * the final name; one way to do each thing; speed.
 *
 * <p>Thread rule: builders belong to one thread. Records are immutable. Each source says whether
 * threads can share it.
 *
 * <p>Errors: JDK types for misuse. {@link dev.almanac.build.BuildException} for rows that make no
 * file, and below it {@link dev.almanac.build.RefusedRowException} for a row or a duplicate that
 * the policy refuses. A message says what is wrong, then {@code name=value} for what was found and
 * expected, then the path and the line.
 *
 * <p>Nothing is null unless it says {@code @Nullable}.
 */
@NullMarked
package dev.almanac.build;

import org.jspecify.annotations.NullMarked;
