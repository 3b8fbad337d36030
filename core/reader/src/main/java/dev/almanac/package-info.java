/**
 * Reads Almanac files: read-only lookups from ID to date, shared by any number of processes.
 *
 * <p>{@link dev.almanac.Almanac#open} opens a file, {@link dev.almanac.Almanac#verify} checks every
 * byte of one, {@link dev.almanac.LiveAlmanac} follows a name from edition to edition, {@link
 * dev.almanac.ShardedAlmanac} reads a set of shards, {@link dev.almanac.HostCache} keeps one copy
 * of an edition per host. The artifact {@code almanac-core} builds files.
 *
 * <p>Priorities, in this order: never a wrong answer; a reader writes nothing; one way to do each
 * thing; speed.
 *
 * <p>Thread rule: an open {@link dev.almanac.Almanac} and the objects that it returns are safe for
 * any number of threads, except iterators. Records are immutable.
 *
 * <p>Errors: JDK types for misuse. {@link dev.almanac.CorruptAlmanacException} for a file that is
 * not complete, {@link dev.almanac.UnsupportedFormatException} for a file of another format
 * version. A message says what is wrong, then {@code name=value} for what was found and expected,
 * then the path.
 *
 * <p>Nothing is null unless it says {@code @Nullable}.
 */
@NullMarked
package dev.almanac;

import org.jspecify.annotations.NullMarked;
