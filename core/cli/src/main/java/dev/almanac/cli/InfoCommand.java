package dev.almanac.cli;

import com.google.gson.JsonObject;
import dev.almanac.Almanac;
import dev.almanac.AlmanacInfo;
import dev.almanac.report.Figures;
import dev.almanac.report.Json;
import dev.almanac.report.TextTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code almanac info}. */
@Command(
    name = "info",
    description = {
      "Shows what a file holds.",
      "Reads its footer and date dictionary, and asks the kernel how much of it is in memory and"
          + " whether it fits there. Fast whatever the size of the file."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  almanac info orders.almanac", "  almanac info --json *.almanac | jq .ids"})
final class InfoCommand implements Callable<Integer> {
  @Mixin private FileArguments files;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws Exception {
    return files.forEach(this::info);
  }

  private int info(Path path) throws IOException {
    try (Almanac almanac = Almanac.open(path)) {
      AlmanacInfo info = almanac.info();
      long residentBytes = almanac.residentBytes();
      OptionalLong available = Almanac.availableBytes();
      output.print(
          () -> table(info, residentBytes, available), () -> json(info, residentBytes, available));
    }
    return ExitStatus.DONE;
  }

  static String table(AlmanacInfo info, long residentBytes, OptionalLong available) {
    TextTable table =
        new TextTable()
            .section(FailureText.visible(info.path().toString()))
            .row("IDs", BuildReports.ids(info.idCount(), info.idKind()));
    // Texts have no order here, and a file may hold no ID.
    if (info.lowestId() != null) {
      table.row("From, to", info.lowestId() + ", " + info.highestId());
    }
    BuildReports.appendIdPattern(table, info.idPattern());
    table
        .row(
            "Dates",
            Figures.count(info.dateCount())
                + " distinct"
                + (info.dateCount() == 0 ? "" : ", " + info.firstDate() + " to " + info.lastDate()))
        .row("Size", BuildReports.size(info.fileBytes(), info.bytesPerId()))
        .row("In memory", inMemory(info, residentBytes));
    available.ifPresent(bytes -> table.row("Room in memory", room(info, bytes)));
    table
        .row("Layout", layout(info))
        .row(
            "Chronicle Map",
            Figures.bytes(info.storeBytes())
                + ", "
                + Figures.count(info.segmentCount(), "segment", "segments")
                + ", hash lookups "
                + Math.round(100 * info.load())
                + "% full, version "
                + info.chronicleVersion())
        .row("Format version", Integer.toString(info.formatVersion()));
    return table + BuildReports.edition(info.edition());
  }

  /** Which it is, and of what the choice depends on: how many of the numbers are IDs. */
  private static String layout(AlmanacInfo info) {
    String codes =
        BuildReports.layout(info.layout())
            + ", "
            + Figures.count(info.codeBits(), "bit", "bits")
            + " a code";
    if (info.blockCount() > 0) {
      codes +=
          ", "
              + percent(info.blockFill())
              + " of "
              + Figures.count(info.blockCount(), "block", "blocks")
              + " of "
              + (1 << info.blockBits())
              + " numbers are IDs";
    }
    return info.lowestId() == null
        ? codes
        : codes + ", " + percent(info.fill()) + " of the range are IDs";
  }

  private static String percent(double share) {
    double percent = 100 * share;
    return (percent < 0.01 ? "less than 0.01" : Figures.decimal(percent)) + "%";
  }

  /** Of the Chronicle Map, which is what lookups read. */
  private static String inMemory(AlmanacInfo info, long residentBytes) {
    if (residentBytes == 0) {
      return "nothing yet";
    }
    long percent = Math.min(100, Math.round(100.0 * residentBytes / info.storeBytes()));
    return Figures.bytes(residentBytes)
        + ", "
        + percent
        + "% of the map, for all processes together";
  }

  /** Of this machine, or of the control group if that has less. */
  private static String room(AlmanacInfo info, long availableBytes) {
    return Figures.bytes(availableBytes)
        + (info.fileBytes() <= availableBytes
            ? ", the file fits"
            : ", the file does not fit: lookups will read the disk");
  }

  static JsonObject json(AlmanacInfo info, long residentBytes, OptionalLong available) {
    JsonObject json = new JsonObject();
    json.addProperty("path", info.path().toString());
    json.addProperty("edition", info.edition());
    json.addProperty("formatVersion", info.formatVersion());
    json.addProperty("chronicleVersion", info.chronicleVersion());
    json.addProperty("idKind", info.idKind().name().toLowerCase(Locale.ROOT));
    json.addProperty("ids", info.idCount());
    json.addProperty("dates", info.dateCount());
    json.addProperty("firstDate", info.firstDate() == null ? null : info.firstDate().toString());
    json.addProperty("lastDate", info.lastDate() == null ? null : info.lastDate().toString());
    json.addProperty("layout", BuildReports.layout(info.layout()));
    json.addProperty("codeBits", info.codeBits());
    if (info.blockCount() > 0) {
      json.addProperty("blocks", info.blockCount());
      json.addProperty("blockBits", info.blockBits());
    }
    if (info.idPattern() != null) {
      json.addProperty("idPattern", info.idPattern());
    }
    json.addProperty("entries", info.entryCount());
    json.addProperty("segments", info.segmentCount());
    json.addProperty("slotsPerSegment", info.slotsPerSegment());
    json.addProperty("fileBytes", info.fileBytes());
    json.addProperty("storeBytes", info.storeBytes());
    json.addProperty("residentBytes", residentBytes);
    available.ifPresent(bytes -> json.addProperty("availableBytes", bytes));
    json.addProperty("bytesPerId", Json.rounded(info.bytesPerId()));
    if (info.lowestId() != null && info.highestId() != null) {
      json.addProperty("lowestId", info.lowestId());
      json.addProperty("highestId", info.highestId());
    }
    return json;
  }
}
