package dev.almanac.generated;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.almanac.IdKind;
import dev.almanac.build.BadRowReason;
import dev.almanac.build.BaseChanges;
import dev.almanac.build.DuplicatePolicy;
import dev.almanac.generated.NaiveRows.RawRow;
import dev.almanac.generated.NaiveRows.Refusal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What must come of a case: a map that is filled row by row, and all that a report says. */
public final class NaiveBuild {
  private static final Pattern DECIMAL = Pattern.compile("0|-?[1-9][0-9]{0,18}");
  private static final int MAX_ID_BYTES = 1_024;
  private static final int MAX_DATE_BYTES = 256;
  private static final int SHOWN_BYTES = 1_000;

  /** What "no date" is: a date as far as duplicates go, and none of the dictionary. */
  private static final Day NO_DATE = new Day(Long.MAX_VALUE, "none");

  /** Dates that exports write where there is none; the message then says what to do. */
  private static final Set<String> NULL_LIKE =
      Set.of("", "NULL", "null", "\\N", "N/A", "NaT", "None", "-", "0000-00-00");

  private static final String NULL_HINT =
      "; if that means no date, say so with --null TEXT, nullDates(TEXT)";

  /** A date of the dictionary. */
  public record Day(long epochDay, String text) implements Comparable<Day> {
    @Override
    public int compareTo(Day other) {
      return epochDay != other.epochDay
          ? Long.compare(epochDay, other.epochDay)
          : Arrays.compareUnsigned(text.getBytes(UTF_8), other.text.getBytes(UTF_8));
    }
  }

  private record GoodRow(String id, Day day, RawRow raw) {}

  private final BuildCase.Options options;
  private final String baseName;
  private final List<GoodRow> goodRows = new ArrayList<>();

  /** Why the build is refused, or null. */
  final @Nullable Refusal refusal;

  /** Whether the source itself refuses, when other threads may still read what came before. */
  final boolean stopsEarly;

  /** Why there are too few IDs to publish, up to the target's name; or null. */
  final @Nullable String tooFew;

  /** Why more IDs change than may, up to the target's name; or null. */
  final @Nullable String tooManyChanges;

  /** A refusal that may come instead, when another thread meets it first; or null. */
  final @Nullable Refusal otherRefusal;

  long rowCount;
  long duplicateCount;
  long conflictCount;
  long noDateCount;
  long leftOutCount;
  IdKind kind = IdKind.LONG;
  final Map<BadRowReason, Long> rejects = new EnumMap<>(BadRowReason.class);

  /** The lines of the rejects file. */
  final List<String> rejectLines = new ArrayList<>();

  /** The dictionary, in its order. */
  final List<Day> days = new ArrayList<>();

  /** By ID, numbers as decimals: the index into the dictionary. */
  final Map<String, Integer> codes = new LinkedHashMap<>();

  /** By ID: the date as the winning row wrote it. */
  final Map<String, String> texts = new HashMap<>();

  private NaiveBuild(BuildCase build, List<String> inputNames, String baseName) {
    options = build.options();
    this.baseName = baseName;
    NaiveRows rows = NaiveRows.of(build.rows(), inputNames, this::isRow);
    Refusal first = judge(rows.rows);
    stopsEarly = rows.refusal != null;
    if (rows.refusal != null) {
      refusal = rows.refusal;
      otherRefusal = first;
      tooFew = null;
      tooManyChanges = null;
      return;
    }
    if (first == null && options.duplicates() == DuplicatePolicy.FAIL) {
      first = conflict();
    }
    refusal = first;
    otherRefusal = null;
    if (first != null) {
      tooFew = null;
      tooManyChanges = null;
      return;
    }
    fill();
    tooFew = codes.size() < options.minIds() ? tooFew() : null;
    tooManyChanges = options.replaced() == null ? null : tooManyChanges(options.replaced());
  }

  /** How many IDs have a date in one and none, or another, in the other. */
  BaseChanges changes(BuildCase.Replaced old) {
    Map<String, LocalDate> before = old.dates();
    long added = codes.keySet().stream().filter(id -> !before.containsKey(id)).count();
    long removed = before.keySet().stream().filter(id -> date(id) == null).count();
    long changed =
        before.keySet().stream()
            .filter(id -> date(id) != null)
            .filter(
                id ->
                    old.isBase()
                        ? !dayOf(before.get(id)).text.equals(texts.get(id))
                        : !before.get(id).equals(date(id)))
            .count();
    return new BaseChanges(added, removed, changed);
  }

