package dev.almanac.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

final class ReportTest {
  @TempDir Path results;

  @Test
  void aTableIsReplacedAndTheTextAroundItStays() throws IOException {
    writeHits(Map.of("almanac", 160.4, "sparkey", 1_234.5));
    Report report = new Report(results);
    String filled =
        report.fill("before\n<!-- table lookups 30 -->\nold\n<!-- end of table -->\nafter\n");
    assertEquals(
        """
        before
        <!-- table lookups 30 -->

        | nanoseconds a lookup | hit, sparse |
        | -------------------- | ----------: |
        | Almanac              |         160 |
        | Sparkey              |       1,235 |

        <!-- end of table -->
        after
        """,
        filled);
    assertEquals(filled, report.fill(filled));
  }

  @Test
  void aTableWithoutResultsSaysSo() throws IOException {
    for (String table :
        List.of(
            "machines",
            "claims 30",
            "costs 30 sparse text",
            "lookups 30",
            "threads 30",
            "allocation 30",
            "scan 30",
            "sizes 30",
            "startup sparse",
            "processes sparse 30",
            "builds sparse 30",
            "phases sparse 30",
            "side-by-side 30 10")) {
      String filled =
          new Report(results).fill("<!-- table " + table + " -->\n<!-- end of table -->\n");
      assertTrue(filled.contains("*Not measured yet.*"), table);
    }
  }

  @Test
  void aMarkThatNamesNoTableIsRefused() {
    String document = "<!-- table nothing -->\n<!-- end of table -->\n";
    String message =
        assertThrows(IllegalArgumentException.class, () -> new Report(results).fill(document))
            .getMessage();
    assertEquals("A mark names a table; table=nothing", message);
  }

  @Test
  void aClaimThatIsNotReachedIsMarked() throws IOException {
    writeHits(Map.of("almanac", 100.0, "chronicle-map", 701.0, "sparkey", 599.0));
    String claims = new Claims(results, 30).table();
    assertEquals(
        """
        | what                                                     |     wanted | measured | reached |
        | -------------------------------------------------------- | ---------: | -------: | ------: |
        | sparse hit: stock Chronicle Map / one at a time          | at least 7 |     7.01 |     yes |
        | sparse hit: quickest other off-heap peer / one at a time | at least 6 |     5.99 |  **no** |
        """,
        claims);
  }

  @Test
  void aChartHasABarForEachStoreWhoseLengthIsTheLogarithmOfItsTime() throws Exception {
    writeHits(Map.of("almanac", 10.0, "sparkey", 100.0, "lmdb", 1_000.0));
    String chart = new Report(results).charts().get("lookups-hit-sparse-30");
    Document document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(chart.getBytes(StandardCharsets.UTF_8)));
    double[] widths = new double[3];
    for (int i = 0; i < widths.length; i++) {
      widths[i] =
          Double.parseDouble(
              document
                  .getElementsByTagName("rect")
                  .item(i)
                  .getAttributes()
                  .getNamedItem("width")
                  .getNodeValue());
    }
    assertEquals(widths[2] - widths[1], widths[1] - widths[0], 0.2);
    assertTrue(widths[0] > 0 && widths[1] > widths[0]);
    assertEquals(3, document.getElementsByTagName("rect").getLength());
  }

  @Test
  void theDocsHoldWhatTheResultsSay() throws IOException {
    Path docs = Path.of("..", "docs");
    assumeTrue(Files.isDirectory(docs.resolve("results")));
    Report report = new Report(docs.resolve("results"));
    StringBuilder documents = new StringBuilder();
    for (Path file :
        List.of(
            docs.resolve("benchmarks.md"),
            docs.resolve("why-it-works.md"),
            docs.resolve("reliability.md"),
            docs.resolve("scaling.md"),
            Path.of("..", "README.md"))) {
      if (Files.exists(file)) {
        String document = Files.readString(file);
        assertEquals(report.fill(document), document, "Run the command report again; file=" + file);
        documents.append(document);
      }
    }
    Map<String, String> charts = report.charts();
    try (Stream<Path> files = Files.list(docs.resolve("charts"))) {
      for (Path file : files.toList()) {
        String name = String.valueOf(file.getFileName());
        assertTrue(documents.indexOf("charts/" + name) >= 0, name + " is in no document");
        assertEquals(
            charts.get(name.replace(".svg", "")),
            Files.readString(file),
            "Run the command report again; file=" + file);
      }
    }
  }

  private void writeHits(Map<String, Double> nanos) throws IOException {
    JsonObject result = Results.heading("lookups", "lookups");
    result.addProperty("question", "hit");
    result.addProperty("ids", "sparse");
    result.addProperty("entries", 30);
    JsonArray rows = new JsonArray();
    nanos.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            entry -> {
              JsonObject row = new JsonObject();
              row.addProperty("store", entry.getKey());
              row.addProperty("method", "single");
              row.addProperty("threads", 1);
              row.addProperty("nanosMedian", entry.getValue());
              row.add("allocatedBytes", null);
              rows.add(row);
            });
    result.add("rows", rows);
    Results.write(results, "hits", result);
  }
}
