package dev.almanac.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.date_from_unix_date;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.to_date;
import static org.apache.spark.sql.functions.when;

import dev.almanac.Almanac;
import dev.almanac.IdKind;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.BuildReport;
import dev.almanac.build.RowSource;
import dev.almanac.report.Figures;
import dev.almanac.report.TextTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.spark.SparkException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Gives rows the dates of their IDs in three ways, each on a cluster of its own: by an almanac, by
 * a map that is broadcast, and by a shuffle join; and compares what comes out, row for row.
 */
final class JoinExample {
  private static final int EXECUTORS = 2;

  private static final StructType DATED =
      new StructType()
          .add("row", DataTypes.LongType)
          .add("id", DataTypes.LongType)
          .add("day", DataTypes.IntegerType);

  private final Path directory;
  private final long rowCount;
  private final long idCount;
  private final TextTable table = new TextTable();

  JoinExample(Path directory, long rowCount, long idCount) {
    this.directory = directory;
    this.rowCount = rowCount;
    this.idCount = idCount;
  }

  /** Whether all that this example is to show came out. */
  boolean run() throws Exception {
    BuildReport report = publish();
    try (SparkSession spark = SparkExample.session(directory)) {
      Samples.rows(spark, rowCount, idCount).write().parquet(path("rows"));
      Samples.dates(spark, idCount).write().parquet(path("dates"));
    }
    table
        .section("The input")
        .row("Rows", Figures.count(rowCount))
        .row("IDs with a date", Figures.count(idCount))
        .row("Almanac", Figures.bytes(Files.size(almanac())))
        .row("Build time", Figures.duration(report.elapsed()));
    Collection<ExecutorSample> executors = byAlmanac(report.edition());
    byBroadcastMap();
    boolean equal = byShuffleAndCompare();
    System.out.println(table);
    boolean oneFile =
        executors.stream().mapToLong(ExecutorSample::inode).distinct().count() == 1
            && executors.stream()
                .allMatch(
                    executor ->
                        executor.inode() != 0
                            && executor.permissions().equals("r--s")
                            && executor.copied() == 0);
    System.out.println(
        "Row for row the same as the shuffle join: "
            + equal
            + "; both executors map one file and have no copy: "
            + oneFile);
    return equal && oneFile;
  }

  private Path almanac() {
    return directory.resolve("dates.almanac");
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  /** Built by the driver; {@link BuildExample} lets the executors do it. */
  private BuildReport publish() throws IOException {
    AlmanacBuilder builder = AlmanacBuilder.create().ids(IdKind.LONG);
    return builder.build(
        RowSource.of(
            () ->
                LongStream.range(0, idCount)
                    .mapToObj(
                        n ->
                            new RowSource.Row(
                                Long.toString(Samples.id(n)),
                                LocalDate.ofEpochDay(Samples.epochDay(n)).toString()))),
        almanac());
  }

  private Collection<ExecutorSample> byAlmanac(String edition) throws IOException {
    HostDates hostDates =
        new HostDates(almanac().toString(), edition, directory.resolve("host").toString());
    try (SparkSession spark = SparkExample.session(directory)) {
      Dataset<Row> rows = rows(spark);
      long start = System.nanoTime();
      write(
          rows.mapPartitions(
              (MapPartitionsFunction<Row, Row>) partition -> byAlmanac(partition, hostDates),
              Encoders.row(DATED)),
          "by-almanac");
      Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
      Collection<ExecutorSample> executors = ExecutorSample.ofAll(spark, EXECUTORS, hostDates);
      show("By the almanac", elapsed, executors);
      return executors;
    }
  }

  /** Opens the almanac for a task, whose end closes it. */
  private static Iterator<Row> byAlmanac(Iterator<Row> rows, HostDates hostDates)
      throws IOException {
    Almanac dates = hostDates.open();
    TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> dates.close());
    return new DatedRows(rows, dates);
  }