  /** A date of the base. */
  private Day dayOf(LocalDate date) {
    return new Day(date.toEpochDay(), baseText(options, date));
  }

  /** How a base has a date: as a day, or as one of the styles of the rows writes it. */
  static String baseText(BuildCase.Options options, LocalDate date) {
    return options.dates().keepText()
        ? keptText(options, date).orElseThrow()
        : DateStyle.ISO.write(date, 0);
  }

  /**
   * A text that is read as the date. Not every date that a row has can be written: {@code
   * 0014/02/022} is a day of the year 14, and {@code 0014/2/22} is {@code d/M/uu} first.
   */
  static Optional<String> keptText(BuildCase.Options options, LocalDate date) {
    return options.dates().styles().stream()
        .map(style -> style.write(date, 0))
        .filter(text -> epochDay(options, text).equals(OptionalLong.of(date.toEpochDay())))
        .findFirst();
  }

  private @Nullable String tooManyChanges(BuildCase.Replaced replaced) {
    BaseChanges changes = changes(replaced);
    return !replaced.isLimited() || changes.count() <= replaced.tolerated()
        ? null
        : "too many IDs change to publish (maxChanges, --max-changes): changes="
            + changes.count()
            + " expectedAtMost="
            + replaced.tolerated()
            + " added="
            + changes.addedCount()
            + " removed="
            + changes.removedCount()
            + " changed="
            + changes.changedCount()
            + " oldIds="
            + replaced.dates().size()
            + ", path=";
  }

  private String tooFew() {
    return (codes.isEmpty()
            ? "no row gives an ID, and an empty file is published only with --allow-empty,"
                + " allowEmpty(): ids=0"
            : "too few IDs to publish: ids=" + codes.size())
        + " minIds="
        + options.minIds()
        + " rows="
        + rowCount
        + " badRows="
        + rejectLines.size()
        + " idsWithoutDate="
        + leftOutCount
        + ", target=";
  }

  /**
   * What must come of a case.
   *
   * @param inputNames what the inputs of a text are called in messages
   * @param baseName what the base is called in messages
   */
  static NaiveBuild of(BuildCase build, List<String> inputNames, String baseName) {
    return new NaiveBuild(build, inputNames, baseName);
  }

  /** The same for a case whose messages do not matter. */
  public static NaiveBuild of(BuildCase build, List<String> inputNames) {
    return new NaiveBuild(build, inputNames, "a base");
  }

  /** Sorts the rows into good and bad. */
  private @Nullable Refusal judge(List<RawRow> rows) {
    long badCount = 0;
    RawRow firstBad = null;
    String firstRule = "";
    for (RawRow row : rows) {
      rowCount++;
      BadRowReason reason = row.reason();
      String found = row.found();
      if (reason == null) {
        Verdict verdict = verdict(row);
        reason = verdict.reason;
        found = verdict.found;
        if (verdict.good != null) {
          goodRows.add(verdict.good);
          continue;
        }
      }
      String rule = reason.rule() + ": " + found;
      if (!options.badRows().isRelative() && badCount == options.badRows().tolerated(0)) {
        return Refusal.of(
            badCount == 0
                ? rule
                : "bad rows must be at most " + badCount + ", and here is one more: " + rule,
            row.source(),
            row.line());
      }
      firstBad = badCount == 0 ? row : firstBad;
      firstRule = badCount == 0 ? rule : firstRule;
      badCount++;
      rejects.merge(reason, 1L, Long::sum);
      rejectLines.add(
          row.source() + '\t' + row.line() + '\t' + reason + '\t' + escaped(row.text()));
    }
    long tolerated = options.badRows().tolerated(rowCount);
    return firstBad == null || !options.badRows().isRelative() || badCount <= tolerated
        ? null
        : Refusal.of(
            "bad rows must be at most "
                + tolerated
                + ", and there are "
                + badCount
                + " of "
                + rowCount
                + " (--max-bad-rows, atMost, atMostPercent); the first: "
                + firstRule,
            firstBad.source(),
            firstBad.line());
  }

  /** Whether a builder of the case would take two fields for an ID and a date. */
  static boolean isRow(BuildCase build, String id, String date) {
    BuildCase.Rows none = build.rows().without(0, build.rows().pieceCount());
    return of(build.with(none), CaseGenerator.names()).isRow(id, date);
  }

  /** Whether two fields are an ID and a date, as far as one can see them as texts. */
  private boolean isRow(String id, String date) {
    byte[] dateBytes = date.getBytes(UTF_8);
    Verdict verdict = verdict(RawRow.good("", 0, id.getBytes(UTF_8), dateBytes, ""));
    return verdict.good != null && verdict.good.day != NO_DATE;
  }

