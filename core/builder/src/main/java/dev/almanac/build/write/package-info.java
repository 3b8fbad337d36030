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
 * Rows go to disk twice: once as they come, partitioned by ID so that duplicates meet, and once as
 * the finished entries of the Chronicle Map, partitioned so that a segment's entries meet. Both
 * times they are written and read in blocks, in turn.
 *
 * <p>Stock Chronicle Map creates the store, empty and with its exact geometry; the tiers are then
 * written in one go each, in the layout of its specification. {@link dev.almanac.build.write.Build}
 * is the order of events. Names the read side only in {@link dev.almanac.build.write.SelfCheck}.
 */
@NullMarked
package dev.almanac.build.write;

import org.jspecify.annotations.NullMarked;
