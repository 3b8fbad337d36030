/**
 * How a finished file gets its name: synced, read-only, renamed, and the folder synced. The build
 * side publishes what it built, the host's cache what it copied; both name this package, and it
 * names the JDK alone.
 */
@NullMarked
package dev.almanac.publish;

import org.jspecify.annotations.NullMarked;
