package dev.almanac.build.choice;

import dev.almanac.build.BuildException;
import dev.almanac.build.DateFormat;
import dev.almanac.build.workspace.MemoryBudget;
import dev.almanac.build.workspace.RadixSort;
import dev.almanac.format.DictionarySection;
import dev.almanac.format.Utf8;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The distinct dates of the rows, numbered in the order of arrival. Rows are many and dates few. So
 * a thread looks the bytes of a date up in its own table, and parses them only if no thread has
 * seen them before.
 */
public final class DateCollector {
  /** The result of {@link DateCache#number} for a text that is not a date. */
  static final int BAD_DATE = -1;

  /** Its result for bytes that are not valid UTF-8. */
  static final int BAD_UTF8 = -2;

  /** Its result for a text that means "no date"; above the number of every date. */
  public static final int NO_DATE = DictionarySection.MAX_DATE_COUNT - 1;

  /**
   * Upper bounds of the heap that a distinct date takes until it is in the file: a fixed part, and
   * a multiple of its text. A build with more dates than fit is rejected instead of running out of
   * memory.
   */
  private static final long HEAP_BYTES_PER_DATE = 128;

  private static final long HEAP_BYTES_PER_TEXT_BYTE = 5;

  /**
   * The longest dictionary. What follows the data store in a file must take less than 2 GiB; 256
   * MiB are left for the shape of the IDs and the checksums of a file of 2 TiB.
   */
  static final int MAX_SECTION_BYTES = Integer.MAX_VALUE - (256 << 20);

  /** The code of a date that is not in the dictionary. */
  private static final int NO_CODE = -1;

  private final DateRules rules;

  /** Whether ISO is the format that is tried first: then the text of a day is its own. */
  private final boolean isoFirst;

  /** See {@link #timestampsByDay()}. */
  private final boolean timestampsByDay;

  /** The texts that mean "no date", as bytes. */
  private final byte[][] nullTexts;

  /** The dictionary's texts: of a day, or as the rows have them. */
  private final DistinctTexts texts = new DistinctTexts();

  private long[] epochDays = new long[1024];
  private final MemoryBudget memory;
  private final int maxSectionBytes;

  public DateCollector(DateRules rules, MemoryBudget memory) {
    this(rules, memory, MAX_SECTION_BYTES);
  }

  /** With another limit of the dictionary, for tests. */
  DateCollector(DateRules rules, MemoryBudget memory, int maxSectionBytes) {
    this.rules = rules;
    this.memory = memory;
    this.maxSectionBytes = maxSectionBytes;
    this.isoFirst = rules.formats().get(0) == DateFormat.iso();
    this.timestampsByDay = isoFirst && rules.formats().size() == 1 && !rules.keepText();
    Set<String> none = rules.nullTexts() == null ? Set.of() : rules.nullTexts();
    this.nullTexts =
        none.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
  }

  DateRules rules() {
    return rules;
  }

  /** Whether a timestamp is looked up by its day: ISO is the only format. */
  boolean timestampsByDay() {
    return timestampsByDay;
  }

  /** The number of the date that these bytes write, or one of the three other answers. */
  int number(byte[] bytes, int from, int to) throws BuildException {
    if (isNull(bytes, from, to)) {
      return NO_DATE;
    }
    if (rules.keepText() || isoFirst) {
      // What stands in the dictionary under these bytes is what they write.
      long hash = DistinctTexts.hash(bytes, from, to);
      synchronized (this) {
        int known = texts.find(hash, bytes, from, to);
        if (known >= 0) {
          return known;
        }
      }
    }
    if (to - from > DictionarySection.MAX_TEXT_BYTES) {
      return BAD_DATE;
    }
    if (!Utf8.isValid(bytes, from, to)) {
      return BAD_UTF8;
    }
    LocalDate day = parse(new String(bytes, from, to - from, StandardCharsets.UTF_8));
    if (day == null) {
      return BAD_DATE;
    }
    if (rules.keepText()) {
      return number(day, bytes, from, to);
    }
    byte[] text = day.toString().getBytes(StandardCharsets.US_ASCII);
    return number(day, text, 0, text.length);
  }

  /** The number of a day with its text; a new number if no thread has seen it before. */
  private synchronized int number(LocalDate day, byte[] bytes, int from, int to)
      throws BuildException {
    long hash = DistinctTexts.hash(bytes, from, to);
    int known = texts.find(hash, bytes, from, to);
    return known >= 0 ? known : add(day.toEpochDay(), hash, bytes, from, to);
  }

