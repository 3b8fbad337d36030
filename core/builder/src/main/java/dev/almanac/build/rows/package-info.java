/**
 * Reads rows from their source and gives them to a {@link dev.almanac.build.RowSink}. Internal:
 * applications use {@link dev.almanac.build.DelimitedRows}, {@link dev.almanac.build.JdbcRows} and
 * {@link dev.almanac.build.RowSource#of}; classes are public for these alone.
 *
 * <p>Priorities, in order: no row is lost, repeated or changed silently; every row has its line;
 * memory is bounded for any input; speed.
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
 * <p>The hot path is {@link dev.almanac.build.rows.PlainFormat#scan}: it makes no object for a row.
 * Code under the lock only reads, and searches for the last line break of a split.
 *
 * <p>Thread rule: a {@code Splits} may be used by any number of threads, each with its own sink.
 * The rest belongs to the thread that holds the lock, or to the one that was given the split.
 *
 * <p>Errors: {@link dev.almanac.build.RefusedRowException} for a header without the wanted column,
 * other {@link java.io.IOException}s for inputs that cannot be read. A row that cannot be used is
 * not an error here: the sink gets it and decides.
 */
@NullMarked
package dev.almanac.build.rows;

import org.jspecify.annotations.NullMarked;
