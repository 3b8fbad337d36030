package dev.almanac.benchmarks.stores;

import java.util.SplittableRandom;

/**
 * Which IDs are looked up, and in which order, drawn before the clock starts. The list is long
 * enough to be streamed from memory rather than learnt by the caches along with the answers.
 */
public final class Accesses {
  /** In which order rows are looked up. */
  public enum Order {
    /** Every row equally likely. */
    RANDOM,
    /** Row after row. */
    SEQUENTIAL,
    /** A row's probability falls as 1/rank, ranks scattered over the rows. */
    ZIPF
  }

  /** Whether the IDs that are looked up are there. */
  public enum Hits {
    /** All of them. */
    ALL,
    /** None. */
    NONE,
    /** Each other one, in no order that a branch predictor could learn. */
    HALF
  }

  private static final long SEED = 20_150_101;

  private Accesses() {}

  /** How many lookups make one round over the list, a power of two. */
  public static int length(int rowCount) {
    return rowCount > 1 << 20 ? 1 << 22 : 1 << 20;
  }

  /** Indexes of rows; from {@code rows.count()} on, indexes of IDs that are not there. */
  public static int[] indexes(Rows rows, Order order, Hits hits, int length) {
    SplittableRandom random = new SplittableRandom(SEED);
    int count = rows.count();
    int stride = stride(count);
    int[] indexes = new int[length];
    for (int i = 0; i < length; i++) {
      int index =
          switch (order) {
            case RANDOM -> random.nextInt(count);
            case SEQUENTIAL -> i % count;
            // The logarithm of a rank is uniform where its probability falls as 1/rank.
            case ZIPF ->
                (int) ((long) Math.exp(random.nextDouble() * Math.log(count)) * stride % count);
          };
      boolean absent = hits == Hits.NONE || hits == Hits.HALF && random.nextBoolean();
      indexes[i] = absent ? index + count : index;
    }
    return indexes;
  }

  /** Numeric IDs to look up. */
  public static long[] ids(Rows rows, Order order, Hits hits) {
    int[] indexes = indexes(rows, order, hits, length(rows.count()));
    long[] ids = new long[indexes.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = rows.id(indexes[i]);
    }
    return ids;
  }

  /** Text IDs to look up, in groups of one call each. */
  public static String[][] texts(Rows rows, Order order, Hits hits, int group) {
    int[] indexes = indexes(rows, order, hits, length(rows.count()));
    String[][] texts = new String[indexes.length / group][group];
    for (int i = 0; i < indexes.length; i++) {
      texts[i / group][i % group] = rows.text(indexes[i]);
    }
    return texts;
  }

  /** A step that visits every one of {@code count} rows once, far from the one before. */
  public static int stride(int count) {
    int stride = (int) (count * 0.6180339887498949) | 1;
    while (greatestCommonDivisor(stride, count) != 1) {
      stride += 2;
    }
    return stride;
  }

  private static int greatestCommonDivisor(int a, int b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }
}
