/**
 * The Chronicle Map store. {@link dev.almanac.build.chronicle.StorePlan} has its geometry, {@link
 * dev.almanac.build.chronicle.StoreCreation} has stock Chronicle Map create the empty store, in
 * this JVM or in a child, and {@link dev.almanac.build.chronicle.StockCheck} compares a finished
 * file with what stock Chronicle Map reads. No other package names Chronicle Map.
 */
@NullMarked
package dev.almanac.build.chronicle;

import org.jspecify.annotations.NullMarked;