  private @Nullable LocalDate parse(String text) {
    for (DateFormat format : rules.formats()) {
      try {
        return format.parse(text);
      } catch (DateTimeException e) {
        // The next may read it.
      }
    }
    return null;
  }

  /** Whether the bytes are a text that means "no date". */
  boolean isNull(byte[] bytes, int from, int to) {
    for (byte[] text : nullTexts) {
      if (Arrays.equals(text, 0, text.length, bytes, from, to)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The number of a date of a dictionary. Where texts are kept, what its text means must not depend
   * on who reads it.
   */
  public int number(LocalDate day, String kept) throws BuildException {
    if (rules.keepText() && !day.equals(parse(kept))) {
      throw new BuildException(
          String.format(
              "an almanac's dates must be written in the format of the rows where their text is"
                  + " kept: date=%s day=%s formats=%s",
              kept, day, rules.formats()));
    }
    byte[] text = (rules.keepText() ? kept : day.toString()).getBytes(StandardCharsets.UTF_8);
    return number(day, text, 0, text.length);
  }

  private int add(long epochDay, long hash, byte[] bytes, int from, int to) throws BuildException {
    int number = texts.count();
    long textBytes = texts.byteCount() + (long) (to - from);
    if (number == NO_DATE
        || DictionarySection.textsOffset(number + 1) + textBytes > maxSectionBytes) {
      throw new BuildException(
          String.format(
              "distinct dates must fit a dictionary of 1.75 GiB, or 2^28: dateCount=%s"
                  + " textBytes=%s",
              number, textBytes));
    }
    if ((number + 1L) * HEAP_BYTES_PER_DATE + textBytes * HEAP_BYTES_PER_TEXT_BYTE
        > memory.dateBytes()) {
      throw new BuildException(
          String.format(
              "distinct dates must fit the heap: dateCount=%s heapBytes=%s",
              number, memory.heapBytes()));
    }
    if (number == epochDays.length) {
      epochDays = Arrays.copyOf(epochDays, 2 * number);
    }
    epochDays[number] = epochDay;
    texts.add(hash, bytes, from, to);
    return number;
  }

  /** The dates in the order of the dictionary, and from each number to its code. */
  public synchronized Sorted sort() {
    BitSet all = new BitSet();
    all.set(0, texts.count());
    return sort(all);
  }

  /** As {@link #sort()}, of some dates alone: the others have no code. */
  public synchronized Sorted sort(BitSet wanted) {
    int count = wanted.cardinality();
    long[] days = new long[count];
    int[] numbers = wanted.stream().toArray();
    for (int i = 0; i < count; i++) {
      // Unsigned numbers in the order of the signed ones.
      days[i] = epochDays[numbers[i]] ^ Long.MIN_VALUE;
    }
    RadixSort sort = new RadixSort();
    sort.sort(days, numbers, count);
    long[] sortedDays = new long[count];
    int[] sortedNumbers = sort.payload;
    int[] codes = new int[texts.count()];
    Arrays.fill(codes, NO_CODE);
    for (int from = 0, to = 0; from < count; from = to) {
      while (to < count && sort.keys[to] == sort.keys[from]) {
        to++;
      }
      sortByText(sortedNumbers, from, to);
      for (int code = from; code < to; code++) {
        sortedDays[code] = sort.keys[code] ^ Long.MIN_VALUE;
        codes[sortedNumbers[code]] = code;
      }
    }
    return new Sorted(sortedDays, new SortedTexts(texts, sortedNumbers, count), codes);
  }

  /** Several texts can write one date. */
  private void sortByText(int[] numbers, int from, int to) {
    if (to - from > 1) {
      int[] sorted =
          Arrays.stream(numbers, from, to)
              .boxed()
              .sorted(texts::compare)
              .mapToInt(Integer::intValue)
              .toArray();
      System.arraycopy(sorted, 0, numbers, from, sorted.length);
    }
  }

  /** A view, so that not all texts are objects at the same time. */
  private static final class SortedTexts extends AbstractList<String> {
    private final DistinctTexts texts;
    private final int[] numbers;
    private final int count;

    SortedTexts(DistinctTexts texts, int[] numbers, int count) {
      this.texts = texts;
      this.numbers = numbers;
      this.count = count;
    }

    @Override
    public String get(int code) {
      return texts.text(numbers[code]);
    }

    @Override
    public int size() {
      return count;
    }
  }

  /** The sorted dates, and the code of each number, or {@link #NO_CODE}. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  public record Sorted(long[] epochDays, List<String> texts, int[] codeOfNumber) {
    /** The text of a number, for a message. */
    public String textOf(int number) {
      return number == NO_DATE ? "none" : texts.get(codeOfNumber[number]);
    }
  }
}
