package dev.almanac.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Almanac;
import dev.almanac.AlmanacInfo;
import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.report.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InfoTest {
  private static final String EDITION = "ef".repeat(32);

  private static AlmanacInfo numbers(long highest, int blocks) {
    return new AlmanacInfo(
        Path.of("dates.almanac"),
        EDITION,
        1,
        "3.27",
        IdKind.LONG,
        30,
        11L,
        highest,
        2,
        LocalDate.of(2023, 12, 31),
        LocalDate.of(2024, 2, 29),
        blocks == 0 ? Layout.DIRECT : Layout.BLOCKS,
        blocks == 0 ? 1 : 2,
        blocks,
        blocks == 0 ? 0 : 4,
        null,
        3,
        blocks == 0 ? 1 : 2,
        8,
        12_300,
        8_000);
  }

  private static AlmanacInfo texts(int dates) {
    return new AlmanacInfo(
        Path.of("a\u00a0b.almanac"),
        EDITION,
        1,
        "3.27",
        IdKind.TEXT,
        0,
        null,
        null,
        dates,
        null,
        null,
        Layout.HASHED,
        7,
        0,
        0,
        "INV-[0-9]",
        1,
        1,
        4,
        12_300,
        8_000);
  }

  @Test
  void aFileOfNumbers() {
    assertEquals(
        """
        dates.almanac
          IDs             30, long
          From, to        11, 50
          Dates           2 distinct, 2023-12-31 to 2024-02-29
          Size            12.3 kB, 410.00 bytes per ID
          In memory       2.00 kB, 25% of the map, for all processes together
          Room in memory  12.3 kB, the file fits
          Layout          direct, 1 bit a code, 75.00% of the range are IDs
          Chronicle Map   8.00 kB, 1 segment, hash lookups 38% full, version 3.27
          Format version  1
          Edition  EDITION
        """
            .replace("EDITION", EDITION),
        InfoCommand.table(numbers(50, 0), 2_000, OptionalLong.of(12_300)));
  }

  @Test
  void aFileOfBlocksThatIsLargerThanTheMemory() {
    String table = InfoCommand.table(numbers(1_000_000, 3), 9_000, OptionalLong.of(12_299));
    String words = table.replaceAll("\\s+", " ");
    assertTrue(
        words.contains(
            " blocks, 2 bits a code, 62.50% of 3 blocks of 16 numbers are IDs, less than 0.01% of"
                + " the range are IDs "),
        words);
    assertTrue(words.contains(" 9.00 kB, 100% of the map, "), words);
    assertTrue(
        words.contains(" 12.3 kB, the file does not fit: lookups will read the disk "), words);
    assertTrue(words.contains(" 2 segments, hash lookups 19% full, "), words);
  }

  @Test
  void aFileOfTextsWithoutAnyId() {
    assertEquals(
        """
        a\\u00a0b.almanac
          IDs             0, text
          ID pattern      INV-[0-9]
          Dates           0 distinct
          Size            12.3 kB, 0.00 bytes per ID
          In memory       nothing yet
          Layout          hashed, 7 bits a code
          Chronicle Map   8.00 kB, 1 segment, hash lookups 25% full, version 3.27
          Format version  1
          Edition  EDITION
        """
            .replace("EDITION", EDITION),
        InfoCommand.table(texts(0), 0, OptionalLong.empty()));
  }

  @Test
  void aShareOfAHundredthOfAPercentIsSaid() {
    // 30 of 300,000 numbers: 0.01%.
    String table = InfoCommand.table(numbers(300_010, 0), 0, OptionalLong.empty());
    assertTrue(table.contains(", 0.01% of the range"), table);
  }

  @Test
  void programsGetEveryFigure() {
    assertEquals(
        """
        {"path":"dates.almanac","edition":"EDITION","formatVersion":1,"chronicleVersion":"3.27",\
        "idKind":"long","ids":30,"dates":2,"firstDate":"2023-12-31","lastDate":"2024-02-29",\
        "layout":"blocks","codeBits":2,"blocks":3,"blockBits":4,"entries":3,"segments":2,\
        "slotsPerSegment":8,"fileBytes":12300,"storeBytes":8000,"residentBytes":77,\
        "availableBytes":99,"bytesPerId":410.000,"lowestId":11,"highestId":50}
        """
            .replace("EDITION", EDITION),
        Json.line(InfoCommand.json(numbers(50, 3), 77, OptionalLong.of(99))));
    assertEquals(
        """
        {"path":"a\u00a0b.almanac","edition":"EDITION","formatVersion":1,\
        "chronicleVersion":"3.27","idKind":"text","ids":0,"dates":0,"firstDate":null,\
        "lastDate":null,"layout":"hashed","codeBits":7,"idPattern":"INV-[0-9]","entries":1,\
        "segments":1,"slotsPerSegment":4,"fileBytes":12300,"storeBytes":8000,"residentBytes":0,\
        "bytesPerId":0.000}
        """
            .replace("EDITION", EDITION),
        Json.line(InfoCommand.json(texts(0), 0, OptionalLong.empty())));
  }

  @Test
  void theCommandSaysWhatTheFileSays(@TempDir Path folder) throws Exception {
    Path file = SampleFile.build(Map.of("1", "2024-02-29"), folder.resolve("dates.almanac"));
    Map<String, Object> json = InProcess.run("info", file, "--json").done().json();
    try (Almanac almanac = Almanac.open(file)) {
      assertEquals(almanac.edition(), json.get("edition"));
    }
    assertEquals(Files.size(file), json.get("fileBytes"));
    Path missing = folder.resolve("missing");
    InProcess.Result result = InProcess.run("info", missing, file, "--quiet");
    assertEquals(
        "there is no such file, path=" + missing + ", given as FILE",
        result.refusal(ExitStatus.FAILED));
    assertEquals("", result.output());
    InProcess.Result both = InProcess.run("info", missing, file);
    assertEquals(ExitStatus.FAILED, both.status());
    assertTrue(both.output().startsWith(file + "\n"), "the next has its turn: " + both.output());
  }
}
