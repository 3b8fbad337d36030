package dev.almanac.build.choice;

import dev.almanac.build.DuplicatePolicy;
import dev.almanac.build.workspace.RadixSort;
import dev.almanac.format.Footer;
import dev.almanac.format.Xxh64;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Rows in memory, all numeric or all text rows: sorts them by ID, keeps one of each ID and date,
 * and has {@link DuplicateChoice} choose among those of an ID. For one thread, filled again and
 * again.
 */
final class RowTable {
  /** A row here: key, date, position and order, twice each, and 16 bytes where a run is sorted. */
  static final int HEAP_BYTES_PER_ROW = 64;

  /** Of a text row also where it lies, twice. */
  static final int HEAP_BYTES_PER_TEXT_ROW = HEAP_BYTES_PER_ROW + 2 * Integer.BYTES;

  /** A run of rows of one ID up to this long is compared each with each. */
  private static final int SHORT_RUN = 16;

  private final DuplicateChoice choice;
  private final RadixSort sort = new RadixSort();

  /** Whether the rows are text rows. */
  private boolean text;

  /** How many rows and bytes of IDs fit. */
  private int capacity;

  private int poolCapacity;

  /** The ID, or the hash of a text ID. */
  private long[] keys = {};

  private Columns rows = new Columns();

  /** What {@link #rows} become when they are put in order. */
  private Columns ordered = new Columns();

  private int[] order = {};

  /** Text IDs, the length before each in two bytes. */
  private byte[] pool = {};

  private byte[] otherPool = {};
  private int poolBytes;
  private int count;

  /** What a row has beside its key. */
  private static final class Columns {
    int[] dates = {};
    long[] positions = {};

    /** Where a text ID lies in the pool. Not used for numeric rows. */
    int[] places = {};

    void reserve(int capacity, boolean text) {
      if (dates.length < capacity) {
        dates = new int[capacity];
        positions = new long[capacity];
      }
      if (text && places.length < capacity) {
        places = new int[capacity];
      }
    }

    void copy(Columns from, int row, int to, boolean text) {
      dates[to] = from.dates[row];
      positions[to] = from.positions[row];
      if (text) {
        places[to] = from.places[row];
      }
    }
  }

  RowTable(DuplicatePolicy policy) {
    this.choice = new DuplicateChoice(policy, this::id);
  }

  /** Empties the table and makes room; {@code textBytes} are those of text IDs and lengths. */
  void clear(boolean textRows, int rowCapacity, int textBytes) {
    text = textRows;
    capacity = rowCapacity;
    poolCapacity = textBytes;
    count = 0;
    poolBytes = 0;
    if (keys.length < capacity) {
      keys = new long[capacity];
      order = new int[capacity];
    }
    rows.reserve(capacity, text);
    ordered.reserve(capacity, text);
    if (pool.length < poolCapacity) {
      pool = new byte[poolCapacity];
      otherPool = new byte[0];
    }
  }

  int count() {
    return count;
  }

  /** Whether a row fits, once duplicates are settled if need be; 0 bytes for a numeric row. */
  boolean hasRoom(int textBytes) {
    return count < capacity && poolBytes <= poolCapacity - textBytes || makeRoom();
  }

  /** Adds a row whose ID is a number. There must be room. */
  void add(long id, int date, long position) {
    keys[count] = id;
    rows.dates[count] = date;
    rows.positions[count] = position;
    count++;
  }

  /**
   * Copies a text ID with its length from a block, for the row that is added next. There must be
   * room.
   *
   * @return its hash
   */
  long copyText(ByteBuffer block, int at, int textBytes) {
    block.get(at, pool, poolBytes, textBytes);
    return Xxh64.hash(pool, poolBytes + Short.BYTES, textBytes - Short.BYTES);
  }

  /** Adds a row whose ID was copied last. */
  void addText(long hash, int date, long position, int textBytes) {
    rows.places[count] = poolBytes;
    poolBytes += textBytes;
    add(hash, date, position);
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

  /** Sorts the rows by ID and keeps one row of each (ID, date), the one that the policy prefers. */
  void reduce() {
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
      ordered.copy(rows, sorted[i], i, text);
    }
    Columns unsorted = rows;
    rows = ordered;
    ordered = unsorted;
    keys = sort.keys.length >= capacity ? sort.keys : Arrays.copyOf(sort.keys, capacity);
    order = sorted.length >= capacity ? sorted : new int[capacity];
  }

  private void move(int from, int to) {
    keys[to] = keys[from];
    rows.copy(rows, from, to, text);
  }

