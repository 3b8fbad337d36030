package dev.almanac.build.write;

import dev.almanac.Almanac;
import dev.almanac.AlmanacInfo;
import dev.almanac.DateDictionary;
import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.build.BaseChanges;
import dev.almanac.build.DuplicatePolicy;
import dev.almanac.build.base.Base;
import dev.almanac.build.base.ChangedPages;
import dev.almanac.build.base.MergedKeys;
import dev.almanac.build.choice.ChoiceCounts;
import dev.almanac.build.choice.DateCollector;
import dev.almanac.build.choice.RowPartition;
import dev.almanac.build.choice.SpooledRows;
import dev.almanac.build.pages.BlockSample;
import dev.almanac.build.pages.EntrySpooler;
import dev.almanac.build.pages.PagePlan;
import dev.almanac.build.pages.Shape;
import dev.almanac.build.workspace.Parallel;
import dev.almanac.build.workspace.Spool;
import dev.almanac.build.workspace.Workspace;
import dev.almanac.format.Directory;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Looks up what a few rows change of a base, so that the new file is written from the base's pages:
 * nothing of them is spooled. Comes to what {@link EntryStage} does with the entries and the rows
 * together; where it cannot be sure, {@link #make} gives null, and the caller uses that stage.
 */
final class BaseMerge {
  /** More rows than this are not few: each takes 40 bytes of the heap. */
  private static final int MAX_ROWS = 1 << 20;

  /** With more than this part of the base's IDs, spooling all is about as quick. */
  private static final int MIN_IDS_PER_ROW = 4;

  /** Pages of a base of which the keys are looked at, some thousand keys. */
  private static final int SAMPLED_PAGES = 8;

  private final BuildOptions options;
  private final Workspace workspace;
  private final Parallel threads;
  private final Base file;
  private final Almanac base;
  private final DateCollector dates;
  private final DateDictionary baseDates;

  /** By the code of the base. */
  private final int[] numberOfBaseCode;

  // The IDs that the rows give a date, or take it from.
  private long[] ids = new long[1 << 10];
  private int[] numbers = new int[1 << 10];
  private int count;

  private long duplicateCount;
  private long conflictCount;
  private long leftOutCount;
  private long addedCount;
  private long removedCount;
  private long changedCount;

  /** By the code of the base: IDs that had it and do not have it any more. */
  private final int[] lostCounts;

  private final BitSet newNumbers = new BitSet();
  private final EntrySpooler.Totals totals = new EntrySpooler.Totals();

  BaseMerge(
      BuildOptions options, Workspace workspace, Parallel threads, Base file, DateCollector dates)
      throws IOException {
    this.options = options;
    this.threads = threads;
    this.workspace = workspace;
    this.file = file;
    this.base = file.almanac();
    this.dates = dates;
    this.baseDates = base.dictionary();
    this.numberOfBaseCode = new int[baseDates.size()];
    this.lostCounts = new int[baseDates.size()];
    for (int code = 0; code < numberOfBaseCode.length; code++) {
      numberOfBaseCode[code] = dates.number(baseDates.date(code), baseDates.text(code));
    }
  }

  /** Whether the merge may be tried. */
  static boolean mayMerge(BuildOptions options, Almanac base, SpooledRows rows) {
    return base.idKind() == IdKind.LONG
        && base.size() > 0
        && options.idKind() != IdKind.TEXT
        && options.layout() != Layout.ENTRIES
        && options.layout() != Layout.BLOCKS
        && rows.textRowCount() == 0
        && rows.rowCount() <= Math.min(MAX_ROWS, base.size() / MIN_IDS_PER_ROW);
  }

  /** The keys of the new file, or null where the base must be spooled. */
  @Nullable Entries make(SpooledRows rows) throws IOException {
    settle(rows);
    AlmanacInfo info = base.info();
    totals.lowestId = Objects.requireNonNull(info.lowestId());
    totals.highestId = Objects.requireNonNull(info.highestId());
    if (!compare()) {
      return null;
    }
    totals.idCount = base.size() + addedCount - removedCount;
    DateCollector.Sorted dictionary = dates.sort(usedNumbers());
    int dateCount = dictionary.epochDays().length;
    PagePlan plan =
        PagePlan.of(options.layout(), totals.idCount, totals.lowestId, totals.highestId, dateCount);
    if (plan == null) {
      return null;
    }
    int[] newCodes = new int[numberOfBaseCode.length];
    for (int code = 0; code < newCodes.length; code++) {
      newCodes[code] = dictionary.codeOfNumber()[numberOfBaseCode[code]];
    }
    int[] codes = new int[count];
    for (int i = 0; i < count; i++) {
      codes[i] =
          numbers[i] == DateCollector.NO_DATE
              ? MergedKeys.REMOVED
              : dictionary.codeOfNumber()[numbers[i]];
    }
    MergedKeys merged = MergedKeys.of(base, plan, newCodes, ids, codes, count);
    if (merged == null || yieldsToBlocks(plan, merged, dateCount)) {
      return null;
    }
    Spool none = new Spool(workspace.spoolFile("merged"), 1);
    Entries entries =
        new Entries(
            none, new Shape(IdKind.LONG, dateCount, null), totals, dictionary, plan, merged);
    if (keepsDictionary(newCodes, dictionary)) {
      entries.changedPages = ChangedPages.of(file, plan, ids, codes, count);
    }
    return entries;
  }

  /** Whether each code of the base means the same date, with the same text. */
  private boolean keepsDictionary(int[] newCodes, DateCollector.Sorted dictionary) {
    for (int code = 0; code < newCodes.length; code++) {
      if (newCodes[code] != code || !dictionary.texts().get(code).equals(baseDates.text(code))) {
        return false;
      }
    }
    return true;
  }

  /** Whether a build of the same IDs would choose blocks instead of these pages. */
  private boolean yieldsToBlocks(PagePlan plan, MergedKeys merged, int dateCount)
      throws IOException {
    if (options.layout() != Layout.AUTO
        || !plan.mayYieldToBlocks(totals.idCount)
        || isFarFromBlocks(plan)) {
      return false;
    }
    PagePlan blocks =
        PagePlan.blocks(
            totals.idCount,
            totals.lowestId,
            totals.highestId,
            dateCount,
            BlockSample.of(threads, merged).blockCounts(totals.idCount));
    PagePlan chosen = PagePlan.choose(options.layout(), plan, blocks);
    return chosen != null && chosen.directory() != null;
  }

  /**
   * Whether it is plain from a few pages that blocks take far more: then not all keys are sampled.
   * Blocks of any size have at least the codes of the smallest ones. Half of the estimate allows
   * for chance.
   */
  private boolean isFarFromBlocks(PagePlan plan) {
    if (plan.pages().layout() != Layout.HASHED) {
      return false;
    }
    long smallestBlocks = Math.max(0, smallestBlocks(base) - count);
    return !plan.mayYieldToBlocks((smallestBlocks << Directory.MIN_BLOCK_BITS) / 2);
  }

  /**
   * About how many smallest blocks of a {@link Directory} have an ID of a file of hashed pages; 0
   * if it has few pages. The keys of a page are as good as drawn by chance. A block with {@code n}
   * IDs is met {@code n} times as often, so each key counts as one part in {@code n} of a block.
   */
  static long smallestBlocks(Almanac base) {
    int pageCount = Math.toIntExact(base.info().entryCount());
    if (pageCount < SAMPLED_PAGES) {
      return 0;
    }
    long[] block = new long[1 << Directory.MIN_BLOCK_BITS];
    int[] codes = new int[block.length];
    double[] blocksAndKeys = new double[2];
    for (int i = 0; i < SAMPLED_PAGES; i++) {
      base.entries()
          .part((int) ((long) i * pageCount / SAMPLED_PAGES), pageCount)
          .forEach(
              (id, code) -> {
                for (int j = 0; j < block.length; j++) {
                  block[j] = (id & -block.length) + j;
                }
                base.codes(block, codes);
                blocksAndKeys[0] += 1.0 / Arrays.stream(codes).filter(c -> c >= 0).count();
                blocksAndKeys[1]++;
              });
    }
    return (long) (base.size() * blocksAndKeys[0] / Math.max(1, blocksAndKeys[1]));
  }

  /** Chooses one row of each ID. */
  private void settle(SpooledRows rows) throws IOException {
    int partitionCount = rows.spool().partitionCount();
    long heapBytes = 0;
    for (int i = 0; i < partitionCount; i++) {
      heapBytes = Math.max(heapBytes, RowPartition.heapBytes(rows.spool(), i));
    }
    RowPartition partition =
        new RowPartition(rows.spool(), options.duplicatePolicy(), heapBytes, true);
    for (int i = 0; i < partitionCount; i++) {
      // A text row without a date is of no ID of the base.
      boolean numeric = i < partitionCount / 2;
      partition.forEach(
          i,
          (id, number, bytes, from, length) -> {
            if (numeric) {
              add(id, number);
            } else {
              leftOutCount++;
            }
          });
    }
    duplicateCount = partition.choices().duplicateCount();
    conflictCount = partition.choices().conflictCount();
  }

  private void add(long id, int number) {
    if (count == ids.length) {
      ids = Arrays.copyOf(ids, 2 * count);
      numbers = Arrays.copyOf(numbers, 2 * count);
    }
    ids[count] = id;
    numbers[count] = number;
    count++;
  }

  /**
   * Compares the chosen rows with the base, and keeps those that change something. False where a
   * row is refused, or the lowest or highest ID goes: the next one is not known.
   */
  private boolean compare() {
    boolean fails = options.duplicatePolicy() == DuplicatePolicy.FAIL;
    if (fails && conflictCount > 0) {
      return false;
    }
    int[] baseCodes = new int[count];
    base.codes(ids, 0, baseCodes, 0, count);
    int kept = 0;
    for (int i = 0; i < count; i++) {
      int code = baseCodes[i];
      boolean none = numbers[i] == DateCollector.NO_DATE;
      boolean isChange =
          code == Almanac.ABSENT ? !none : none || numbers[i] != numberOfBaseCode[code];
      if (code != Almanac.ABSENT && options.duplicatePolicy() != DuplicatePolicy.LAST) {
        // The base comes first.
        if (fails && isChange) {
          return false;
        }
        continue;
      }
      leftOutCount += none ? 1 : 0;
      if (!isChange) {
        continue;
      }
      if (none && (ids[i] == totals.lowestId || ids[i] == totals.highestId)) {
        return false;
      }
      count(ids[i], code, numbers[i]);
      ids[kept] = ids[i];
      numbers[kept] = numbers[i];
      kept++;
    }
    count = kept;
    return true;
  }

  private void count(long id, int baseCode, int number) {
    if (number == DateCollector.NO_DATE) {
      removedCount++;
    } else {
      newNumbers.set(number);
      if (baseCode == Almanac.ABSENT) {
        addedCount++;
        totals.lowestId = Math.min(totals.lowestId, id);
        totals.highestId = Math.max(totals.highestId, id);
      } else {
        changedCount++;
      }
    }
    if (baseCode != Almanac.ABSENT) {
      lostCounts[baseCode]++;
    }
  }

  /**
   * The dates of the new file. Those of the base are all in use there, and several codes of it have
   * one number where its texts are not kept.
   */
  private BitSet usedNumbers() {
    int[] left = new int[lostCounts.length];
    int[] wanted = new int[1];
    for (int code = 0; code < left.length; code++) {
      if (lostCounts[code] > 0) {
        // One ID more than those that lose it, and the date stays in use.
        left[code] = lostCounts[code] + 1;
        wanted[0]++;
      }
    }
    int partCount = (int) Math.min(1 << 16, base.size() / (1 << 14) + 1);
    for (int part = 0; part < partCount && wanted[0] > 0; part++) {
      base.entries()
          .part(part, partCount)
          .forEach(
              (id, code) -> {
                if (left[code] > 0 && --left[code] == 0) {
                  wanted[0]--;
                }
              });
    }
    BitSet used = (BitSet) newNumbers.clone();
    for (int code = 0; code < left.length; code++) {
      if (left[code] == 0) {
        used.set(numberOfBaseCode[code]);
      }
    }
    return used;
  }

  ChoiceCounts choices() {
    return new ChoiceCounts(
        duplicateCount,
        conflictCount,
        leftOutCount,
        new BaseChanges(addedCount, removedCount, changedCount));
  }
}
