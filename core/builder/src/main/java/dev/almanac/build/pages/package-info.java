/**
 * IDs and codes to the bytes of the store.
 *
 * <pre>
 * PagePlan ──> KeySpooler ──> keys spool ── PageWriter, PageIndex ──> pages
 * StorePlan ─> EntrySpooler ─> entries spool ── TierWriter ────────> entries
 *                                                                     └── Seal ──> footer
 * </pre>
 *
 * <p>{@link dev.almanac.build.pages.PagePlan} counts what each layout costs. Spools are partitioned
 * by pages or segments, so a thread writes each of them in one pass, sequentially.
 */
@NullMarked
package dev.almanac.build.pages;

import org.jspecify.annotations.NullMarked;
