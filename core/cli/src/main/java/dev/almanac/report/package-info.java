/**
 * How figures are shown: a table for people that fits 80 columns, one JSON object for programs.
 * Knows nothing of what the figures mean. Nothing here is safe for several threads at a time.
 */
@NullMarked
package dev.almanac.report;

import org.jspecify.annotations.NullMarked;
