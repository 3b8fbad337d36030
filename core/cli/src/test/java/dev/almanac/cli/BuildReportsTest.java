package dev.almanac.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.build.BadRowReason;
import dev.almanac.build.BuildReport;
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
}
