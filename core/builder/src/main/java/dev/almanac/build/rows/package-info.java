/**
 * Takes rows from where they are and hands them to a {@link dev.almanac.build.RowSink}. Not an
 * interface for applications: those use {@link dev.almanac.build.DelimitedRows}, {@link
 * dev.almanac.build.JdbcRows} and {@link dev.almanac.build.RowSource#of}; what is public here is
 * public for these alone.
 *
 * <p>Priorities, in order: no row is lost, doubled or changed without a word; every row knows its
 * line; memory is bounded whatever the input; speed.
 *
 * <p>How delimited text is read:
 *
 * <pre>
 *   Input               bytes as they are stored           |
 *     Decoded           decompressed, no byte order mark   | one thread at a time, under a lock
 *       DelimitedSplits   whole rows, 1 MiB at a time   |
 *         RowFormat     rows and their fields              : many threads, each with its own RowSink
 * </pre>
 *
 * <p>The hot path is {@link dev.almanac.build.rows.PlainFormat#scan}: it makes no object for a row,
 * and what is under the lock only reads and looks for the last line break of a split.
 *
 * <p>Thread rule: a {@code Splits} may be used by any number of threads, each with its own sink.
 * The rest belongs to the thread that holds the lock, or to the one that was given the split.
 *
 * <p>Errors: {@link dev.almanac.build.RefusedRowException} for a header without the wanted column,
 * other {@link java.io.IOException}s for inputs that cannot be read. A row that cannot be used is
 * no error here: the sink is told, and decides.
 */
@NullMarked
package dev.almanac.build.rows;

import org.jspecify.annotations.NullMarked;
