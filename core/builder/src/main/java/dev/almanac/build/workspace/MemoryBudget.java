package dev.almanac.build.workspace;

/**
 * How the heap of a build is shared out. The steps of a build follow each other, so each may take
 * what the one before it took:
 *
 * <pre>
 * +-----------------------------+----------------------+------------------+
 * | distinct dates, 1/2 at most | the step's threads,  | all else: 1/8    |
 * | and about a third in fact   | 3/8: see below       |                  |
 * +-----------------------------+----------------------+------------------+
 * read:  each thread a split of the source, a table of dates, a block for each partition
 * sort:  each thread the rows of a partition, and a block for each partition of the entries
 * </pre>
 *
 * <p>A step runs with fewer threads where its share would not do for all. So a heap of 256 MB does
 * for any number of rows and of threads. Direct buffers count as heap: a JVM allows as much of them
 * unless told otherwise.
 *
 * @param heapBytes the largest size of the heap
 */
public record MemoryBudget(long heapBytes) {
  /** What a source may take for each thread: a split of 1 MiB, and twice that for a long row. */
  private static final int SOURCE_BYTES = 3 << 20;

  /** Smaller blocks would make writes too small, and their index too large. */
  private static final int MIN_BLOCK_BYTES = 1 << 12;

  private static final int MAX_BLOCK_BYTES = 1 << 14;
  private static final int MIN_DATE_TABLE_BYTES = 1 << 16;

  /** What the distinct dates may take, by the estimate of {@code DateCollector}. */
  public long dateBytes() {
    return heapBytes / 2;
  }

  /** What the threads of a step may take together. */
  public long stepBytes() {
    return heapBytes / 8 * 3;
  }

  /**
   * How many of {@code wanted} threads a step may use if each takes this many bytes; at least one.
   */
  public int threads(int wanted, long bytesPerThread) {
    return (int) Math.max(1, Math.min(wanted, stepBytes() / Math.max(1, bytesPerThread)));
  }

  /**
   * What the threads take that read rows.
   *
   * @param threadCount how many there are
   * @param blockBytes size of a block of rows
   * @param dateTableBytes the most that a thread's table of dates may take
   */
  public record Reading(int threadCount, int blockBytes, long dateTableBytes) {}

  /** Shares out what the threads take that read rows into {@code partitionCount} partitions. */
  public Reading reading(int wantedThreads, int partitionCount) {
    long fewest = SOURCE_BYTES + (long) partitionCount * MIN_BLOCK_BYTES + MIN_DATE_TABLE_BYTES;
    int threadCount = threads(wantedThreads, fewest);
    long own = Math.max(0, stepBytes() / threadCount - SOURCE_BYTES);
    // Two thirds for the blocks, since they are sure to fill.
    long blockBytes =
        Math.max(MIN_BLOCK_BYTES, Math.min(MAX_BLOCK_BYTES, own / 3 * 2 / partitionCount));
    return new Reading(
        threadCount,
        (int) blockBytes,
        Math.max(MIN_DATE_TABLE_BYTES, own - partitionCount * blockBytes));
  }
}
