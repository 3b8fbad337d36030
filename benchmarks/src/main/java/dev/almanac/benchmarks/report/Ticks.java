package dev.almanac.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Where an axis has its marks. */
final class Ticks {
  private Ticks() {}

  /** Marks at 0 and at up to {@code count} round steps up to the maximum. */
  static List<Double> linear(double maximum, int count) {
    double rough = maximum / count;
    double decade = Math.pow(10, Math.floor(Math.log10(Math.max(rough, 1e-12))));
    double step =
        decade * (rough <= decade ? 1 : rough <= 2 * decade ? 2 : rough <= 5 * decade ? 5 : 10);
    List<Double> ticks = new ArrayList<>();
    for (int i = 0; i * step <= maximum * 1.0001; i++) {
      ticks.add(i * step);
    }
    return ticks;
  }

  /** Marks at powers of ten between two of their exponents. */
  static List<Double> decades(double from, double to) {
    List<Double> ticks = new ArrayList<>();
    for (int exponent = (int) Math.ceil(from); exponent <= to; exponent++) {
      ticks.add(Math.pow(10, exponent));
    }
    return ticks;
  }

  /** A mark's text. */
  static String text(double value) {
    if (value >= 1_000) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.3f", value).replaceAll("0+$", "");
  }
}
