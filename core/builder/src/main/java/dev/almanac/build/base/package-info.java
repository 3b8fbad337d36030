/**
 * The file that a build changes ({@code --base}). {@link dev.almanac.build.base.ChangedPages}
 * copies its pages and writes only the changed ones again; {@link
 * dev.almanac.build.base.MergedKeys} merges its keys with the changes where the layout differs.
 */
@NullMarked
package dev.almanac.build.base;

import org.jspecify.annotations.NullMarked;
