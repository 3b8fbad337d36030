package dev.almanac.reliability;

import dev.almanac.Almanac;
import dev.almanac.IdKind;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.BadRowPolicy;
import dev.almanac.build.BuildReport;
import dev.almanac.build.DelimitedRows;
import dev.almanac.build.RowSource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Iterator;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * One build in a small heap, and a look at what came out; says {@code built} or what was thrown.
 *
 * <pre>{@code
 * unknown     ROWS   rows from an iterator, whose number nobody knows beforehand
 * texts       ROWS   the same, of text IDs
 * mixed       ROWS   the same, numbers and texts in turn
 * dates       ROWS   each row another date
 * snapshots   ROWS   4,096 IDs, each with a date of each day
 * base        ROWS   ROWS numbers in a base whose pages cannot be used, and two rows
 * base-texts  ROWS   the same, of text IDs
 * file        ROWS   the delimited file ROWS, perhaps compressed
 * bad         ROWS   the same, bad rows skipped and listed
 * }</pre>
 */
final class LittleMemoryBuild {
  private static final int SNAPSHOT_IDS = 4_096;
  private static final LocalDate FIRST_DAY = LocalDate.of(2000, 1, 1);

  private LittleMemoryBuild() {}

  public static void main(String[] arguments) {
    try {
      build(arguments[0], arguments[1], Integer.parseInt(arguments[2]), Path.of(arguments[3]));
      System.out.println("built");
    } catch (Throwable e) {
      System.out.println("failed " + e);
    }
  }

  private static void build(String what, String input, int threads, Path folder)
      throws IOException {
    Path target = folder.resolve("little.almanac");
    AlmanacBuilder builder = AlmanacBuilder.create().threads(threads);
    if (what.equals("bad")) {
      builder.onBadRow(BadRowPolicy.skip(folder.resolve("rejects.txt")).atMost(Long.MAX_VALUE));
    }
    if (what.startsWith("base")) {
      buildFromBase(what, Long.parseLong(input), builder, target);
      return;
    }
    boolean ofFile = what.equals("file") || what.equals("bad");
    RowSource source =
        ofFile ? DelimitedRows.of(Path.of(input)) : source(what, Long.parseLong(input));
    BuildReport report = builder.build(source, target);
    if (!ofFile) {
      check(what, Long.parseLong(input), report, target);
    }
    System.out.println("rows=" + report.rowCount() + " ids=" + report.idCount());
  }

  /** The new lowest ID moves the keys of all others. */
  private static void buildFromBase(String what, long rowCount, AlmanacBuilder builder, Path target)
      throws IOException {
    Path base = target.resolveSibling("base.almanac");
    builder.build(source(what, rowCount), base);
    RowSource rows =
        RowSource.of(
            Stream.of(Long.toString(Long.MIN_VALUE), id(what, 0))
                .map(id -> new RowSource.Row(id, "1999-12-31"))
                .iterator());
    BuildReport report = builder.base(base).build(rows, target);
    require(report.rowCount() == 2 && report.idCount() == rowCount + 1, "counts: " + report);
    require(report.phases().containsKey("sort"), "the base must be spooled: " + report.phases());
    try (Almanac almanac = Almanac.open(target)) {
      LocalDate changed = LocalDate.of(1999, 12, 31);
      require(changed.equals(almanac.date(id(what, 0))), "the changed date");
      require(changed.equals(almanac.date(Long.toString(Long.MIN_VALUE))), "the new ID");
      for (long row = 1; row < rowCount; row += Math.max(1, rowCount / 5_000)) {
        LocalDate date = almanac.date(id(what, row));
        require(LocalDate.parse(date(what, row)).equals(date), "row " + row + ": " + date);
      }
    }
    System.out.println("rows=" + report.rowCount() + " ids=" + report.idCount());
  }

  private static RowSource source(String what, long rowCount) {
    Iterator<RowSource.Row> rows =
        LongStream.range(0, rowCount)
            .mapToObj(i -> new RowSource.Row(id(what, i), date(what, i)))
            .iterator();
    return RowSource.of(rows);
  }

  /** Another for each row, but for the snapshots. */
  private static String id(String what, long row) {
    LongFunction<String> number = i -> Long.toString(i * 0x9E3779B97F4A7C15L);
    return switch (what) {
      case "snapshots" -> Long.toString(row % SNAPSHOT_IDS);
      case "texts", "base-texts" -> "order " + number.apply(row);
      case "mixed" -> row % 2 == 0 ? number.apply(row) : "order " + row;
      default -> number.apply(row);
    };
  }

  private static String date(String what, long row) {
    return switch (what) {
      case "snapshots" -> FIRST_DAY.plusDays(row / SNAPSHOT_IDS).toString();
      case "dates" -> FIRST_DAY.plusDays(row).toString();
      default -> FIRST_DAY.plusDays(row % 1_000).toString();
    };
  }

  /** Looks up some thousand of the rows, and counts. */
  private static void check(String what, long rowCount, BuildReport report, Path target)
      throws IOException {
    boolean snapshots = what.equals("snapshots");
    long idCount = snapshots ? SNAPSHOT_IDS : rowCount;
    require(report.rowCount() == rowCount && report.idCount() == idCount, "counts: " + report);
    require(!snapshots || report.conflictCount() == rowCount - idCount, "conflicts: " + report);
    long firstRow = snapshots ? rowCount - SNAPSHOT_IDS : 0;
    try (Almanac almanac = Almanac.open(target)) {
      require(
          (almanac.idKind() == IdKind.TEXT) == (what.equals("texts") || what.equals("mixed")),
          "kind");
      long step = Math.max(1, (rowCount - firstRow) / 5_000);
      for (long row = firstRow; row < rowCount; row += step) {
        LocalDate date = almanac.date(id(what, row));
        require(LocalDate.parse(date(what, row)).equals(date), "row " + row + ": " + date);
      }
    }
  }

  private static void require(boolean holds, String found) {
    if (!holds) {
      throw new IllegalStateException("the file must hold the rows: " + found);
    }
  }
}
