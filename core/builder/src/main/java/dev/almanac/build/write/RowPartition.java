package dev.almanac.build.write;

import dev.almanac.build.BaseChanges;
import dev.almanac.build.BuildException;
import dev.almanac.build.DuplicatePolicy;
import dev.almanac.format.Xxh64;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one partition in memory: read from the spool, sorted by ID, duplicates settled.
 * Memory follows the distinct IDs of the partition, not its rows: it is reduced whenever it is
 * full. One for each thread, used for one partition after the other.
 *
 * <p>What counts as a duplicate or a conflict does not depend on the order of the rows: of the rows
 * of an ID with k rows and d distinct dates, k - d are duplicates and d - 1 are conflicts. An entry
 * of the build's base is not a row: against it, IDs are added, removed or changed.
 */
final class RowPartition {
  private static final int FIRST_CAPACITY = 1 << 15;

  /**
   * Heap that a row takes while a partition is sorted, seen from above. Partitions are even unless
   * IDs were chosen to share one; then more rows than fit are refused, not died of.
   */
  private static final long HEAP_BYTES_PER_ROW = 64;

  private final Spool spool;

  /** Whether the rows of the partition at hand are text rows. */
  private boolean text;

  private final DuplicatePolicy policy;
  private final RadixSort sort = new RadixSort();
  private final ByteBuffer block =
      ByteBuffer.allocateDirect(1 << 16).order(ByteOrder.LITTLE_ENDIAN);

  /** The ID, or the hash of a text ID. */
  private long[] keys = new long[FIRST_CAPACITY];

  private int[] dates = new int[FIRST_CAPACITY];
  private long[] positions = new long[FIRST_CAPACITY];

  /** Where a text ID lies in {@link #pool}; its length stands before it in two bytes. */
  private int[] places = {};

  private byte[] pool = {};
  private int poolBytes;
  private int count;
  private int[] order = new int[FIRST_CAPACITY];

  private long duplicateCount;
  private long conflictCount;
  private long leftOutCount;
  private long addedCount;
  private long removedCount;
  private long changedCount;
  private long firstConflictPosition = Long.MAX_VALUE;
  private long firstConflictEarlierPosition;
  private int firstConflictDate;
  private int firstConflictEarlierDate;
  private @Nullable String firstConflictId;

  /** {@code spool} has the partitions of {@link RowBlock}. */
  RowPartition(Spool spool, DuplicatePolicy policy) {
    this.spool = spool;
    this.policy = policy;
  }

  /** Takes each distinct ID of a partition in turn, numbers in unsigned order. */
  interface IdConsumer {
    /**
     * {@code key} is the ID or the text's hash; the text, if it is one, is {@code length} bytes at
     * {@code from}.
     */
    void accept(long key, int date, byte[] bytes, int from, int length) throws IOException;
  }

  /**
   * Reads a partition and gives its IDs, each with the date number that the policy chooses. "No
   * date" is a date as far as the policy goes; an ID that it is chosen for is left out.
   */
  void forEach(int partition, IdConsumer consumer) throws IOException {
    text = partition >= spool.partitionCount() / 2;
    count = 0;
    poolBytes = 0;
    for (int b = 0; b < spool.blockCount(partition); b++) {
      spool.read(partition, b, block);
      int rows = (int) block.getLong(Long.BYTES);
      reserve(rows, block.limit());
      if (text) {
        addTexts(rows);
      } else {
        addNumbers(rows);
      }
    }
    reduce();
    for (int from = 0; from < count; ) {
      int to = from + 1;
      while (to < count && sameId(from, to)) {
        to++;
      }
      int winner = winner(from, to);
      if (dates[winner] == DateCollector.NO_DATE) {
        leftOutCount++;
      } else if (text) {
        int place = places[winner];
        consumer.accept(keys[winner], dates[winner], pool, place + Short.BYTES, lengthAt(place));
      } else {
        consumer.accept(keys[winner], dates[winner], pool, 0, 0);
      }
      from = to;
    }
  }

  /** Chooses among the entry of the base, which comes first, and the rows of one ID. */
  private int winner(int from, int to) {
    boolean inBase = RowPosition.isBase(positions[from]);
    int firstRow = inBase ? from + 1 : from;
    if (firstRow == to) {
      return from;
    }
    int row = to - firstRow == 1 ? firstRow : settle(firstRow, to);
    if (!inBase) {
      addedCount += dates[row] == DateCollector.NO_DATE ? 0 : 1;
      return row;
    }
    if (policy == DuplicatePolicy.LAST) {
      removedCount += dates[row] == DateCollector.NO_DATE ? 1 : 0;
      changedCount += dates[row] == DateCollector.NO_DATE || dates[row] == dates[from] ? 0 : 1;
      return row;
    }
    if (policy == DuplicatePolicy.FAIL) {
      recordConflictWithBase(from, to);
    }
    return from;
  }

