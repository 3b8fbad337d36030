/**
 * Reads Almanac files: read-only lookups from ID to date, shared by any number of processes.
 *
 * <p>{@link dev.almanac.Almanac#open} opens a file, {@link dev.almanac.Almanac#verify} checks every
 * byte of one, {@link dev.almanac.LiveAlmanac} follows a name from edition to edition, {@link
 * dev.almanac.ShardedAlmanac} reads a set of shards, {@link dev.almanac.HostCache} keeps one copy
 * of an edition per host. The artifact {@code almanac-core} builds files.
 *
 * <p>In order of priority: never a wrong answer; nothing written by a reader; one way to do a
 * thing; speed.
 *
 * <p>Thread rule: an open {@link dev.almanac.Almanac} and what it hands out are safe for any number
 * of threads, except iterators. Records are values.
 *
 * <p>Errors: JDK types for misuse. {@link dev.almanac.CorruptAlmanacException} for a file that is
 * not whole, {@link dev.almanac.UnsupportedFormatException} for a file of another format version. A
 * message gives the rule, then {@code name=value} for what was found and expected, then the path.
 *
 * <p>Nothing is null unless it says {@code @Nullable}.
 */
@NullMarked
package dev.almanac;

import org.jspecify.annotations.NullMarked;
