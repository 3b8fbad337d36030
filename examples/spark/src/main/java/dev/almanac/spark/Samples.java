package dev.almanac.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.date_from_unix_date;
import static org.apache.spark.sql.functions.udf;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;

/** Rows that are the same in every run: IDs of all 64 bits, one of 4,000 dates each. */
final class Samples {
  private static final int FIRST_EPOCH_DAY = 14_610;
  private static final int DATE_COUNT = 4_000;
  private static final int PARTITION_COUNT = 16;

  private Samples() {}

  /** ID number {@code n}; no two are the same, since each step can be undone. */
  static long id(long n) {
    long id = n * 0x9E3779B97F4A7C15L;
    id ^= id >>> 29;
    return id * 0xBF58476D1CE4E5B9L;
  }

  /** The date of ID number {@code n}. */
  static int epochDay(long n) {
    return FIRST_EPOCH_DAY + (int) Math.floorMod(id(n) >>> 7, (long) DATE_COUNT);
  }

  /** {@code id}, {@code date}: {@code idCount} of them. */
  static Dataset<Row> dates(SparkSession spark, long idCount) {
    return numbers(spark, idCount)
        .select(
            udf((UDF1<Long, Long>) Samples::id, DataTypes.LongType).apply(col("n")).as("id"),
            date_from_unix_date(
                    udf((UDF1<Long, Integer>) Samples::epochDay, DataTypes.IntegerType)
                        .apply(col("n")))
                .as("date"));
  }

  /** {@code row}, {@code id}: in no order, and one ID in ten has no date. */
  static Dataset<Row> rows(SparkSession spark, long rowCount, long idCount) {
    long known = idCount + idCount / 9;
    return numbers(spark, rowCount)
        .select(
            col("n").as("row"),
            udf((UDF1<Long, Long>) n -> id(Math.floorMod(id(~n), known)), DataTypes.LongType)
                .apply(col("n"))
                .as("id"));
  }

  private static Dataset<Row> numbers(SparkSession spark, long count) {
    return spark.range(0, count, 1, PARTITION_COUNT).toDF("n");
  }
}
