/**
 * Sample rows: {@code id|customer|date|amount}, the same for the same seed on every machine. One
 * class makes them ({@link dev.almanac.generator.RowGenerator}); any row can be computed from its
 * index alone, so a test or a benchmark needs no copy of the rows to know what must come back.
 */
@NullMarked
package dev.almanac.generator;

import org.jspecify.annotations.NullMarked;
