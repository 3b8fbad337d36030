package dev.almanac.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.build.BaseChanges;
import dev.almanac.build.BuildRemark;
import dev.almanac.build.BuildReport;
import dev.almanac.report.Figures;
import dev.almanac.report.Json;
import dev.almanac.report.TextTable;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How a build's report is shown. */
final class BuildReports {
  /** Characters of a pattern that fit a line; IDs of many lengths have a long one. */
  private static final int MAX_SHOWN_PATTERN = 56;

  private BuildReports() {}

  static String table(BuildReport report) {
    TextTable table =
        new TextTable().section("Built " + FailureText.visible(report.path().toString()));
    appendTo(table, report);
    return table
        + edition(report.edition())
        + report.remarks().stream()
            .map(remark -> "  Note: " + FailureText.visible(remark.text()) + "\n")
            .collect(Collectors.joining());
  }

  /** Appends the figures, without the headline and the edition. */
  static void appendTo(TextTable table, BuildReport report) {
    table
        .row("Rows", Figures.count(report.rowCount()))
        .row("IDs", ids(report.idCount(), report.idKind()))
        .row("Dates", Figures.count(report.dateCount()) + " distinct")
        .row(
            "Duplicates",
            Figures.count(report.duplicateCount())
                + " with the same date, "
                + Figures.count(report.conflictCount())
                + " with another");
    BaseChanges changes = report.changes();
    if (changes != null) {
      table.row(
          "Changes",
          Figures.count(changes.addedCount(), "ID", "IDs")
              + " added, "
              + Figures.count(changes.removedCount())
              + " removed, "
              + Figures.count(changes.changedCount())
              + " with another date");
    }
    if (report.noDateCount() > 0) {
      table.row(
          "Without a date",
          Figures.count(report.noDateCount(), "row", "rows")
              + ", "
              + Figures.count(report.leftOutCount(), "ID", "IDs")
              + " left out");
    }
    if (report.rejectCount() > 0) {
      table.row(
          "Skipped rows",
          Figures.count(report.rejectCount())
              + ": "
              + report.rejects().entrySet().stream()
                  .map(
                      entry -> Figures.count(entry.getValue()) + " " + words(entry.getKey().name()))
                  .collect(Collectors.joining(", "))
              + (report.rejectedLineCount() == report.rejectCount()
                  ? ""
                  : "; lines " + Figures.count(report.rejectedLineCount())));
    }
    appendIdPattern(table, report.idPattern());
    table
        .row("File", size(report.fileBytes(), report.bytesPerId()) + ", " + layout(report.layout()))
        .row("Temporary space", Figures.bytes(report.temporaryBytes()))
        .row(
            "Build time",
            Figures.duration(report.elapsed())
                + " ("
                + report.phases().entrySet().stream()
                    .map(entry -> entry.getKey() + " " + Figures.duration(entry.getValue()))
                    .collect(Collectors.joining(", "))
                + ")");
  }

  /** A line with what all IDs look like, if that is known. */
  static void appendIdPattern(TextTable table, @Nullable String pattern) {
    if (pattern != null) {
      table.row(
          "ID pattern",
          FailureText.visible(
              pattern.length() <= MAX_SHOWN_PATTERN
                  ? pattern
                  : pattern.substring(0, MAX_SHOWN_PATTERN) + "..."));
    }
  }

  static String ids(long count, IdKind kind) {
    return Figures.count(count) + ", " + kind.name().toLowerCase(Locale.ROOT);
  }

  /** The last line of a table: an edition is too long for the column of figures. */
  static String edition(String edition) {
    return "  Edition  " + edition + "\n";
  }

  static String size(long fileBytes, double bytesPerId) {
    return Figures.bytes(fileBytes) + ", " + Figures.decimal(bytesPerId) + " bytes per ID";
  }

  /** The layout's name, as {@code --layout} takes it. */
  static String layout(Layout layout) {
    return words(layout.name());
  }

  private static String words(String constantName) {
    return constantName.toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  static JsonObject json(BuildReport report) {
    JsonObject rejects = new JsonObject();
    report.rejects().forEach((reason, count) -> rejects.addProperty(reason.name(), count));
    JsonObject phases = new JsonObject();
    report.phases().forEach((phase, time) -> phases.addProperty(phase, Json.seconds(time)));
    JsonObject json = new JsonObject();
    json.addProperty("path", report.path().toString());
    json.addProperty("edition", report.edition());
    json.addProperty("idKind", report.idKind().name().toLowerCase(Locale.ROOT));
    json.addProperty("rows", report.rowCount());
    json.addProperty("ids", report.idCount());
    json.addProperty("dates", report.dateCount());
    json.addProperty("duplicates", report.duplicateCount());
    json.addProperty("conflicts", report.conflictCount());
    BaseChanges changes = report.changes();
    if (changes != null) {
      json.addProperty("added", changes.addedCount());
      json.addProperty("removed", changes.removedCount());
      json.addProperty("changed", changes.changedCount());
    }
    json.addProperty("rowsWithoutDate", report.noDateCount());
    json.addProperty("idsLeftOut", report.leftOutCount());
    json.add("rejects", rejects);
    json.addProperty("rejectedLines", report.rejectedLineCount());
    json.addProperty("layout", layout(report.layout()));
    if (report.idPattern() != null) {
      json.addProperty("idPattern", report.idPattern());
    }
    json.addProperty("fileBytes", report.fileBytes());
    json.addProperty("bytesPerId", Json.rounded(report.bytesPerId()));
    json.addProperty("temporaryBytes", report.temporaryBytes());
    json.addProperty("seconds", Json.seconds(report.elapsed()));
    json.add("phaseSeconds", phases);
    JsonArray remarks = new JsonArray();
    for (BuildRemark remark : report.remarks()) {
      JsonObject each = new JsonObject();
      each.addProperty("kind", remark.kind().name());
      each.addProperty("count", remark.count());
      each.addProperty("text", remark.text());
      remarks.add(each);
    }
    json.add("remarks", remarks);
    return json;
  }
}
