package dev.almanac.cli;

import dev.almanac.Almanac;
import dev.almanac.VerifyReport;
import dev.almanac.report.Figures;
import dev.almanac.report.JsonObject;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;

/** {@code almanac verify}. */
@Command(
    name = "verify",
    description = {
      "Checks a whole file and names what is damaged.",
      "Reads every block and every entry, without mapping the file."
    },
    footerHeading = "%nExample:%n",
    footer = {"  almanac verify orders.almanac", "", "Exit status 1 if the file is damaged."})
final class VerifyCommand implements Callable<Integer> {
  @Mixin private FileArgument file;

  @Mixin private JsonOption json;

  @Override
  public Integer call() throws Exception {
    long start = System.nanoTime();
    VerifyReport report = Almanac.verify(file.path());
    Duration time = Duration.ofNanos(System.nanoTime() - start);
    StandardOutput.print(json.chosen() ? json(report, time) + "\n" : text(report, time));
    return report.ok() ? ExitStatus.DONE : ExitStatus.NO;
  }

  private static String text(VerifyReport report, Duration time) {
    StringBuilder text = new StringBuilder();
    String size =
        Figures.bytes(report.fileBytes())
            + " in "
            + Figures.duration(time)
            + ": "
            + report.path()
            + "\n";
    if (report.ok()) {
      text.append(Ansi.AUTO.string("@|green whole|@  "))
          .append(Figures.count(report.idCount()))
          .append(" IDs, ")
          .append(Figures.count(report.blockCount()))
          .append(report.blockCount() == 1 ? " block, " : " blocks, ")
          .append(size)
          .append("edition ")
          .append(report.edition())
          .append('\n');
    } else {
      text.append(Ansi.AUTO.string("@|red damaged|@  ")).append(size);
      for (String damage : report.damages()) {
        text.append("  ").append(FailureText.oneLine(damage)).append('\n');
      }
      text.append("Restore the file from a copy, or build it again from its rows.\n");
    }
    return text.toString();
  }

  private static JsonObject json(VerifyReport report, Duration time) {
    return new JsonObject()
        .put("path", report.path().toString())
        .put("ok", report.ok())
        .put("fileBytes", report.fileBytes())
        .put("blocks", report.blockCount())
        .put("ids", report.idCount())
        .put("edition", report.edition())
        .put("damages", report.damages())
        .put("seconds", time.toNanos() / 1e9);
  }
}