  private void byBroadcastMap() throws IOException {
    try (SparkSession spark = SparkExample.session(directory)) {
      long start = System.nanoTime();
      Map<Long, Integer> map = new HashMap<>();
      for (Iterator<Row> dates = spark.read().parquet(path("dates")).toLocalIterator();
          dates.hasNext(); ) {
        Row row = dates.next();
        map.put(row.getLong(0), (int) row.getDate(1).toLocalDate().toEpochDay());
      }
      Broadcast<Map<Long, Integer>> broadcast =
          JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(map);
      write(
          rows(spark)
              .mapPartitions(
                  (MapPartitionsFunction<Row, Row>)
                      partition -> byMap(partition, broadcast.value()),
                  Encoders.row(DATED)),
          "by-map");
      Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
      show("By a broadcast map", elapsed, ExecutorSample.ofAll(spark, EXECUTORS, null));
    } catch (Exception e) {
      // Spark throws what it does not declare. Where the map does not fit, that is the finding.
      if (!(e instanceof SparkException)) {
        throw e;
      }
      table
          .section("By a broadcast map")
          .row("Failed", e.getMessage().lines().findFirst().orElse("").strip());
    }
  }

  private static Iterator<Row> byMap(Iterator<Row> rows, Map<Long, Integer> map) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public Row next() {
        Row row = rows.next();
        return RowFactory.create(row.getLong(0), row.getLong(1), map.get(row.getLong(1)));
      }
    };
  }

  private boolean byShuffleAndCompare() throws IOException {
    try (SparkSession spark = SparkExample.session(directory)) {
      long start = System.nanoTime();
      rows(spark)
          .join(spark.read().parquet(path("dates")), new String[] {"id"}, "left_outer")
          .select("row", "id", "date")
          .write()
          .parquet(path("by-shuffle"));
      Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
      show("By a shuffle join", elapsed, ExecutorSample.ofAll(spark, EXECUTORS, null));
      Dataset<Row> shuffled = spark.read().parquet(path("by-shuffle"));
      Dataset<Row> looked = spark.read().parquet(path("by-almanac"));
      long different = different(looked, shuffled);
      // Whether the comparison would see one wrong date among them all.
      Column wrong =
          when(col("row").equalTo(rowCount / 2), to_date(lit("0001-01-01"))).otherwise(col("date"));
      long found = different(looked.withColumn("date", wrong), shuffled);
      table
          .section("The almanac's rows beside the shuffle join's")
          .row("Rows", Figures.count(looked.count()) + " and " + Figures.count(shuffled.count()))
          .row("With a date", Figures.count(looked.where(col("date").isNotNull()).count()))
          .row("Different", Figures.count(different))
          .row("Control", Figures.count(found) + " found after 1 was changed");
      return different == 0 && found == 1 && looked.count() == rowCount;
    }
  }

  /** Rows that one has and the other has not, or has with another ID or date. */
  private static long different(Dataset<Row> one, Dataset<Row> other) {
    return one.as("one")
        .join(other.as("other"), col("one.row").equalTo(col("other.row")), "full_outer")
        .where(
            col("one.row")
                .eqNullSafe(col("other.row"))
                .and(col("one.id").eqNullSafe(col("other.id")))
                .and(col("one.date").eqNullSafe(col("other.date")))
                .equalTo(false))
        .count();
  }

  private Dataset<Row> rows(SparkSession spark) {
    return spark.read().parquet(path("rows"));
  }

  private void write(Dataset<Row> dated, String name) {
    dated
        .select(col("row"), col("id"), date_from_unix_date(col("day")).as("date"))
        .write()
        .parquet(path(name));
  }

  private void show(String way, Duration elapsed, Collection<ExecutorSample> executors) {
    table.section(way).row("Time", Figures.duration(elapsed));
    for (ExecutorSample executor : executors) {
      table.row(
          "Executor " + executor.executor(),
          "process " + executor.pid() + ", at the peak " + Figures.kibibytes(executor.peak()));
      table.row(
          "",
          "private "
              + Figures.kibibytes(executor.privateMemory())
              + ", in use on the heap "
              + Figures.kibibytes(executor.heap()));
      if (executor.inode() != 0) {
        table.row(
            "",
            "maps inode "
                + executor.inode()
                + " "
                + executor.permissions()
                + ", "
                + Figures.kibibytes(executor.mapped())
                + " in memory");
        table.row("", "of it copied or written: " + executor.copied() + " kB");
      }
    }
  }
}
