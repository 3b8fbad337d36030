package dev.almanac.build.choice;

import dev.almanac.build.BuildException;
import dev.almanac.build.DuplicatePolicy;
import dev.almanac.build.workspace.RadixSort;
import dev.almanac.build.workspace.Spool;
import dev.almanac.format.Footer;
import dev.almanac.format.Xxh64;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one partition in memory: read from the spool, sorted by ID, duplicates settled. For
 * one thread, used for one partition after the other.
 *
 * <p>Memory is bounded. Rows that do not fit are reduced to one for each ID and date; if these do
 * not fit either, the partition is read in parts, each of the IDs with some bits of a hash. A part
 * that is one ID has no more rows than there are dates, and those fit.
 *
 * <p>What counts as a duplicate or a conflict does not depend on the order of the rows: of the rows
 * of an ID with k rows and d distinct dates, k - d are duplicates and d - 1 are conflicts. An entry
 * of the build's base is not a row: against it, IDs are added, removed or changed.
 */
public final class RowPartition {
  /** A row here: key, date, position and order, twice each, and 16 bytes where a run is sorted. */
  private static final int HEAP_BYTES_PER_ROW = 64;

  /** Of a text row also where it lies, twice. */
  private static final int HEAP_BYTES_PER_TEXT_ROW = HEAP_BYTES_PER_ROW + 2 * Integer.BYTES;

  private static final int MIN_TEXT_ROW_BYTES = RowBlock.TEXT_ROW_HEADER_BYTES + 1;

  /**
   * Heap for a byte of the spool: of numeric rows, and of text rows, whose bytes are held twice.
   */
  private static final int HEAP_BYTES_PER_BYTE = HEAP_BYTES_PER_ROW / RowBlock.NUMERIC_ROW_BYTES;

  private static final int HEAP_BYTES_PER_TEXT_BYTE =
      HEAP_BYTES_PER_TEXT_ROW / MIN_TEXT_ROW_BYTES + 1 + 2;

  /** More than this would not fit an array. */
  private static final long MAX_BYTES = 1 << 30;

  /** A run of rows of one ID up to this long is compared each with each. */
  private static final int SHORT_RUN = 16;

  private final Spool spool;
  private final DuplicateChoice choice;
  private final long heapBytes;
  private final boolean givesNoDates;
  private final RadixSort sort = new RadixSort();
  private final ByteBuffer block = RowBlock.newBlock();

  /** Whether the rows of the partition at hand are text rows. */
  private boolean text;

  /** How many rows and bytes of IDs fit. */
  private int capacity;

  private int poolCapacity;

  /** The ID, or the hash of a text ID. */
  private long[] keys = {};

  private int[] dates = {};
  private long[] positions = {};

  /** Where a text ID lies in {@link #pool}; its length stands before it in two bytes. */
  private int[] places = {};

  private int[] order = {};
  private byte[] pool = {};
  private int poolBytes;
  private int count;

  // What the arrays of the same name become when they are put in order.
  private int[] otherDates = {};
  private long[] otherPositions = {};
  private int[] otherPlaces = {};
  private byte[] otherPool = {};

  private long duplicateCount;
  private long leftOutCount;

  /**
   * @param spool has the partitions of {@link RowBlock}
   * @param policy which row of an ID wins
   * @param heapBytes how much memory to use, see {@link #heapBytes}
   */
  public RowPartition(Spool spool, DuplicatePolicy policy, long heapBytes) {
    this(spool, policy, heapBytes, false);
  }

  /**
   * @param givesNoDates whether IDs for which "no date" is chosen are given too
   */
  public RowPartition(Spool spool, DuplicatePolicy policy, long heapBytes, boolean givesNoDates) {
    this.givesNoDates = givesNoDates;
    this.spool = spool;
    this.choice = new DuplicateChoice(policy, this::id);
    this.heapBytes = heapBytes;
  }

  /** Heap with which a partition is read in one part, whatever its rows are. */
  public static long heapBytes(Spool spool, int partition) {
    return spool.bytes(partition)
        * (isText(spool, partition) ? HEAP_BYTES_PER_TEXT_BYTE : HEAP_BYTES_PER_BYTE);
  }

  private static boolean isText(Spool spool, int partition) {
    return partition >= spool.partitionCount() / 2;
  }

