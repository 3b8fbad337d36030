package dev.almanac.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;

import dev.almanac.Almanac;
import dev.almanac.IdKind;
import dev.almanac.ShardedAlmanac;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.BuildReport;
import dev.almanac.build.DuplicatePolicy;
import dev.almanac.build.RowSource;
import dev.almanac.build.ShardSet;
import dev.almanac.report.Figures;
import dev.almanac.report.TextTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Builds almanacs from a data set: Spark sends each row to the partition of its shard, a task
 * builds the shard from its partition, the driver publishes all of them together. One file is a set
 * of one.
 */
final class BuildExample {
  private static final int SHARD_COUNT = 4;

  private static final StructType BUILT =
      new StructType()
          .add("shard", DataTypes.IntegerType)
          .add("path", DataTypes.StringType)
          .add("ids", DataTypes.LongType)
          .add("pid", DataTypes.LongType)
          .add("millis", DataTypes.LongType);

  private final Path directory;
  private final long idCount;
  private final TextTable table = new TextTable();

  BuildExample(Path directory, long idCount) {
    this.directory = directory;
    this.idCount = idCount;
  }

  /** Whether both hold every ID with its date. */
  boolean run() throws IOException {
    Path one = directory.resolve("dates.almanac");
    Path set = Files.createDirectories(directory.resolve("dates"));
    String edition;
    try (SparkSession spark = SparkExample.session(directory)) {
      Samples.dates(spark, idCount).write().parquet(directory.resolve("rows").toString());
      Files.move(build(spark, "One file, by one task", 1, directory).get(0), one);
      edition =
          ShardSet.publish(set, build(spark, "A set of shards, in parallel", SHARD_COUNT, set));
    }
    AtomicLong differentCount = new AtomicLong();
    try (Almanac file = Almanac.open(one);
        ShardedAlmanac shards = ShardedAlmanac.open(set, edition)) {
      shards.forEach(
          (id, code) -> {
            if (!shards.dictionary().date(code).equals(file.date(id))) {
              differentCount.incrementAndGet();
            }
          });
      for (long n = 0; n < idCount; n++) {
        if (shards.dictionary().epochDay(shards.code(Samples.id(n))) != Samples.epochDay(n)) {
          differentCount.incrementAndGet();
        }
      }
      boolean whole =
          file.size() == idCount && shards.size() == idCount && differentCount.get() == 0;
      table
          .section("The set beside the file")
          .row("IDs", Figures.count(shards.size()) + " and " + Figures.count(file.size()))
          .row("Different", Figures.count(differentCount.get()))
          .row("Edition of the set", edition.substring(0, 16) + "...");
      System.out.println(table);
      System.out.println("The set and the file hold every ID with its date: " + whole);
      return whole;
    }
  }

  /** The files of the shards, in their order. */
  private List<Path> build(SparkSession spark, String what, int shardCount, Path target)
      throws IOException {
    long start = System.nanoTime();
    Dataset<Row> rows = spark.read().parquet(directory.resolve("rows").toString());
    String folder = target.toString();
    List<Row> built =
        new ArrayList<>(
            rows.select(
                    col("id"),
                    col("date").cast(DataTypes.StringType),
                    udf(
                            (UDF1<Long, Integer>) id -> ShardedAlmanac.route(id, shardCount),
                            DataTypes.IntegerType)
                        .apply(col("id"))
                        .as("shard"))
                // The partition's number is the shard's: no hash of Spark's own in between.
                .repartitionById(shardCount, col("shard"))
                .mapPartitions(
                    (MapPartitionsFunction<Row, Row>) partition -> buildShard(partition, folder),
                    Encoders.row(BUILT))
                .collectAsList());
    Collections.sort(built, (a, b) -> Integer.compare(a.getInt(0), b.getInt(0)));
    table.section(what).row("Time", Figures.duration(Duration.ofNanos(System.nanoTime() - start)));
    List<Path> files = new ArrayList<>();
    for (Row shard : built) {
      Path file = Path.of(shard.getString(1));
      table.row(
          "Shard " + shard.getInt(0),
          Figures.count(shard.getLong(2)) + " IDs, " + Figures.bytes(Files.size(file)));
      table.row(
          "",
          "built by process "
              + shard.getLong(3)
              + " in "
              + Figures.duration(Duration.ofMillis(shard.getLong(4))));
      files.add(file);
    }
    return files;
  }

  /**
   * Runs in an executor, which has no flag of ours: the library starts a JVM of its own for what
   * Chronicle Map needs. Another attempt of the task makes another file; only one is published.
   */
  private static Iterator<Row> buildShard(Iterator<Row> rows, String folder) throws IOException {
    long start = System.nanoTime();
    TaskContext task = TaskContext.get();
    Path file = Path.of(folder, "part-" + task.partitionId() + "-" + task.taskAttemptId());
    Iterator<RowSource.Row> source =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return rows.hasNext();
          }

          @Override
          public RowSource.Row next() {
            Row row = rows.next();
            return new RowSource.Row(Long.toString(row.getLong(0)), row.getString(1));
          }
        };
    BuildReport report =
        AlmanacBuilder.create()
            .ids(IdKind.LONG)
            // Rows arrive in no order, so none of them is the last.
            .onDuplicate(DuplicatePolicy.FAIL)
            .threads(1)
            // A shard may have no row.
            .allowEmpty()
            .build(RowSource.of(source), file);
    return List.of(
            RowFactory.create(
                task.partitionId(),
                file.toString(),
                report.idCount(),
                ProcessHandle.current().pid(),
                (System.nanoTime() - start) / 1_000_000))
        .iterator();
  }
}
