/**
 * Gives a finished file its name: syncs it, makes it read-only, renames it and syncs the folder.
 * The build side publishes files that it built, the host cache files that it copied. Uses only the
 * JDK.
 */
@NullMarked
package dev.almanac.publish;

import org.jspecify.annotations.NullMarked;
