package dev.almanac.cli;

import com.google.gson.stream.JsonWriter;
import dev.almanac.EditionDiff;
import dev.almanac.EditionDiff.Change;
import dev.almanac.EditionDiff.MonthCounts;
import dev.almanac.EditionDiff.Summary;
import dev.almanac.report.Figures;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code almanac diff}. */
@Command(
    name = "diff",
    description = {
      "Shows what a new file changed.",
      "Prints a line for each ID that differs, its fields separated by tabs: +, ID and date if it"
          + " was added; -, ID and date if it was removed; ~, ID, old date and new date if its day"
          + " changed. Then the counts, in all and by month. The files may have different layouts."
    },
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  almanac diff yesterday.almanac today.almanac",
      "  almanac diff yesterday.almanac today.almanac --limit 0",
      "  almanac diff --quiet yesterday.almanac today.almanac || echo different",
      "",
      "Exit status 1 if the files differ."
    })
final class DiffCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "OLD", description = "The older file.")
  private Path older;

  @Parameters(index = "1", paramLabel = "NEW", description = "The newer file.")
  private Path newer;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description =
          "Print at most this many of the IDs that differ; all are counted. Default: all of them")
  private @Nullable Long limit;

  @Mixin private OutputOptions output;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    if (limit != null && limit < 0) {
      throw new ParameterException(
          spec.commandLine(), "--limit must not be negative: limit=" + limit);
    }
    EditionDiff diff = EditionDiff.of(older, newer);
    Summary summary;
    try (Writer writer =
        new BufferedWriter(
            new OutputStreamWriter(Streams.of(spec).out(), StandardCharsets.UTF_8), 1 << 16)) {
      if (output.quiet()) {
        summary = diff.summary();
      } else {
        summary = output.json() ? printJson(diff, writer) : printText(diff, writer);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return summary.isEmpty() ? ExitStatus.DONE : ExitStatus.NO;
  }

  /** Whether the change of this number, counted from 0, is printed. */
  private boolean isPrinted(long number) {
    return limit == null || number < limit;
  }

  private Summary printText(EditionDiff diff, Writer writer) throws IOException {
    long[] count = {0};
    Summary summary =
        diff.forEach(
            change -> {
              if (isPrinted(count[0]++)) {
                write(writer, line(change));
              }
            });
    if (!isPrinted(count[0] - 1)) {
      writer.write("... " + Figures.count(count[0] - limit()) + " more\n");
    }
    writer.write(
        Figures.count(summary.addedCount())
            + " added, "
            + Figures.count(summary.removedCount())
            + " removed, "
            + Figures.count(summary.changedCount())
            + " changed, "
            + Figures.count(summary.unchangedCount())
            + " unchanged\n");
    for (var month : summary.months().entrySet()) {
      MonthCounts counts = month.getValue();
      writer.write(
          "  "
              + month.getKey()
              + "  "
              + Figures.count(counts.addedCount())
              + " added, "
              + Figures.count(counts.removedCount())
              + " removed, "
              + Figures.count(counts.changedCount())
              + " changed\n");
    }
    return summary;
  }

  private long limit() {
    return limit == null ? Long.MAX_VALUE : limit;
  }

  private static String line(Change change) {
    String id = FailureText.visible(change.id());
    if (change.isAdded()) {
      return "+\t" + id + "\t" + change.after() + "\n";
    }
    if (change.isRemoved()) {
      return "-\t" + id + "\t" + change.before() + "\n";
    }
    return "~\t" + id + "\t" + change.before() + "\t" + change.after() + "\n";
  }

  private static void write(Writer writer, String line) {
    try {
      writer.write(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes the changes as they come: they need not fit the heap. */
  private Summary printJson(EditionDiff diff, Writer writer) throws IOException {
    JsonWriter json = new JsonWriter(writer);
    json.beginObject();
    json.name("old").value(older.toString());
    json.name("new").value(newer.toString());
    json.name("changes").beginArray();
    long[] count = {0};
    Summary summary =
        diff.forEach(
            change -> {
              if (isPrinted(count[0]++)) {
                write(json, change);
              }
            });
    json.endArray();
    json.name("added").value(summary.addedCount());
    json.name("removed").value(summary.removedCount());
    json.name("changed").value(summary.changedCount());
    json.name("unchanged").value(summary.unchangedCount());
    json.name("months").beginObject();
    for (var month : summary.months().entrySet()) {
      json.name(month.getKey().toString()).beginObject();
      json.name("added").value(month.getValue().addedCount());
      json.name("removed").value(month.getValue().removedCount());
      json.name("changed").value(month.getValue().changedCount());
      json.endObject();
    }
    json.endObject().endObject();
    writer.write("\n");
    return summary;
  }

  private static void write(JsonWriter json, Change change) {
    try {
      json.beginObject();
      json.name("id").value(change.id());
      json.name("before").value(text(change.before()));
      json.name("after").value(text(change.after()));
      json.endObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static @Nullable String text(@Nullable Object date) {
    return date == null ? null : date.toString();
  }
}