  private record Verdict(@Nullable GoodRow good, @Nullable BadRowReason reason, String found) {
    static Verdict bad(BadRowReason reason, String found) {
      return new Verdict(null, reason, found);
    }
  }

  private Verdict verdict(RawRow row) {
    byte[] bytes = row.id();
    String id;
    if (bytes == null) {
      id = Long.toString(row.number());
    } else {
      id = new String(bytes, UTF_8);
      if (options.kind() == IdKind.TEXT || !isNumber(id)) {
        BadRowReason fault = null;
        if (bytes.length == 0) {
          return Verdict.bad(BadRowReason.EMPTY_ID, "id=");
        } else if (bytes.length > MAX_ID_BYTES) {
          return Verdict.bad(BadRowReason.ID_TOO_LONG, "idBytes=" + bytes.length);
        } else if (!NaiveRows.isUtf8(bytes)) {
          fault = BadRowReason.INVALID_UTF8;
        } else if (id.codePoints().anyMatch(Character::isISOControl)) {
          fault = BadRowReason.CONTROL_CHARACTER;
        } else if (options.kind() == IdKind.LONG) {
          fault = BadRowReason.NOT_A_NUMBER;
        }
        if (fault != null) {
          String shown = shown(bytes);
          boolean blank =
              Pattern.compile("^[\\s\\p{Z}]|[\\s\\p{Z}]$", Pattern.UNICODE_CHARACTER_CLASS)
                  .matcher(shown)
                  .find();
          return Verdict.bad(fault, "id=" + (blank ? "'" + shown + "'" : shown));
        }
      }
    }
    return dated(row, id);
  }

  private Verdict dated(RawRow row, String id) {
    byte[] date = row.date();
    if (date == null) {
      return options.dates().nulls() == null
          ? Verdict.bad(BadRowReason.BAD_DATE, "date=null" + NULL_HINT)
          : new Verdict(new GoodRow(id, NO_DATE, row), null, "");
    }
    String text = new String(date, UTF_8);
    if (meansNoDate(text)) {
      return new Verdict(new GoodRow(id, NO_DATE, row), null, "");
    }
    if (date.length <= MAX_DATE_BYTES && !NaiveRows.isUtf8(date)) {
      return Verdict.bad(BadRowReason.INVALID_UTF8, "date=" + shown(date));
    }
    OptionalLong day =
        date.length > MAX_DATE_BYTES ? OptionalLong.empty() : epochDay(options, text);
    if (day.isEmpty()) {
      String found =
          date.length > MAX_DATE_BYTES ? "dateBytes=" + date.length : "date=" + shown(date);
      List<String> formats = options.dates().styles().stream().map(DateStyle::format).toList();
      return Verdict.bad(
          BadRowReason.BAD_DATE,
          found
              + " format="
              + String.join(", ", formats)
              + (NULL_LIKE.contains(shown(date).trim()) ? NULL_HINT : ""));
    }
    String kept =
        options.dates().keepText()
            ? text
            : DateStyle.ISO.write(LocalDate.ofEpochDay(day.getAsLong()), 0);
    return new Verdict(new GoodRow(id, new Day(day.getAsLong(), kept), row), null, "");
  }

  private boolean meansNoDate(String date) {
    List<String> texts = options.dates().nulls();
    return texts != null && (texts.contains(date) || texts.contains(DateStyle.withoutTime(date)));
  }

  private static OptionalLong epochDay(BuildCase.Options options, String text) {
    for (DateStyle style : options.dates().styles()) {
      OptionalLong day = style.epochDay(text, options.dates().century());
      if (day.isPresent()) {
        return day;
      }
    }
    return OptionalLong.empty();
  }

  /** The first row of an ID whose earlier rows have another date. */
  private @Nullable Refusal conflict() {
    Map<String, GoodRow> first = new HashMap<>();
    for (GoodRow row : goodRows) {
      GoodRow earlier = first.putIfAbsent(row.id, row);
      LocalDate old = options.base().get(row.id);
      if (earlier != null && !earlier.day.equals(row.day)) {
        return conflict(
            row, earlier.day, earlier.raw.source() + " earlier line=" + earlier.raw.line());
      } else if (old != null && !dayOf(old).equals(row.day)) {
        return conflict(row, dayOf(old), baseName);
      }
    }
    return null;
  }

