package dev.almanac.generated;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.almanac.AlmanacInfo;
import dev.almanac.IdKind;
import dev.almanac.Layout;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;

/**
 * Which cells the cases reached: how often each value of a dimension met each value of each other
 * dimension in a build whose file was compared. Safe for several threads.
 */
final class Coverage {
  /** The dimensions of a cell, and the values that a default run must reach. */
  enum Dimension {
    ASKED("auto", "long", "text"),
    LAYOUT(
        "numbers, entries",
        "numbers, direct",
        "numbers, hashed",
        "numbers, blocks",
        "texts, entries",
        "texts, direct",
        "texts, blocks",
        "texts, hashed, 64 bits",
        "texts, hashed, 128 bits"),
    CODE_BITS("up to 6", "more"),
    DUPLICATES("last", "first", "fail"),
    BAD_ROWS("fail", "skip", "skip to a file", "skip to a limit", "skip to a part"),
    DATES("days", "texts kept"),
    NO_DATE("bad", "nulls alone", "one text", "several texts"),
    MIN_IDS("0", "1", "more"),
    CHANGES("any", "a number", "a part"),
    BASE("rows alone", "at the target", "beside it", "with texts"),
    MONTHS("digits", "names"),
    YEARS("whole", "two digits"),
    THREADS("1", "2 to 4", "5 to 8"),
    HEAP("this JVM's", "up to 256 KiB", "more"),
    ORDER("ascending", "descending", "neither"),
    SOURCE(
        "file plain",
        "file quoted",
        "file escaped",
        "row number",
        "stream plain",
        "stream quoted",
        "stream escaped",
        "iterator",
        "supplier",
        "database text",
        "database number",
        "database decimal",
        "own source"),
    BATCH("0", "1", "2 to 16", "17 to 255", "256 to 1023", "1024 or more");

    final List<String> core;

    Dimension(String... core) {
      this.core = List.of(core);
    }
  }

  /** Pairs that no build can reach, or hardly one. */
  private static final Map<String, BiPredicate<String, String>> IMPOSSIBLE =
      Map.of(
          "ASKED LAYOUT",
          (asked, layout) -> asked.equals(layout.startsWith("texts") ? "long" : "text"),
          // Numbers as texts: of no more than 64 bits, and few.
          "LAYOUT SOURCE",
          (layout, source) ->
              layout.startsWith("texts")
                  && (!layout.equals("texts, hashed, 64 bits") || source.equals("row number"))
                  && (source.endsWith("number") || source.endsWith("decimal")),
          // The numbers of rows ascend.
          "ORDER SOURCE",
          (order, source) -> !order.equals("ascending") && source.equals("row number"),
          // Where texts are kept, those of the base are written as the rows are.
          "DATES BASE",
          (dates, base) -> dates.equals("texts kept") && base.equals("with texts"),
          // A text has no nulls.
          "NO_DATE SOURCE",
          (none, source) ->
              none.equals("nulls alone")
                  && (source.startsWith("file")
                      || source.startsWith("stream")
                      || source.equals("row number")),
          // Entries have codes of whole bytes.
          "LAYOUT CODE_BITS",
          (layout, bits) -> bits.equals("up to 6") && layout.endsWith("entries"));

  private final Map<String, Long> counts = new TreeMap<>();
  private final Map<String, Long> outcomes = new TreeMap<>();
  private long buildCount;

  /** Where a build stands in each dimension but that of batches. */
  record Cell(List<String> values) {}

  /** A build was compared. */
  synchronized Cell reached(CaseRun.Built built, AlmanacInfo info) {
    BuildCase.Options options = built.build().options();
    BuildCase.BadRows badRows = options.badRows();
    List<String> nulls = options.dates().nulls();
    BuildCase.Replaced replaced = options.replaced();
    List<String> values = new ArrayList<>();
    values.add(lower(options.kind()));
    values.add(layout(built, info));
    values.add(info.codeBits() <= 6 ? "up to 6" : "more");
    values.add(lower(options.duplicates()));
    values.add(
        !badRows.skipped()
            ? "fail"
            : badRows.isRelative()
                ? "skip to a part"
                : badRows.limit() < Long.MAX_VALUE
                    ? "skip to a limit"
                    : badRows.toFile() ? "skip to a file" : "skip");
    values.add(options.dates().keepText() ? "texts kept" : "days");
    values.add(
        nulls == null
            ? "bad"
            : nulls.isEmpty() ? "nulls alone" : nulls.size() == 1 ? "one text" : "several texts");
    values.add(options.minIds() > 1 ? "more" : Long.toString(options.minIds()));
    values.add(
        replaced == null || !replaced.isLimited()
            ? "any"
            : replaced.percent() > 0 ? "a part" : "a number");
    values.add(
        replaced == null || !replaced.isBase()
            ? "rows alone"
            : replaced.form().ownTexts()
                ? "with texts"
                : replaced.role() == BuildCase.Role.BASE ? "beside it" : "at the target");
    values.add(
        options.dates().styles().stream().allMatch(style -> style.language() == null)
            ? "digits"
            : "names");
    values.add(options.dates().hasShortYears() ? "two digits" : "whole");
    values.add(options.threads() == 1 ? "1" : options.threads() <= 4 ? "2 to 4" : "5 to 8");
    values.add(
        options.heapBytes() == 0
            ? "this JVM's"
            : options.heapBytes() <= 1 << 18 ? "up to 256 KiB" : "more");
    values.add(built.expected().order());
    values.add(built.build().rows().source());
    Dimension[] dimensions = Dimension.values();
    for (int a = 0; a < values.size(); a++) {
      for (int b = a + 1; b < values.size(); b++) {
        count(dimensions[a], values.get(a), dimensions[b], values.get(b));
      }
    }
    buildCount++;
    outcome("built");
    return new Cell(values);
  }

