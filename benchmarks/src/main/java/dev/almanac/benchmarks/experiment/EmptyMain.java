package dev.almanac.benchmarks.experiment;

/** Does nothing: what a JVM itself takes. */
final class EmptyMain {
  private EmptyMain() {}

  public static void main(String[] arguments) {}
}
