/**
 * What the library is measured with, and against.
 *
 * <p>Questions about lookups are JMH classes, {@code HitBenchmark} and its siblings. Questions
 * about processes, that is start, memory, building and the experiment with ten workers, are in
 * {@code experiment}. All look at the same generated rows ({@code stores}), leave their results as
 * JSON, and {@code report} makes tables and charts of them. {@code Main} lists the commands.
 */
package dev.almanac.benchmarks;