  /** Takes each distinct ID of a partition in turn. */
  public interface IdConsumer {
    /**
     * {@code key} is the ID or the text's hash; the text, if it is one, is {@code length} bytes at
     * {@code from}.
     */
    void accept(long key, int date, byte[] bytes, int from, int length) throws IOException;
  }

  /**
   * Reads a partition and gives its IDs, each with the date number that the policy chooses. "No
   * date" is a date as far as the policy goes; an ID that it is chosen for is left out. Numbers
   * come in unsigned order, unless the partition is read in parts.
   */
  public void forEach(int partition, IdConsumer consumer) throws IOException {
    text = isText(spool, partition);
    reserve(partition);
    forEach(partition, new Part(0, 0), consumer);
  }

  /** The IDs whose hash has this value in its lowest bits. */
  private record Part(int bits, long value) {
    boolean has(long key) {
      return bits == 0 || (Xxh64.hash(key) ^ value) << Long.SIZE - bits == 0;
    }
  }

  private void forEach(int partition, Part part, IdConsumer consumer) throws IOException {
    if (load(partition, part)) {
      give(consumer);
    } else if (part.bits < Long.SIZE) {
      forEach(partition, new Part(part.bits + 1, part.value), consumer);
      forEach(partition, new Part(part.bits + 1, part.value | 1L << part.bits), consumer);
    } else {
      throw new BuildException(
          "the dates of one ID, or of text IDs that have one hash, must fit the heap: rows="
              + count
              + " heapBytes="
              + heapBytes);
    }
  }

  /** Makes room for a partition, or for as much of it as there is memory for. */
  private void reserve(int partition) {
    int perByte = text ? HEAP_BYTES_PER_TEXT_BYTE : HEAP_BYTES_PER_BYTE;
    long bytes = Math.min(spool.bytes(partition), Math.min(MAX_BYTES, heapBytes / perByte));
    // At most MAX_BYTES. A row that fits nothing else must fit here.
    capacity =
        Math.max(1 << 10, (int) (bytes / (text ? MIN_TEXT_ROW_BYTES : RowBlock.NUMERIC_ROW_BYTES)));
    if (keys.length < capacity) {
      keys = new long[capacity];
      dates = new int[capacity];
      positions = new long[capacity];
      order = new int[capacity];
      otherDates = new int[capacity];
      otherPositions = new long[capacity];
    }
    if (text) {
      poolCapacity = Math.max(1 << 16, (int) bytes);
      if (places.length < capacity) {
        places = new int[capacity];
        otherPlaces = new int[capacity];
      }
      if (pool.length < poolCapacity) {
        pool = new byte[poolCapacity];
        otherPool = new byte[0];
      }
    }
  }

  /** Reads a part; false if it does not fit. */
  private boolean load(int partition, Part part) throws IOException {
    count = 0;
    poolBytes = 0;
    long rowCount = 0;
    for (int b = 0; b < spool.blockCount(partition); b++) {
      spool.read(partition, b, block);
      long loaded = text ? addTexts(part) : addNumbers(part);
      if (loaded < 0) {
        return false;
      }
      rowCount += loaded;
    }
    reduce();
    duplicateCount += rowCount - count;
    return true;
  }

  /** Adds the rows of a block; returns how many, or -1 if they do not fit. */
  private int addNumbers(Part part) {
    long positionBase = block.getLong(0);
    long rows = block.getLong(Long.BYTES);
    int at = RowBlock.HEADER_BYTES;
    int added = 0;
    for (long i = 0; i < rows; i++) {
      long key = block.getLong(at);
      if (part.has(key)) {
        if (count == capacity && !makeRoom()) {
          return -1;
        }
        long packed = block.getLong(at + Long.BYTES);
        keys[count] = key;
        dates[count] = RowBlock.date(packed);
        positions[count] = positionBase + RowBlock.positionOffset(packed);
        count++;
        added++;
      }
      at += RowBlock.NUMERIC_ROW_BYTES;
    }
    return added;
  }

