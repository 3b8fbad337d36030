/**
 * Targets for coverage-guided fuzzing. Each has {@code fuzzerTestOneInput(byte[])}, as Jazzer calls
 * it, judges what it did against an oracle, and throws when they differ. {@link
 * dev.almanac.fuzz.FuzzCorpusTest} replays the corpus in every build; with the profile {@code fuzz}
 * {@code FuzzingTest} runs Jazzer.
 *
 * <pre>{@code
 * mvn -Preliability,fuzz -pl core/reliability -am test -Dtest=FuzzingTest -Dfuzz.seconds=120
 * }</pre>
 */
package dev.almanac.fuzz;
