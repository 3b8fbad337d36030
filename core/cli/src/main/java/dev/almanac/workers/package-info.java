/**
 * Sibling processes that read, and what /proc says about their memory while they do.
 *
 * <p>{@link dev.almanac.workers.WorkerExperiment} starts the processes, any command lines, and
 * measures them; what they read is not its business. A process takes part by speaking {@link
 * dev.almanac.workers.WorkerProtocol}, four lines over standard input and output that a script in
 * any language can write. {@link dev.almanac.workers.AlmanacWorker} is the one that reads an
 * almanac.
 *
 * <p>Linux only: the figures come from {@code smaps_rollup}, {@code smaps} and {@code io}. Memory
 * is in kB of 1,024 bytes, as there.
 */
@NullMarked
package dev.almanac.workers;

import org.jspecify.annotations.NullMarked;