  private int addTexts(Part part) {
    long positionBase = block.getLong(0);
    long rows = block.getLong(Long.BYTES);
    int at = RowBlock.HEADER_BYTES;
    int added = 0;
    for (long i = 0; i < rows; i++) {
      int length = block.getShort(at + Long.BYTES);
      if ((count == capacity || poolBytes > poolCapacity - Short.BYTES - length) && !makeRoom()) {
        return -1;
      }
      block.get(at + Long.BYTES, pool, poolBytes, Short.BYTES + length);
      long key = Xxh64.hash(pool, poolBytes + Short.BYTES, length);
      if (part.has(key)) {
        long packed = block.getLong(at);
        keys[count] = key;
        dates[count] = RowBlock.date(packed);
        positions[count] = positionBase + RowBlock.positionOffset(packed);
        places[count] = poolBytes;
        poolBytes += Short.BYTES + length;
        count++;
        added++;
      }
      at += RowBlock.TEXT_ROW_HEADER_BYTES + length;
    }
    return added;
  }

  /** Settles the duplicates so far; false if that freed less than a sixteenth. */
  private boolean makeRoom() {
    reduce();
    if (text) {
      compactPool();
    }
    return count <= capacity - capacity / 16
        && (!text
            || poolBytes <= poolCapacity - poolCapacity / 16 - Short.BYTES - Footer.MAX_ID_BYTES);
  }

  private int lengthAt(int place) {
    return pool[place] & 0xFF | (pool[place + 1] & 0xFF) << 8;
  }

  private boolean sameId(int a, int b) {
    return keys[a] == keys[b] && (!text || sameText(a, b));
  }

  private boolean sameText(int a, int b) {
    return places[a] == places[b] || compareTexts(places[a], places[b]) == 0;
  }

  private int compareTexts(int placeA, int placeB) {
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
    sortByKey();
    int kept = 0;
    for (int from = 0; from < count; ) {
      int to = from + 1;
      while (to < count && keys[to] == keys[from]) {
        to++;
      }
      if (to - from == 1) {
        move(from, kept++);
      } else {
        kept = reduceKey(from, to, kept);
      }
      from = to;
    }
    count = kept;
  }

  private void sortByKey() {
    for (int i = 0; i < count; i++) {
      order[i] = i;
    }
    sort.sort(keys, order, count);
    int[] sorted = sort.payload;
    for (int i = 0; i < count; i++) {
      int from = sorted[i];
      otherDates[i] = dates[from];
      otherPositions[i] = positions[from];
      if (text) {
        otherPlaces[i] = places[from];
      }
    }
    int[] unsortedDates = dates;
    dates = otherDates;
    otherDates = unsortedDates;
    long[] unsortedPositions = positions;
    positions = otherPositions;
    otherPositions = unsortedPositions;
    int[] unsortedPlaces = places;
    places = otherPlaces;
    otherPlaces = unsortedPlaces;
    keys = sort.keys.length >= capacity ? sort.keys : Arrays.copyOf(sort.keys, capacity);
    order = sorted.length >= capacity ? sorted : new int[capacity];
  }

  private void move(int from, int to) {
    keys[to] = keys[from];
    dates[to] = dates[from];
    positions[to] = positions[from];
    if (text) {
      places[to] = places[from];
    }
  }

  /** Rows of one key: of one ID, but for texts that have one hash. */
  private int reduceKey(int from, int to, int kept) {
    if (!text) {
      return reduceId(from, to, kept);
    }
    int end = from + 1;
    while (end < to && sameText(from, end)) {
      // Its text is held once, so that what remains of an ID takes no more than its dates.
      places[end] = places[from];
      end++;
    }
    if (end < to) {
      sortByText(from, to);
    }
    int keptNow = kept;
    for (int start = from; start < to; start = end) {
      end = start + 1;
      while (end < to && sameText(start, end)) {
        places[end] = places[start];
        end++;
      }
      keptNow = reduceId(start, end, keptNow);
    }
    return keptNow;
  }

  /** For the rare texts that have one hash. */
  private void sortByText(int from, int to) {
    int[] sorted =
        IntStream.range(from, to)
            .boxed()
            .sorted(Comparator.comparing(row -> places[row], this::compareTexts))
            .mapToInt(Integer::intValue)
            .toArray();
    for (int i = 0; i < sorted.length; i++) {
      otherDates[i] = dates[sorted[i]];
      otherPositions[i] = positions[sorted[i]];
      otherPlaces[i] = places[sorted[i]];
    }
    System.arraycopy(otherDates, 0, dates, from, sorted.length);
    System.arraycopy(otherPositions, 0, positions, from, sorted.length);
    System.arraycopy(otherPlaces, 0, places, from, sorted.length);
  }

