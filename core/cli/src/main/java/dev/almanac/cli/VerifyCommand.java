package dev.almanac.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.almanac.Almanac;
import dev.almanac.VerifyReport;
import dev.almanac.build.chronicle.StockCheck;
import dev.almanac.report.Figures;
import dev.almanac.report.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code almanac verify}. */
@Command(
    name = "verify",
    description = {
      "Checks every byte of a file and names what is damaged.",
      "Reads every block and every entry, without mapping the file."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  almanac verify orders.almanac",
      "  almanac verify --quiet *.almanac || echo damaged",
      "  almanac verify --stock orders.almanac",
      "",
      "Exit status 1 if a file is damaged."
    })
final class VerifyCommand implements Callable<Integer> {
  @Mixin private FileArguments files;

  @Option(
      names = "--stock",
      description =
          "Have stock Chronicle Map open a copy and compare every entry too. Default: no.")
  private boolean stock;

  @Option(
      names = "--temp",
      paramLabel = "DIR",
      description =
          "Where the copy for --stock goes, as large as the file. Default: the system's folder for"
              + " temporary files.")
  private @Nullable Path temp;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws Exception {
    return files.forEach(this::verify);
  }

  private int verify(Path path) throws IOException {
    long start = System.nanoTime();
    VerifyReport report = Almanac.verify(path);
    Duration time = Duration.ofNanos(System.nanoTime() - start);
    if (!stock || !report.ok()) {
      output.print(() -> text(report, time), () -> json(report, time));
      return report.ok() ? ExitStatus.DONE : ExitStatus.NO;
    }
    List<String> differences =
        StockCheck.run(
            path, temp != null ? temp : Path.of(System.getProperty("java.io.tmpdir", "/tmp")));
    output.print(
        () -> text(report, time) + stockText(differences),
        () -> {
          JsonObject json = json(report, time);
          json.add("stockDifferences", strings(differences));
          return json;
        });
    return differences.isEmpty() ? ExitStatus.DONE : ExitStatus.NO;
  }

  static String stockText(List<String> differences) {
    return differences.isEmpty()
        ? "stock Chronicle Map opens a copy and agrees\n"
        : "stock Chronicle Map differs:\n  " + String.join("\n  ", differences) + "\n";
  }

  private static JsonArray strings(List<String> lines) {
    JsonArray array = new JsonArray();
    lines.forEach(array::add);
    return array;
  }

  static String text(VerifyReport report, Duration time) {
    StringBuilder text = new StringBuilder();
    String size =
        Figures.bytes(report.fileBytes())
            + " in "
            + Figures.duration(time)
            + ": "
            + FailureText.visible(report.path().toString())
            + "\n";
    if (report.ok()) {
      text.append(Ansi.AUTO.string("@|green whole|@  "))
          .append(Figures.count(report.idCount(), "ID", "IDs"))
          .append(", ")
          .append(Figures.count(report.blockCount(), "block", "blocks"))
          .append(", ")
          .append(size)
          .append("edition ")
          .append(report.edition())
          .append('\n');
    } else if (report.damages().get(0).contains("not an almanac file")) {
      text.append(Ansi.AUTO.string("@|red not an almanac file|@  ")).append(size);
    } else {
      text.append(Ansi.AUTO.string("@|red damaged|@  ")).append(size);
      for (String damage : report.damages()) {
        text.append("  ").append(FailureText.visible(damage)).append('\n');
      }
      text.append("Restore the file from a copy, or build it again from its rows.\n");
    }
    return text.toString();
  }

  static JsonObject json(VerifyReport report, Duration time) {
    JsonObject json = new JsonObject();
    json.addProperty("path", report.path().toString());
    json.addProperty("ok", report.ok());
    json.addProperty("fileBytes", report.fileBytes());
    json.addProperty("blocks", report.blockCount());
    json.addProperty("ids", report.idCount());
    json.addProperty("edition", report.edition());
    json.add("damages", strings(report.damages()));
    json.addProperty("seconds", Json.seconds(time));
    return json;
  }
}
