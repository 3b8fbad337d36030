package dev.almanac.benchmarks.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Lines over time, each named where it ends. */
final class LineChart {
  private static final int PLOT_WIDTH = 558;
  private static final int LEFT = 52;
  private static final int LEAST_LABEL_WIDTH = 350;
  private static final int TOP = 64;
  private static final int PLOT_HEIGHT = 360;
  private static final int LABEL_HEIGHT = 17;

  /**
   * One line.
   *
   * @param label its name, with its last value
   * @param points x and y of each point, by x
   * @param ours whether it is this library's
   */
  record Series(String label, List<double[]> points, boolean ours) {
    double last() {
      return points.get(points.size() - 1)[1];
    }
  }

  private LineChart() {}

  /** Draws them. Both axes are linear in what {@code points} hold; x marks are seconds. */
  static String draw(
      String title, String subtitle, String xTitle, List<Series> lines, boolean logarithmicX) {
    int labelWidth = Svg.width(lines.stream().map(Series::label), LEAST_LABEL_WIDTH);
    Svg svg = new Svg(LEFT + PLOT_WIDTH + labelWidth, title);
    svg.text(8, 18, "title", title).text(8, 38, "quiet", subtitle);
    double maxX = max(lines, 0);
    double maxY = max(lines, 1) * 1.03;
    double minX = logarithmicX ? 0.1 : 0;
    int bottom = TOP + PLOT_HEIGHT;
    for (double tick : Ticks.linear(maxY, 6)) {
      double y = bottom - tick / maxY * PLOT_HEIGHT;
      svg.line(LEFT, y, LEFT + PLOT_WIDTH, y, "grid");
      svg.text(LEFT - 8, y + 4, "quiet end", Ticks.text(tick));
    }
    List<Double> xTicks =
        logarithmicX ? Ticks.decades(Math.log10(minX), Math.log10(maxX)) : Ticks.linear(maxX, 6);
    for (double tick : xTicks) {
      double x = LEFT + share(tick, minX, maxX, logarithmicX) * PLOT_WIDTH;
      svg.line(x, bottom, x, bottom + 4, "grid");
      svg.text(x, bottom + 18, "quiet middle", Ticks.text(tick));
    }
    svg.text(LEFT + PLOT_WIDTH / 2, bottom + 38, "quiet middle", xTitle);

    List<Series> byEnd = new ArrayList<>(lines);
    byEnd.sort(Comparator.comparingDouble(Series::last).reversed());
    double[] labels = labels(byEnd, bottom, maxY);
    int colour = 0;
    for (int i = 0; i < byEnd.size(); i++) {
      Series series = byEnd.get(i);
      String name = series.ours ? "-ours" : Integer.toString(colour++ % 12);
      List<double[]> points = new ArrayList<>();
      for (double[] point : series.points) {
        points.add(
            new double[] {
              LEFT + share(point[0], minX, maxX, logarithmicX) * PLOT_WIDTH,
              bottom - point[1] / maxY * PLOT_HEIGHT
            });
      }
      svg.polyline(points, "line c" + name);
      double[] end = points.get(points.size() - 1);
      svg.dot(end[0], end[1], "t" + name);
      svg.line(
          LEFT + PLOT_WIDTH + 4,
          labels[i] - 4,
          LEFT + PLOT_WIDTH + 16,
          labels[i] - 4,
          "line c" + name);
      svg.text(LEFT + PLOT_WIDTH + 22, labels[i], "t" + name, series.label);
    }
    return svg.finish(bottom + 50);
  }

  /** Where the names stand: at the ends of the lines, but not over each other. */
  private static double[] labels(List<Series> byEnd, int bottom, double maxY) {
    double labelY = Double.NEGATIVE_INFINITY;
    double[] labels = new double[byEnd.size()];
    for (int i = 0; i < labels.length; i++) {
      labelY =
          Math.max(labelY + LABEL_HEIGHT, bottom - byEnd.get(i).last() / maxY * PLOT_HEIGHT + 4);
      labels[i] = labelY;
    }
    // Names that were pushed below the axis move up together.
    double limit = bottom + 4;
    for (int i = labels.length - 1; i >= 0; i--) {
      labels[i] = Math.min(labels[i], limit);
      limit = labels[i] - LABEL_HEIGHT;
    }
    return labels;
  }

  private static double share(double x, double minX, double maxX, boolean logarithmic) {
    return logarithmic
        ? Math.max(0, Math.log10(Math.max(x, minX) / minX) / Math.log10(maxX / minX))
        : x / maxX;
  }

  private static double max(List<Series> lines, int axis) {
    return lines.stream()
        .flatMap(line -> line.points.stream())
        .mapToDouble(point -> point[axis])
        .max()
        .orElse(1);
  }
}