  private void recordConflictWithBase(int base, int to) {
    int first = base;
    for (int i = base + 1; i < to; i++) {
      if (dates[i] != dates[base] && (first == base || positions[i] < positions[first])) {
        first = i;
      }
    }
    if (first != base) {
      recordConflict(base, first);
    }
  }

  /**
   * Makes room for {@code rows} more, first by settling duplicates, then, if that did not free
   * half, by more memory.
   */
  private void reserve(int rows, int blockBytes) throws BuildException {
    if (count + rows > keys.length || text && poolBytes > pool.length - blockBytes) {
      reduce();
      if (text) {
        compactPool();
      }
      if (count + rows > keys.length / 2) {
        int capacity = Math.max(2 * keys.length, count + rows);
        if (capacity > Runtime.getRuntime().maxMemory() / 2 / HEAP_BYTES_PER_ROW) {
          throw new BuildException(
              "IDs must spread over the partitions, or their rows fit the heap: rows="
                  + (count + rows)
                  + " heapBytes="
                  + Runtime.getRuntime().maxMemory());
        }
        keys = Arrays.copyOf(keys, capacity);
        dates = Arrays.copyOf(dates, capacity);
        positions = Arrays.copyOf(positions, capacity);
        order = new int[capacity];
      }
      if (text && poolBytes > pool.length / 2 - blockBytes) {
        if (pool.length > Integer.MAX_VALUE / 4) {
          throw new BuildException(
              "the distinct text IDs of a partition must fit an array: bytes=" + poolBytes);
        }
        pool = Arrays.copyOf(pool, Math.max(2 * pool.length, 2 * (poolBytes + blockBytes)));
      }
    }
    if (text && places.length < keys.length) {
      places = Arrays.copyOf(places, keys.length);
    }
  }

  private void addNumbers(int rows) {
    long positionBase = block.getLong(0);
    int at = RowBlock.HEADER_BYTES;
    for (int i = 0; i < rows; i++) {
      long packed = block.getLong(at + Long.BYTES);
      keys[count] = block.getLong(at);
      dates[count] = RowBlock.date(packed);
      positions[count] = positionBase + RowBlock.positionOffset(packed);
      at += RowBlock.NUMERIC_ROW_BYTES;
      count++;
    }
  }

  private void addTexts(int rows) {
    long positionBase = block.getLong(0);
    int at = RowBlock.HEADER_BYTES;
    for (int i = 0; i < rows; i++) {
      long packed = block.getLong(at);
      int length = block.getShort(at + Long.BYTES);
      positions[count] = positionBase + RowBlock.positionOffset(packed);
      dates[count] = RowBlock.date(packed);
      block.get(at + Long.BYTES, pool, poolBytes, Short.BYTES + length);
      keys[count] = Xxh64.hash(pool, poolBytes + Short.BYTES, length);
      places[count] = poolBytes;
      poolBytes += Short.BYTES + length;
      at += RowBlock.TEXT_ROW_HEADER_BYTES + length;
      count++;
    }
  }

  private int lengthAt(int place) {
    return pool[place] & 0xFF | (pool[place + 1] & 0xFF) << 8;
  }

  private boolean sameId(int a, int b) {
    return keys[a] == keys[b] && (!text || compareTexts(a, b) == 0);
  }

  private int compareTexts(int a, int b) {
    int placeA = places[a];
    int placeB = places[b];
    return Arrays.compareUnsigned(
        pool,
        placeA + Short.BYTES,
        placeA + Short.BYTES + lengthAt(placeA),
        pool,
        placeB + Short.BYTES,
        placeB + Short.BYTES + lengthAt(placeB));
  }

  /** Sorts the rows by ID and keeps one row of each (ID, date), the one that the policy prefers. */
  private void reduce() {
    for (int i = 0; i < count; i++) {
      order[i] = i;
    }
    long[] unsortedKeys = keys;
    int[] unsortedDates = dates;
    long[] unsortedPositions = positions;
    int[] unsortedPlaces = places;
    sort.sort(keys, order, count);
    int[] sorted = sort.payload;
    long[] newKeys = sort.keys;
    int[] newDates = new int[unsortedDates.length];
    long[] newPositions = new long[unsortedPositions.length];
    int[] newPlaces = text ? new int[unsortedPlaces.length] : unsortedPlaces;
    for (int i = 0; i < count; i++) {
      int from = sorted[i];
      newDates[i] = unsortedDates[from];
      newPositions[i] = unsortedPositions[from];
      if (text) {
        newPlaces[i] = unsortedPlaces[from];
      }
    }
    keys =
        newKeys.length >= unsortedKeys.length
            ? newKeys
            : Arrays.copyOf(newKeys, unsortedKeys.length);
    dates = newDates;
    positions = newPositions;
    places = newPlaces;
    order = sorted.length >= keys.length ? sorted : new int[keys.length];
    int kept = 0;
    for (int from = 0; from < count; ) {
      int to = from + 1;
      while (to < count && keys[to] == keys[from]) {
        to++;
      }
      if (to - from == 1) {
        move(from, kept++);
      } else {
        kept = reduceRun(from, to, kept);
      }
      from = to;
    }
    count = kept;
  }

