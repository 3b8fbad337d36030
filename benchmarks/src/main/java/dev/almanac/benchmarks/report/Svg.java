package dev.almanac.benchmarks.report;

import java.util.Locale;
import java.util.stream.Stream;

/**
 * A picture in SVG: lines, boxes and text in colours by name, which a dark page turns into their
 * dark variants. No scripts, no fonts but the reader's own, no background.
 */
final class Svg {
  /**
   * Text and axes; what is named of the library; the peers; the limits; a line for each further
   * case.
   */
  private static final String STYLE =
      """
      <style>
        text { font: 13px system-ui, -apple-system, "Segoe UI", "Helvetica Neue", sans-serif; fill: #1f2328; }
        .title { font-size: 16px; font-weight: 600; }
        .quiet { fill: #59636e; font-size: 12px; }
        .end { text-anchor: end; }
        .middle { text-anchor: middle; }
        .strong { font-weight: 600; }
        .grid { stroke: #d1d9e0; stroke-width: 1; }
        .ours { fill: #0969da; stroke: #0969da; }
        .peer { fill: #818b98; stroke: #818b98; }
        .heap { fill: #bc8f3a; stroke: #bc8f3a; }
        .limit { fill: #c8d1da; stroke: #818b98; stroke-dasharray: 3 2; }
        .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
        .c0 { stroke: #cf222e; } .c1 { stroke: #bc4c00; } .c2 { stroke: #8250df; } .c3 { stroke: #bf3989; }
        .c4 { stroke: #9a6700; } .c5 { stroke: #1a7f37; } .c6 { stroke: #6e7781; } .c7 { stroke: #0a7ea4; }
        .c8 { stroke: #7a5c3e; } .c9 { stroke: #4c8c2b; } .c10 { stroke: #9e4784; } .c11 { stroke: #4a5a8a; }
        .t0 { fill: #cf222e; } .t1 { fill: #bc4c00; } .t2 { fill: #8250df; } .t3 { fill: #bf3989; }
        .t4 { fill: #9a6700; } .t5 { fill: #1a7f37; } .t6 { fill: #6e7781; } .t7 { fill: #0a7ea4; }
        .t8 { fill: #7a5c3e; } .t9 { fill: #4c8c2b; } .t10 { fill: #9e4784; } .t11 { fill: #4a5a8a; }
        .c-ours { stroke: #0969da; stroke-width: 3; } .t-ours { fill: #0969da; font-weight: 600; }
        @media (prefers-color-scheme: dark) {
          text { fill: #e6edf3; }
          .quiet { fill: #9198a1; }
          .grid { stroke: #3d444d; }
          .ours { fill: #4493f8; stroke: #4493f8; }
          .peer { fill: #7d8590; stroke: #7d8590; }
          .heap { fill: #d29922; stroke: #d29922; }
          .limit { fill: #2a313c; stroke: #7d8590; }
          .c0 { stroke: #f85149; } .c1 { stroke: #db6d28; } .c2 { stroke: #a371f7; } .c3 { stroke: #db61a2; }
          .c4 { stroke: #d29922; } .c5 { stroke: #3fb950; } .c6 { stroke: #8b949e; } .c7 { stroke: #39c5cf; }
          .c8 { stroke: #b89878; } .c9 { stroke: #8ec46b; } .c10 { stroke: #d78ac0; } .c11 { stroke: #93a5d8; }
          .t0 { fill: #f85149; } .t1 { fill: #db6d28; } .t2 { fill: #a371f7; } .t3 { fill: #db61a2; }
          .t4 { fill: #d29922; } .t5 { fill: #3fb950; } .t6 { fill: #8b949e; } .t7 { fill: #39c5cf; }
          .t8 { fill: #b89878; } .t9 { fill: #8ec46b; } .t10 { fill: #d78ac0; } .t11 { fill: #93a5d8; }
          .c-ours { stroke: #4493f8; } .t-ours { fill: #4493f8; }
        }
      </style>
      """;

  /** An upper bound of the width of a letter: the font is the reader's. */
  private static final int LETTER_WIDTH = 8;

  private final StringBuilder body = new StringBuilder();
  private final int width;
  private final String description;

  Svg(int width, String description) {
    this.width = width;
    this.description = description;
  }

  /** A width that the longest of these texts fits, at least {@code least}. */
  static int width(Stream<String> texts, int least) {
    return Math.max(least, LETTER_WIDTH * texts.mapToInt(String::length).max().orElse(0));
  }

  Svg text(double x, double y, String classes, String text) {
    body.append(
        "<text x=\"%s\" y=\"%s\" class=\"%s\">%s</text>\n"
            .formatted(number(x), number(y), classes, escape(text)));
    return this;
  }

  Svg box(double x, double y, double boxWidth, double height, String classes) {
    body.append(
        "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"2\" class=\"%s\"/>\n"
            .formatted(number(x), number(y), number(boxWidth), number(height), classes));
    return this;
  }

  Svg line(double x1, double y1, double x2, double y2, String classes) {
    body.append(
        "<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\" class=\"%s\"/>\n"
            .formatted(number(x1), number(y1), number(x2), number(y2), classes));
    return this;
  }

  Svg polyline(Iterable<double[]> points, String classes) {
    StringBuilder list = new StringBuilder();
    for (double[] point : points) {
      list.append(number(point[0])).append(',').append(number(point[1])).append(' ');
    }
    body.append(
        "<polyline points=\"%s\" class=\"%s\"/>\n".formatted(list.toString().strip(), classes));
    return this;
  }

  Svg dot(double x, double y, String classes) {
    body.append(
        "<circle cx=\"%s\" cy=\"%s\" r=\"3.5\" class=\"%s\"/>\n"
            .formatted(number(x), number(y), classes));
    return this;
  }

  String finish(int height) {
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\">\n"
            .formatted(width, height, width, height)
        + "<title>"
        + escape(description)
        + "</title>\n"
        + STYLE
        + body
        + "</svg>\n";
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value).replaceAll("\\.0$", "");
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