  private static String layout(CaseRun.Built built, AlmanacInfo info) {
    String layout = lower(info.layout());
    if (info.idKind() == IdKind.LONG) {
      return "numbers, " + layout;
    }
    boolean hashed = info.layout() == Layout.HASHED;
    return "texts, " + layout + (hashed ? ", " + keyBits(built) + " bits" : "");
  }

  /** What takes the number of a text: how many texts have bytes that occur at their positions. */
  private static int keyBits(CaseRun.Built built) {
    Map<Integer, List<BitSet>> bytesByLength = new TreeMap<>();
    for (String id : built.expected().codes.keySet()) {
      byte[] bytes = id.getBytes(UTF_8);
      List<BitSet> at = bytesByLength.computeIfAbsent(bytes.length, length -> new ArrayList<>());
      for (int i = 0; i < bytes.length; i++) {
        if (at.size() == i) {
          at.add(new BitSet());
        }
        at.get(i).set(bytes[i] & 0xff);
      }
    }
    BigInteger count = BigInteger.ZERO;
    for (List<BitSet> at : bytesByLength.values()) {
      BigInteger product = BigInteger.ONE;
      for (BitSet each : at) {
        product = product.multiply(BigInteger.valueOf(each.cardinality()));
      }
      count = count.add(product);
    }
    return count.bitLength() <= Long.SIZE ? Long.SIZE : 2 * Long.SIZE;
  }

  /** A case was refused, as it should be. */
  synchronized void refused(BuildCase build) {
    outcome(
        build.options().badRows().skipped()
            ? "refused, bad rows skipped"
            : "refused, first bad row or two dates");
  }

  private void outcome(String name) {
    outcomes.merge(name, 1L, Long::sum);
  }

  /** A batch of so many IDs was looked up. */
  synchronized void batch(Cell cell, int length) {
    String name =
        length == 0
            ? "0"
            : length == 1
                ? "1"
                : length <= 16
                    ? "2 to 16"
                    : length <= 255 ? "17 to 255" : length <= 1023 ? "256 to 1023" : "1024 or more";
    for (int a = 0; a < cell.values.size(); a++) {
      count(Dimension.values()[a], cell.values.get(a), Dimension.BATCH, name);
    }
  }

  private void count(Dimension a, String valueOfA, Dimension b, String valueOfB) {
    counts.merge(key(a, valueOfA, b, valueOfB), 1L, Long::sum);
  }

  private static String key(Dimension a, String valueOfA, Dimension b, String valueOfB) {
    return a + " " + valueOfA + " x " + b + " " + valueOfB;
  }

  /** Files that were compared. */
  synchronized long buildCount() {
    return buildCount;
  }

  /** How often each outcome came. */
  synchronized Map<String, Long> outcomes() {
    return new TreeMap<>(outcomes);
  }

  /** Pairs of core values that no build reached. */
  synchronized List<String> missing() {
    List<String> missing = new ArrayList<>(new TreeSet<>(corePairs()));
    missing.removeAll(counts.keySet());
    return missing;
  }

  /** All pairs of core values that a build can reach. */
  static List<String> corePairs() {
    List<String> pairs = new ArrayList<>();
    Dimension[] dimensions = Dimension.values();
    for (int a = 0; a < dimensions.length; a++) {
      for (int b = a + 1; b < dimensions.length; b++) {
        BiPredicate<String, String> impossible =
            IMPOSSIBLE.getOrDefault(dimensions[a] + " " + dimensions[b], (x, y) -> false);
        for (String valueOfA : dimensions[a].core) {
          for (String valueOfB : dimensions[b].core) {
            if (!impossible.test(valueOfA, valueOfB)) {
              pairs.add(key(dimensions[a], valueOfA, dimensions[b], valueOfB));
            }
          }
        }
      }
    }
    return pairs;
  }

  /** Takes the counts of another run over. */
  synchronized void add(Coverage other) {
    other.counts.forEach((pair, count) -> counts.merge(pair, count, Long::sum));
  }

  /** Every pair with its count, a line each. */
  synchronized String cells() {
    StringBuilder lines = new StringBuilder();
    counts.forEach((pair, count) -> lines.append(pair).append(": ").append(count).append('\n'));
    return lines.toString();
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