  private void move(int from, int to) {
    keys[to] = keys[from];
    dates[to] = dates[from];
    positions[to] = positions[from];
    if (text) {
      places[to] = places[from];
    }
  }

  /**
   * Rows of one key: orders them by text (for the rare equal hashes), the base's entry before the
   * rows, date and position, and keeps that entry and one row of each (ID, date).
   */
  private int reduceRun(int from, int to, int kept) {
    Integer[] run = new Integer[to - from];
    for (int i = 0; i < run.length; i++) {
      run[i] = from + i;
    }
    Arrays.sort(
        run,
        (a, b) -> {
          int byText = text ? compareTexts(a, b) : 0;
          int byBase =
              byText != 0
                  ? byText
                  : Boolean.compare(
                      RowPosition.isBase(positions[b]), RowPosition.isBase(positions[a]));
          int byDate = byBase != 0 ? byBase : Integer.compare(dates[a], dates[b]);
          int byPosition = byDate != 0 ? byDate : Long.compare(positions[a], positions[b]);
          return policy == DuplicatePolicy.LAST && byDate == 0 ? -byPosition : byPosition;
        });
    int n = run.length;
    int[] runDates = new int[n];
    long[] runPositions = new long[n];
    int[] runPlaces = new int[n];
    int distinct = 0;
    for (int i = 0; i < n; i++) {
      int row = run[i];
      boolean repeats =
          i > 0
              && dates[row] == dates[run[i - 1]]
              && !RowPosition.isBase(positions[run[i - 1]])
              && (!text || compareTexts(row, run[i - 1]) == 0);
      if (repeats) {
        duplicateCount++;
        continue;
      }
      runDates[distinct] = dates[row];
      runPositions[distinct] = positions[row];
      runPlaces[distinct] = text ? places[row] : 0;
      distinct++;
    }
    long key = keys[from];
    for (int i = 0; i < distinct; i++) {
      keys[kept] = key;
      dates[kept] = runDates[i];
      positions[kept] = runPositions[i];
      if (text) {
        places[kept] = runPlaces[i];
      }
      kept++;
    }
    return kept;
  }

  private void compactPool() {
    byte[] compact = new byte[pool.length];
    int at = 0;
    for (int i = 0; i < count; i++) {
      int length = Short.BYTES + lengthAt(places[i]);
      System.arraycopy(pool, places[i], compact, at, length);
      places[i] = at;
      at += length;
    }
    pool = compact;
    poolBytes = at;
  }

  /** Chooses among the rows of one ID that have different dates. */
  private int settle(int from, int to) {
    conflictCount += to - from - 1;
    int first = from;
    int last = from;
    for (int i = from + 1; i < to; i++) {
      if (positions[i] < positions[first]) {
        first = i;
      }
      if (positions[i] > positions[last]) {
        last = i;
      }
    }
    if (policy == DuplicatePolicy.FAIL) {
      int second = -1;
      for (int i = from; i < to; i++) {
        if (i != first && (second < 0 || positions[i] < positions[second])) {
          second = i;
        }
      }
      recordConflict(first, second);
    }
    return policy == DuplicatePolicy.LAST ? last : first;
  }

  private void recordConflict(int first, int second) {
    if (positions[second] < firstConflictPosition) {
      firstConflictPosition = positions[second];
      firstConflictEarlierPosition = positions[first];
      firstConflictDate = dates[second];
      firstConflictEarlierDate = dates[first];
      firstConflictId =
          text
              ? new String(
                  pool,
                  places[first] + Short.BYTES,
                  lengthAt(places[first]),
                  StandardCharsets.UTF_8)
              : Long.toString(keys[first]);
    }
  }

  long duplicateCount() {
    return duplicateCount;
  }

  long conflictCount() {
    return conflictCount;
  }

  /** IDs whose chosen row says that they have no date. */
  long leftOutCount() {
    return leftOutCount;
  }

  /** What the rows change of the base. */
  BaseChanges changes() {
    return new BaseChanges(addedCount, removedCount, changedCount);
  }

  /**
   * The first conflict in the order of the input, for {@link DuplicatePolicy#FAIL}; null if there
   * was none.
   */
  @Nullable Conflict firstConflict() {
    return firstConflictId == null
        ? null
        : new Conflict(
            firstConflictId,
            firstConflictEarlierPosition,
            firstConflictEarlierDate,
            firstConflictPosition,
            firstConflictDate);
  }

  /** Two rows that give one ID two dates. */
  record Conflict(String id, long earlierPosition, int earlierDate, long position, int date) {}
}