  /** Rows of one key: of one ID, but for texts that have one hash. */
  private int reduceKey(int from, int to, int kept) {
    if (!text) {
      return reduceId(from, to, kept);
    }
    if (endOfText(from, to) < to) {
      // The rare texts that have one hash.
      reorder(
          from,
          IntStream.range(from, to)
              .boxed()
              .sorted(Comparator.comparing(row -> rows.places[row], this::compareTexts))
              .mapToInt(Integer::intValue)
              .toArray());
    }
    int keptNow = kept;
    for (int start = from; start < to; ) {
      int end = endOfText(start, to);
      // Its text is held once, so that what remains of an ID takes no more than its dates.
      Arrays.fill(rows.places, start, end, rows.places[start]);
      keptNow = reduceId(start, end, keptNow);
      start = end;
    }
    return keptNow;
  }

  private int endOfText(int from, int to) {
    int end = from + 1;
    while (end < to && sameText(from, end)) {
      end++;
    }
    return end;
  }

  /** Puts some rows of one key in order, from {@code from} on. */
  private void reorder(int from, int[] wanted) {
    for (int i = 0; i < wanted.length; i++) {
      ordered.copy(rows, wanted[i], i, text);
    }
    for (int i = 0; i < wanted.length; i++) {
      rows.copy(ordered, i, from + i, text);
    }
  }

  /**
   * The entry of the base and the rows of one ID: keeps the entry, in front, and one row of each
   * date. What is kept never overtakes what is read.
   */
  private int reduceId(int from, int to, int kept) {
    int base = from;
    while (base < to && !RowPosition.isBase(rows.positions[base])) {
      base++;
    }
    if (base == to) {
      return reduceRows(from, to, kept);
    }
    ordered.copy(rows, base, 0, text);
    rows.copy(rows, from, base, text);
    rows.copy(ordered, 0, from, text);
    move(from, kept);
    return reduceRows(from + 1, to, kept + 1);
  }

  private int reduceRows(int from, int to, int kept) {
    boolean sorted = to - from > SHORT_RUN;
    if (sorted) {
      sortByDate(from, to);
    }
    int end = kept;
    for (int row = from; row < to; row++) {
      // Where dates are in order, one that was kept before is the last.
      int same = sorted && end > kept ? end - 1 : kept;
      while (same < end && rows.dates[same] != rows.dates[row]) {
        same++;
      }
      if (same == end) {
        move(row, end++);
      } else if (choice.prefers(rows.positions[row], rows.positions[same])) {
        rows.positions[same] = rows.positions[row];
      }
    }
    return end;
  }

  private void sortByDate(int from, int to) {
    long[] byDate = new long[to - from];
    for (int i = 0; i < byDate.length; i++) {
      byDate[i] = (long) rows.dates[from + i] << Integer.SIZE | i;
    }
    Arrays.sort(byDate);
    // The lower half is an index, which is not negative.
    reorder(from, Arrays.stream(byDate).mapToInt(each -> from + (int) each).toArray());
  }

  /** Keeps the text of each ID once. The rows are in order, so those of an ID are neighbours. */
  private void compactPool() {
    if (otherPool.length < pool.length) {
      otherPool = new byte[pool.length];
    }
    int at = 0;
    for (int from = 0; from < count; ) {
      int place = rows.places[from];
      int length = Short.BYTES + lengthAt(place);
      System.arraycopy(pool, place, otherPool, at, length);
      int to = from;
      while (to < count && rows.places[to] == place) {
        rows.places[to++] = at;
      }
      at += length;
      from = to;
    }
    byte[] compact = otherPool;
    otherPool = pool;
    pool = compact;
    poolBytes = at;
  }

  private int lengthAt(int place) {
    return pool[place] & 0xFF | (pool[place + 1] & 0xFF) << 8;
  }

  private boolean sameText(int a, int b) {
    return rows.places[a] == rows.places[b] || compareTexts(rows.places[a], rows.places[b]) == 0;
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

  /**
   * Gives each ID of the reduced rows with the date that is chosen.
   *
   * @param givesNoDates whether IDs for which "no date" is chosen are given too
   * @return for how many IDs "no date" was chosen
   */
  int forEachId(boolean givesNoDates, IdConsumer consumer) throws IOException {
    int noDateCount = 0;
    for (int from = 0; from < count; ) {
      int to = from + 1;
      while (to < count && keys[from] == keys[to] && (!text || sameText(from, to))) {
        to++;
      }
      int winner = choice.winner(rows.positions, rows.dates, from, to);
      boolean noDate = rows.dates[winner] == DateCollector.NO_DATE;
      noDateCount += noDate ? 1 : 0;
      if (!noDate || givesNoDates) {
        int place = text ? rows.places[winner] : 0;
        consumer.accept(
            keys[winner],
            rows.dates[winner],
            pool,
            text ? place + Short.BYTES : 0,
            text ? lengthAt(place) : 0);
      }
      from = to;
    }
    return noDateCount;
  }

  private String id(int row) {
    if (!text) {
      return Long.toString(keys[row]);
    }
    int place = rows.places[row];
    return new String(pool, place + Short.BYTES, lengthAt(place), StandardCharsets.UTF_8);
  }

  /** Chose among the rows of all IDs that were given. */
  DuplicateChoice choice() {
    return choice;
  }
}
