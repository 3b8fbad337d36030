/**
 * Whole builds, drawn from seeds and compared with a naive map.
 *
 * <p>{@link dev.almanac.generated.CaseGenerator} draws a {@link dev.almanac.generated.BuildCase}
 * from a seed: rows, options and how the rows reach the builder. {@link
 * dev.almanac.generated.NaiveBuild} works out what must come of it, with parsers of its own and a
 * {@code HashMap}; it shares no code with the product. {@link dev.almanac.generated.CaseRun} builds
 * the case, and {@link dev.almanac.generated.Comparison} compares everything that a user can see.
 *
 * <p>The same seed gives the same case. A failure prints the seed, the smallest case that {@link
 * dev.almanac.generated.Shrinker} found, and one difference.
 */
package dev.almanac.generated;