  /**
   * The entry of the base and the rows of one ID: keeps the entry, in front, and one row of each
   * date. What is kept never overtakes what is read.
   */
  private int reduceId(int from, int to, int kept) {
    int base = from;
    while (base < to && !RowPosition.isBase(positions[base])) {
      base++;
    }
    if (base == to) {
      return reduceRows(from, to, kept);
    }
    long position = positions[base];
    int date = dates[base];
    positions[base] = positions[from];
    dates[base] = dates[from];
    positions[from] = position;
    dates[from] = date;
    move(from, kept);
    return reduceRows(from + 1, to, kept + 1);
  }

  private int reduceRows(int from, int to, int kept) {
    if (to - from > SHORT_RUN) {
      return reduceLongRun(from, to, kept);
    }
    int end = kept;
    for (int row = from; row < to; row++) {
      int same = kept;
      while (same < end && dates[same] != dates[row]) {
        same++;
      }
      if (same == end) {
        move(row, end++);
      } else if (choice.prefers(positions[row], positions[same])) {
        positions[same] = positions[row];
      }
    }
    return end;
  }

  private int reduceLongRun(int from, int to, int kept) {
    int n = to - from;
    long key = keys[from];
    int place = text ? places[from] : 0;
    long[] byDate = new long[n];
    long[] runPositions = Arrays.copyOfRange(positions, from, to);
    for (int i = 0; i < n; i++) {
      byDate[i] = (long) dates[from + i] << Integer.SIZE | i;
    }
    Arrays.sort(byDate);
    int end = kept;
    for (int i = 0; i < n; i++) {
      int date = (int) (byDate[i] >>> Integer.SIZE);
      // The lower half is an index, which is not negative.
      long position = runPositions[(int) byDate[i]];
      if (end > kept && dates[end - 1] == date) {
        if (choice.prefers(position, positions[end - 1])) {
          positions[end - 1] = position;
        }
      } else {
        keys[end] = key;
        dates[end] = date;
        positions[end] = position;
        if (text) {
          places[end] = place;
        }
        end++;
      }
    }
    return end;
  }

  /** Keeps the text of each ID once. The rows are in order, so those of an ID are neighbours. */
  private void compactPool() {
    if (otherPool.length < pool.length) {
      otherPool = new byte[pool.length];
    }
    int at = 0;
    for (int from = 0; from < count; ) {
      int place = places[from];
      int length = Short.BYTES + lengthAt(place);
      System.arraycopy(pool, place, otherPool, at, length);
      int to = from;
      while (to < count && places[to] == place) {
        places[to++] = at;
      }
      at += length;
      from = to;
    }
    byte[] compact = otherPool;
    otherPool = pool;
    pool = compact;
    poolBytes = at;
  }

  private void give(IdConsumer consumer) throws IOException {
    for (int from = 0; from < count; ) {
      int to = from + 1;
      while (to < count && sameId(from, to)) {
        to++;
      }
      int winner = choice.winner(positions, dates, from, to);
      boolean noDate = dates[winner] == DateCollector.NO_DATE;
      leftOutCount += noDate ? 1 : 0;
      if (!noDate || givesNoDates) {
        give(winner, consumer);
      }
      from = to;
    }
  }

  private void give(int row, IdConsumer consumer) throws IOException {
    if (text) {
      int place = places[row];
      consumer.accept(keys[row], dates[row], pool, place + Short.BYTES, lengthAt(place));
    } else {
      consumer.accept(keys[row], dates[row], pool, 0, 0);
    }
  }

  private String id(int row) {
    return text
        ? new String(pool, places[row] + Short.BYTES, lengthAt(places[row]), StandardCharsets.UTF_8)
        : Long.toString(keys[row]);
  }

  public ChoiceCounts choices() {
    return new ChoiceCounts(duplicateCount, choice.conflictCount(), leftOutCount, choice.changes());
  }

  /** See {@link DuplicateChoice#firstConflict}. */
  public DuplicateChoice.@Nullable Conflict firstConflict() {
    return choice.firstConflict();
  }
}
