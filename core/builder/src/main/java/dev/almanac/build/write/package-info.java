/**
 * The build side: rows to one published file.
 *
 * <pre>
 * RowSource ── RowSpooler ──> rows spool ── RowPartition ──> entries spool ── TierWriter ──> Chronicle Map ── Seal ──> published
 *                  └── DateCollector ──> dictionary ──┘         └── StorePlan ──> ChronicleStore ──┘
 * </pre>
 *
 * <p>In order of priority: never a wrong file under the final name; memory that does not grow with
 * the rows; the same bytes for the same rows, whatever the order, the threads or the heap; speed.
 * Rows go to disk twice: once in the order of the input, partitioned by ID so that duplicates are
 * in one partition, and once as finished entries, partitioned by segment. Both times they are
 * written and read in blocks, sequentially.
 *
 * <p>Stock Chronicle Map creates an empty store with its exact geometry. Then each tier is written
 * in one pass, in the layout of Chronicle's specification. {@link dev.almanac.build.write.Build}
 * has the order of events.
 */
@NullMarked
package dev.almanac.build.write;

import org.jspecify.annotations.NullMarked;