  private static Refusal conflict(GoodRow row, Day earlier, String earlierPlace) {
    return Refusal.of(
        "an ID must not have two dates: id="
            + row.id
            + " date="
            + row.day.text
            + " earlier date="
            + earlier.text
            + " earlier file="
            + earlierPlace,
        row.raw.source(),
        row.raw.line());
  }

  private void fill() {
    Set<Day> distinct = new TreeSet<>();
    Map<String, Day> winners = new LinkedHashMap<>();
    Map<String, Set<Day>> daysOfIds = new HashMap<>();
    boolean text =
        options.kind() == IdKind.TEXT
            || !options.base().keySet().stream().allMatch(NaiveBuild::isNumber);
    options.base().forEach((id, date) -> winners.put(id, dayOf(date)));
    for (GoodRow row : goodRows) {
      if (row.day == NO_DATE) {
        noDateCount++;
      } else {
        text |= !isNumber(row.id);
      }
      if (options.duplicates() == DuplicatePolicy.LAST) {
        winners.put(row.id, row.day);
      } else {
        winners.putIfAbsent(row.id, row.day);
      }
      Set<Day> daysOfId = daysOfIds.computeIfAbsent(row.id, id -> new HashSet<>());
      if (!daysOfId.add(row.day)) {
        duplicateCount++;
      } else if (daysOfId.size() > 1) {
        conflictCount++;
      }
    }
    kind = text ? IdKind.TEXT : IdKind.LONG;
    // Dates in use alone.
    winners.values().stream().filter(day -> day != NO_DATE).forEach(distinct::add);
    days.addAll(distinct);
    Map<Day, Integer> codeOfDay = new HashMap<>();
    for (int code = 0; code < days.size(); code++) {
      codeOfDay.put(days.get(code), code);
    }
    winners.forEach(
        (id, day) -> {
          if (day == NO_DATE) {
            leftOutCount++;
          } else {
            codes.put(id, codeOfDay.get(day));
            texts.put(id, day.text);
          }
        });
  }

  /** Distinct dates of all rows, those too that no ID got. */
  Set<Day> allDays() {
    Set<Day> all = new HashSet<>();
    goodRows.forEach(row -> all.add(row.day));
    options.base().values().forEach(date -> all.add(dayOf(date)));
    return all;
  }

  /** In which order the IDs of the good rows are. */
  String order() {
    boolean numbers = goodRows.stream().allMatch(row -> isNumber(row.id));
    boolean ascending = true;
    boolean descending = true;
    for (int i = 1; i < goodRows.size(); i++) {
      String before = goodRows.get(i - 1).id;
      String id = goodRows.get(i).id;
      int order =
          numbers
              ? Long.compare(Long.parseLong(before), Long.parseLong(id))
              : Arrays.compareUnsigned(before.getBytes(UTF_8), id.getBytes(UTF_8));
      ascending &= order <= 0;
      descending &= order >= 0;
    }
    return ascending ? "ascending" : descending ? "descending" : "neither";
  }

  /** The date of an ID, or null if it has none. */
  @Nullable LocalDate date(String id) {
    Integer code = codes.get(id);
    return code == null ? null : LocalDate.ofEpochDay(days.get(code).epochDay);
  }

  /** Whether a text is a signed 64-bit number in the one way that an ID may be written. */
  static boolean isNumber(String text) {
    if (!DECIMAL.matcher(text).matches()) {
      return false;
    }
    String digits = text.startsWith("-") ? text.substring(1) : text;
    String most = text.startsWith("-") ? "9223372036854775808" : "9223372036854775807";
    return digits.length() < most.length() || digits.compareTo(most) <= 0;
  }

  private static String shown(byte[] bytes) {
    return new String(Arrays.copyOf(bytes, Math.min(bytes.length, SHOWN_BYTES)), UTF_8);
  }

  private static String escaped(String row) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.length(); i++) {
      char c = row.charAt(i);
      boolean paired =
          Character.isHighSurrogate(c)
                  && i + 1 < row.length()
                  && Character.isLowSurrogate(row.charAt(i + 1))
              || Character.isLowSurrogate(c)
                  && i > 0
                  && Character.isHighSurrogate(row.charAt(i - 1));
      if (c == '\\') {
        line.append("\\\\");
      } else if (c == '\n') {
        line.append("\\n");
      } else if (c == '\r') {
        line.append("\\r");
      } else if (c == '\t') {
        line.append("\\t");
      } else if (Character.isSurrogate(c) && !paired) {
        line.append(String.format("\\u%04x", (int) c));
      } else {
        line.append(c);
      }
    }
    return line.toString();
  }
}
