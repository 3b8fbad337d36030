/**
 * The order of events of a build: {@link dev.almanac.build.write.Build} runs the stages, {@link
 * dev.almanac.build.write.EntryStage} makes entries of rows, {@link
 * dev.almanac.build.write.FileStage} makes a published file of entries.
 *
 * <p>In order of priority: never a wrong file under the final name; memory that does not grow with
 * the rows; the same bytes for the same rows, whatever the order, the threads or the heap; speed.
 * Rows go to disk twice: once in the order of the input, partitioned by ID so that duplicates are
 * in one partition, and once as finished entries, partitioned by page or segment. Both times they
 * are written and read in blocks, sequentially.
 */
@NullMarked
package dev.almanac.build.write;

import org.jspecify.annotations.NullMarked;
