package dev.almanac.benchmarks.report;

import java.util.Comparator;
import java.util.List;
import java.util.function.DoubleFunction;

/** Bars from left to right, one below the other, each with its value. */
final class BarChart {
  private static final int PLOT_WIDTH = 430;
  private static final int LEAST_LABEL_WIDTH = 290;
  private static final int VALUE_WIDTH = 80;
  private static final int TOP = 64;
  private static final int ROW_HEIGHT = 24;
  private static final int BAR_HEIGHT = 16;

  /**
   * One bar.
   *
   * @param label what it is for
   * @param value its length, above 0 on a logarithmic axis
   * @param style {@code ours}, {@code peer}, {@code heap} or {@code limit}
   */
  record Bar(String label, double value, String style) {}

  private BarChart() {}

  /**
   * Draws them, the shortest first.
   *
   * @param logarithmic whether ten times as much is always the same step further
   */
  static String draw(
      String title,
      String subtitle,
      boolean logarithmic,
      List<Bar> bars,
      DoubleFunction<String> valueText) {
    int labelWidth = Svg.width(bars.stream().map(Bar::label), LEAST_LABEL_WIDTH);
    Svg svg = new Svg(labelWidth + PLOT_WIDTH + VALUE_WIDTH, title);
    svg.text(8, 18, "title", title).text(8, 38, "quiet", subtitle);
    double most = bars.stream().mapToDouble(Bar::value).max().orElse(1);
    double least = bars.stream().mapToDouble(Bar::value).min().orElse(1);
    int bottom = TOP + bars.size() * ROW_HEIGHT;
    // The shortest bar of a logarithmic chart keeps a third of a decade.
    double origin = logarithmic ? Math.floor(Math.log10(least) - 0.3) : 0;
    double end = logarithmic ? Math.log10(most) : most;
    double scale = PLOT_WIDTH / Math.max(1e-9, end - origin);
    List<Double> ticks = logarithmic ? Ticks.decades(origin, end) : Ticks.linear(most, 5);
    for (double tick : ticks) {
      double x = labelWidth + ((logarithmic ? Math.log10(tick) : tick) - origin) * scale;
      svg.line(x, TOP - 6, x, bottom, "grid");
      svg.text(x, bottom + 16, "quiet middle", Ticks.text(tick));
    }
    int y = TOP;
    for (Bar bar : bars.stream().sorted(Comparator.comparingDouble(Bar::value)).toList()) {
      double length = ((logarithmic ? Math.log10(bar.value) : bar.value) - origin) * scale;
      svg.text(labelWidth - 10, y + 13, bar.style.equals("ours") ? "end strong" : "end", bar.label);
      svg.box(labelWidth, y, Math.max(1, length), BAR_HEIGHT, bar.style);
      svg.text(
          labelWidth + Math.max(1, length) + 6,
          y + 13,
          bar.style.equals("ours") ? "strong" : "",
          valueText.apply(bar.value));
      y += ROW_HEIGHT;
    }
    return svg.finish(bottom + 28);
  }
}
