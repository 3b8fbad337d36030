/** Result files, and the tables and charts that are made of them. */
package dev.almanac.benchmarks.report;
