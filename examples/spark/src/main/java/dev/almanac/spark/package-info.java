/**
 * An almanac on Spark: {@link dev.almanac.spark.JoinExample} gives rows their dates, {@link
 * dev.almanac.spark.BuildExample} builds a set of shards. Spark distributes the work; what is here
 * is what a task does with its rows, and how the result is looked at.
 */
package dev.almanac.spark;
