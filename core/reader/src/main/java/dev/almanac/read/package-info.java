/**
 * The read side: lookups in a sealed file, by any number of threads of any number of processes.
 *
 * <p>In order of priority: never a wrong answer; never a store into anything shared; as few cache
 * lines as the layout allows; no allocation. The file is mapped {@code PROT_READ} and {@code
 * MAP_SHARED}; there is no lock, since a sealed file has no writer.
 *
 * <p>The hot path: hash, segment, one cache line of slots ({@link dev.almanac.read.Tiers}), one of
 * the entry ({@link dev.almanac.read.LongTable}, {@link dev.almanac.read.TextTable}), or in pages
 * one cache line at a computed address, to which packed texts go as numbers; and then the seal at
 * the end of the file, which proves that the bytes read were in the file. Every offset from the
 * file is checked, by the footer's rules or by the buffer.
 *
 * <p>Errors: {@link java.io.IOException} at open; in a lookup {@link java.io.UncheckedIOException}
 * for damage and {@link java.lang.IllegalStateException} after close. Uses the format, errors and
 * reports of the API, and the JDK.
 */
@NullMarked
package dev.almanac.read;

import org.jspecify.annotations.NullMarked;
