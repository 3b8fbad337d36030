/**
 * The generated rows, and every way to keep them, behind one small interface: {@code Rows}, {@code
 * Store}, {@code Table}.
 */
package dev.almanac.benchmarks.stores;
