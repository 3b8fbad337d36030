package dev.almanac.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.build.BadRowReason;
import dev.almanac.build.BaseChanges;
import dev.almanac.build.BuildRemark;
import dev.almanac.build.BuildReport;
import dev.almanac.report.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BuildReportsTest {
  @Test
  void allFiguresStandInTheTable() {
    Map<BadRowReason, Long> rejects = new EnumMap<>(BadRowReason.class);
    rejects.put(BadRowReason.EMPTY_ID, 1L);
    rejects.put(BadRowReason.BAD_DATE, 2_000L);
    Map<String, Duration> phases = new LinkedHashMap<>();
    phases.put("read", Duration.ofMillis(1_500));
    phases.put("seal", Duration.ofMillis(250));
    BuildReport report =
        new BuildReport(
            Path.of("dates.almanac"),
            "ab".repeat(32),
            IdKind.TEXT,
            12_004,
            10_000,
            40,
            2,
            1,
            0,
            0,
            rejects,
            2_003,
            Layout.HASHED,
            "INV-2024-[0-9]{6}",
            23_456,
            1_000_000,
            phases,
            null,
            List.of());
    assertEquals(
        """
        Built dates.almanac
          Rows             12,004
          IDs              10,000, text
          Dates            40 distinct
          Duplicates       2 with the same date, 1 with another
          Skipped rows     2,001: 1 empty id, 2,000 bad date; lines 2,003
          ID pattern       INV-2024-[0-9]{6}
          File             23.5 kB, 2.35 bytes per ID, hashed
          Temporary space  1.00 MB
          Build time       1.75 s (read 1.50 s, seal 0.25 s)
          Edition  abababababababababababababababababababababababababababababababab
        """,
        BuildReports.table(report));
  }

  private static BuildReport withEverything(long rejectedLines, String pattern) {
    Map<BadRowReason, Long> rejects = new EnumMap<>(BadRowReason.class);
    rejects.put(BadRowReason.BAD_DATE, 3L);
    return new BuildReport(
        Path.of("a\u00a0b.almanac"),
        "cd".repeat(32),
        IdKind.LONG,
        1_001,
        1_002,
        1_003,
        1_004,
        1_005,
        1,
        1_007,
        rejects,
        rejectedLines,
        Layout.DIRECT,
        pattern,
        2_004,
        999,
        Map.of("read", Duration.ofMillis(1_234)),
        new BaseChanges(1, 2, 3_000),
        List.of(new BuildRemark(BuildRemark.Kind.SOURCE, 6, "six\tof them")));
  }

  @Test
  void whatOnlySomeBuildsHaveStandsInTheTableWhereItIs() {
    assertEquals(
        """
        Built a\\u00a0b.almanac
          Rows             1,001
          IDs              1,002, long
          Dates            1,003 distinct
          Duplicates       1,004 with the same date, 1,005 with another
          Changes          1 ID added, 2 removed, 3,000 with another date
          Without a date   1 row, 1,007 IDs left out
          Skipped rows     3: 3 bad date
          File             2.00 kB, 2.00 bytes per ID, direct
          Temporary space  999 bytes
          Build time       1.23 s (read 1.23 s)
          Edition  cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd
          Note: six\\tof them
        """,
        BuildReports.table(withEverything(3, null)));
  }

  @Test
  void whatABuildDidNotMeetHasNoLine() {
    BuildReport nothing =
        new BuildReport(
            Path.of("x"),
            "",
            IdKind.LONG,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            Map.of(),
            0,
            Layout.DIRECT,
            null,
            0,
            0,
            Map.of(),
            null,
            List.of());
    String table = BuildReports.table(nothing);
    for (String name : List.of("Skipped", "Without", "Changes", "pattern", "Note")) {
      assertFalse(table.contains(name), table);
    }
  }

  @Test
  void aPatternIsCutWhereALineEnds() {
    String fits = "A".repeat(55) + "\u00e9";
    assertTrue(BuildReports.table(withEverything(3, fits)).contains(" " + fits + "\n"));
    String cut = BuildReports.table(withEverything(3, fits + "x"));
    assertTrue(cut.contains(" " + fits + "...\n"), cut);
  }

  @Test
  void programsGetEveryFigure() {
    String everything =
        """
        {"path":"a\u00a0b.almanac","edition":"EDITION","idKind":"long","rows":1001,"ids":1002,\
        "dates":1003,"duplicates":1004,"conflicts":1005,"added":1,"removed":2,"changed":3000,\
        "rowsWithoutDate":1,"idsLeftOut":1007,"rejects":{"BAD_DATE":3},"rejectedLines":4,\
        "layout":"direct","idPattern":"[0-9]","fileBytes":2004,"bytesPerId":2.000,\
        "temporaryBytes":999,"seconds":1.234,"phaseSeconds":{"read":1.234},\
        "remarks":[{"kind":"SOURCE","count":6,"text":"six\\tof them"}]}
        """;
    assertEquals(
        everything.replace("EDITION", "cd".repeat(32)),
        Json.line(BuildReports.json(withEverything(4, "[0-9]"))));
  }
}
