/** Measurements of whole processes, which run from the benchmarks' jar on Linux. */
package dev.almanac.benchmarks.experiment;
