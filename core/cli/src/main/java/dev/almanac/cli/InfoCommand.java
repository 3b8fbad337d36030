package dev.almanac.cli;

import dev.almanac.Almanac;
import dev.almanac.AlmanacInfo;
import dev.almanac.report.Figures;
import dev.almanac.report.JsonObject;
import dev.almanac.report.TextTable;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code almanac info}. */
@Command(
    name = "info",
    description = {
      "Shows what a file holds, at once.",
      "Reads its footer and date dictionary, and asks the kernel how much of it is in memory."
    },
    footerHeading = "%nExample:%n",
    footer = "  almanac info orders.almanac")
final class InfoCommand implements Callable<Integer> {
  @Mixin private FileArgument file;

  @Mixin private JsonOption json;

  @Override
  public Integer call() throws Exception {
    try (Almanac almanac = Almanac.open(file.path())) {
      AlmanacInfo info = almanac.info();
      long residentBytes = almanac.residentBytes();
      StandardOutput.print(
          json.chosen() ? json(info, residentBytes) + "\n" : table(info, residentBytes));
    }
    return ExitStatus.DONE;
  }

  private static String table(AlmanacInfo info, long residentBytes) {
    TextTable table =
        new TextTable()
            .section(info.path().toString())
            .row("IDs", BuildReports.ids(info.idCount(), info.idKind()));
    // Texts have no order here, and a file may hold no ID.
    if (info.lowestId() != null) {
      table.row("From, to", info.lowestId() + ", " + info.highestId());
    }
    table
        .row(
            "Dates",
            Figures.count(info.dateCount())
                + " distinct"
                + (info.dateCount() == 0 ? "" : ", " + info.firstDate() + " to " + info.lastDate()))
        .row("Size", BuildReports.size(info.fileBytes(), info.bytesPerId()))
        .row("In memory", inMemory(info, residentBytes))
        .row(
            "Entries",
            Figures.count(info.entryCount())
                + ", "
                + BuildReports.pages(info.pageBits())
                + ", "
                + info.codeBytes()
                + (info.codeBytes() == 1 ? " byte" : " bytes")
                + " a code"
                + (info.pageIndexBytes() == 0 ? "" : ", indexed"))
        .row(
            "Chronicle Map",
            Figures.bytes(info.storeBytes())
                + ", "
                + Figures.count(info.segmentCount())
                + (info.segmentCount() == 1 ? " segment" : " segments")
                + ", hash lookups "
                + Math.round(100 * info.load())
                + "% full, version "
                + info.chronicleVersion())
        .row("Format version", Integer.toString(info.formatVersion()));
    return table + BuildReports.edition(info.edition());
  }

  /** Of the Chronicle Map, which is what lookups read. */
  private static String inMemory(AlmanacInfo info, long residentBytes) {
    if (residentBytes == 0) {
      return "nothing yet";
    }
    long percent = Math.min(100, Math.round(100.0 * residentBytes / info.storeBytes()));
    return Figures.bytes(residentBytes) + ", " + percent + "%, for all processes together";
  }

  private static JsonObject json(AlmanacInfo info, long residentBytes) {
    JsonObject json =
        new JsonObject()
            .put("path", info.path().toString())
            .put("edition", info.edition())
            .put("formatVersion", info.formatVersion())
            .put("chronicleVersion", info.chronicleVersion())
            .put("idKind", info.idKind().name().toLowerCase(Locale.ROOT))
            .put("ids", info.idCount())
            .put("dates", info.dateCount())
            .put("firstDate", info.firstDate() == null ? null : info.firstDate().toString())
            .put("lastDate", info.lastDate() == null ? null : info.lastDate().toString())
            .put("pageBits", info.pageBits())
            .put("codeBytes", info.codeBytes())
            .put("entries", info.entryCount())
            .put("segments", info.segmentCount())
            .put("slotsPerSegment", info.slotsPerSegment())
            .put("fileBytes", info.fileBytes())
            .put("storeBytes", info.storeBytes())
            .put("pageIndexBytes", info.pageIndexBytes())
            .put("residentBytes", residentBytes)
            .put("bytesPerId", info.bytesPerId());
    if (info.lowestId() != null && info.highestId() != null) {
      json.put("lowestId", info.lowestId()).put("highestId", info.highestId());
    }
    return json;
  }
}
