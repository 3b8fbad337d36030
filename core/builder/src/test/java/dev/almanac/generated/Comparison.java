package dev.almanac.generated;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.almanac.Almanac;
import dev.almanac.AlmanacInfo;
import dev.almanac.DateDictionary;
import dev.almanac.IdKind;
import dev.almanac.VerifyReport;
import dev.almanac.build.BuildReport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.CharBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Compares all that a user can see of a file with the naive build. */
final class Comparison {
  private static final int[] BATCH_LENGTHS = {
    0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 255, 256, 300, 1000, 1023,
    1024, 1025, 1500
  };

  private static final int CANARY = -77;

  private final NaiveBuild expected;
  private final Almanac almanac;
  private final DateDictionary dictionary;
  private final Draw draw;
  private final Coverage coverage;
  private final Coverage.Cell cell;

  private Comparison(
      NaiveBuild expected, Almanac almanac, Draw draw, Coverage coverage, Coverage.Cell cell) {
    this.expected = expected;
    this.almanac = almanac;
    this.dictionary = almanac.dictionary();
    this.draw = draw;
    this.coverage = coverage;
    this.cell = cell;
  }

  /** Compares the report of a build. */
  static void compareReport(NaiveBuild expected, BuildReport report, Path file) throws IOException {
    Difference.check(expected.kind, report.idKind(), "the kind of the IDs");
    Difference.check(expected.rowCount, report.rowCount(), "rows");
    Difference.check((long) expected.codes.size(), report.idCount(), "IDs");
    Difference.check(expected.days.size(), report.dateCount(), "dates");
    Difference.check(expected.duplicateCount, report.duplicateCount(), "duplicates");
    Difference.check(expected.conflictCount, report.conflictCount(), "conflicts");
    Difference.check(expected.noDateCount, report.noDateCount(), "rows without a date");
    Difference.check(expected.leftOutCount, report.leftOutCount(), "IDs left out");
    Difference.check(expected.rejects, report.rejects(), "bad rows by reason");
    Difference.check(file, report.path(), "the path");
    Difference.check(Files.size(file), report.fileBytes(), "the size of the file");
  }

  /** Compares every answer of the file; what was asked of it goes into {@code coverage}. */
  static void compareFile(CaseRun.Built built, Coverage coverage) throws IOException {
    try (Almanac almanac = Almanac.open(built.file(), built.report().edition())) {
      Coverage.Cell cell = coverage.reached(built, almanac.info());
      Comparison comparison =
          new Comparison(
              built.expected(), almanac, new Draw(~built.build().seed()), coverage, cell);
      comparison.info(built.report());
      comparison.dictionary();
      if (built.expected().kind == IdKind.LONG) {
        comparison.numbers();
      } else {
        comparison.texts();
      }
    }
    VerifyReport verified = Almanac.verify(built.file());
    if (!verified.ok()) {
      throw new Difference("verify must find nothing: found=" + verified);
    }
  }

  private void info(BuildReport report) {
    AlmanacInfo info = almanac.info();
    Difference.check(expected.kind, info.idKind(), "info, the kind of the IDs");
    Difference.check((long) expected.codes.size(), info.idCount(), "info, IDs");
    Difference.check((long) expected.codes.size(), almanac.size(), "size()");
    Difference.check(expected.days.size(), info.dateCount(), "info, dates");
    Difference.check(report.edition(), almanac.edition(), "the edition");
    Difference.check(report.fileBytes(), info.fileBytes(), "info, the size of the file");
    boolean hasDates = !expected.days.isEmpty();
    Difference.check(hasDates ? day(0) : null, info.firstDate(), "info, the first date");
    Difference.check(
        hasDates ? day(expected.days.size() - 1) : null, info.lastDate(), "info, the last date");
    if (expected.kind == IdKind.LONG && !expected.codes.isEmpty()) {
      long lowest = expected.codes.keySet().stream().mapToLong(Long::parseLong).min().orElse(0);
      long highest = expected.codes.keySet().stream().mapToLong(Long::parseLong).max().orElse(0);
      Difference.check(lowest, info.lowestId(), "info, the lowest ID");
      Difference.check(highest, info.highestId(), "info, the highest ID");
    }
  }

  private LocalDate day(int code) {
    return LocalDate.ofEpochDay(expected.days.get(code).epochDay());
  }

  private void dictionary() {
    Difference.check(expected.days.size(), dictionary.size(), "the size of the dictionary");
    Map<LocalDate, Integer> firstCodes = new HashMap<>();
    for (int code = 0; code < expected.days.size(); code++) {
      NaiveBuild.Day day = expected.days.get(code);
      Difference.check(day.epochDay(), dictionary.epochDay(code), "epochDay of code " + code);
      Difference.check(day.text(), dictionary.text(code), "text of code " + code);
      Difference.check(day(code), dictionary.date(code), "date of code " + code);
      firstCodes.putIfAbsent(day(code), code);
    }
    firstCodes.forEach(
        (date, code) -> Difference.check(code, dictionary.code(date), "code of " + date));
    for (int i = 0; i < Math.min(40, expected.days.size()); i++) {
      long day = expected.days.get(draw.below(expected.days.size())).epochDay();
      for (long near = day - 1; near <= day + 1; near++) {
        if (near >= LocalDate.MIN.toEpochDay() && near <= LocalDate.MAX.toEpochDay()) {
          floorAndCeiling(near);
        }
      }
    }
  }

  private void floorAndCeiling(long day) {
    int floor = Almanac.ABSENT;
    int ceiling = Almanac.ABSENT;
    for (int code = 0; code < expected.days.size(); code++) {
      long each = expected.days.get(code).epochDay();
      if (each <= day) {
        floor = code;
      } else if (ceiling == Almanac.ABSENT) {
        ceiling = code;
      }
      if (each == day && (code == 0 || expected.days.get(code - 1).epochDay() < day)) {
        ceiling = code;
      }
    }
    LocalDate date = LocalDate.ofEpochDay(day);
    Difference.check(floor, dictionary.floor(date), "floor of " + date);
    Difference.check(ceiling, dictionary.ceiling(date), "ceiling of " + date);
  }

  // Numbers

  private void numbers() {
    List<Long> known = new ArrayList<>();
    expected.codes.keySet().forEach(id -> known.add(Long.parseLong(id)));
    List<Long> probes = new ArrayList<>(known);
    for (int i = 0; i < 30 + Math.min(300, known.size()); i++) {
      long start = known.isEmpty() ? draw.bits() : draw.oneOf(known);
      probes.add(
          switch (draw.below(5)) {
            case 0 -> start + draw.between(-3, 3);
            case 1 -> start ^ 1L << draw.below(64);
            case 2 -> start + draw.oneOf(-4096, 4096, -4095, 4095, -64, 64, 1 << 20);
            case 3 -> draw.bits();
            default -> -start;
          });
    }
    probes.addAll(List.of(0L, 1L, -1L, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32, 1L << 12));
    draw.shuffle(probes);
    for (long id : probes) {
      String text = Long.toString(id);
      int code = code(text);
      Difference.check(code, almanac.code(id), "code(" + text + "L)");
      Difference.check(code, almanac.code(text), "code(\"" + text + "\")");
      Difference.check(date(code), almanac.date(id), "date(" + text + "L)");
      bytes(text, code);
    }
    notCanonical(probes);
    numberBatches(probes);
    numberViews(known);
  }

  /** Other ways to write a number, which no ID of a numeric file has. */
  private void notCanonical(List<Long> probes) {
    for (int i = 0; i < 10; i++) {
      String text = Long.toString(draw.oneOf(probes));
      for (String other :
          List.of(
              "0" + text, "+" + text, text + " ", " " + text, "-0", "", text + "0".repeat(20))) {
        int code = NaiveBuild.isNumber(other) ? code(other) : Almanac.ABSENT;
        Difference.check(code, almanac.code(other), "code(\"" + other + "\")");
        bytes(other, code);
      }
    }
  }

  private void numberBatches(List<Long> probes) {
    for (int round = 0; round < 4; round++) {
      int length = BATCH_LENGTHS[draw.below(BATCH_LENGTHS.length)];
      coverage.batch(cell, length);
      int idsOffset = draw.oneOf(0, 1, 5);
      int codesOffset = draw.oneOf(0, 2);
      long[] ids = new long[idsOffset + length + draw.below(3)];
      int start = draw.below(probes.size());
      boolean sorted = draw.chance(30);
      for (int i = 0; i < length; i++) {
        // Runs of neighbours in the list, now and then an ID twice.
        ids[idsOffset + i] = probes.get((start + (draw.chance(10) ? 0 : i)) % probes.size());
      }
      if (sorted) {
        Arrays.sort(ids, idsOffset, idsOffset + length);
      }
      int[] codes = new int[codesOffset + length + 2];
      Arrays.fill(codes, CANARY);
      almanac.codes(ids, idsOffset, codes, codesOffset, length);
      for (int i = 0; i < codes.length; i++) {
        int at = i - codesOffset;
        int wanted = at < 0 || at >= length ? CANARY : code(Long.toString(ids[idsOffset + at]));
        Difference.check(wanted, codes[i], "codes, a batch of " + length + ", place " + at);
      }
      @Nullable LocalDate[] dates = new @Nullable LocalDate[ids.length + 1];
      long[] days = new long[ids.length + 1];
      almanac.dates(ids, dates);
      almanac.epochDays(ids, days);
      List<String> texts = Arrays.stream(ids).mapToObj(Long::toString).toList();
      dates(texts, dates, days);
      texts(texts);
    }
  }

  /** Compares what a batch gave besides codes. */
  private void dates(List<String> ids, @Nullable LocalDate[] dates, long[] days) {
    for (int i = 0; i < ids.size(); i++) {
      LocalDate wanted = date(code(ids.get(i)));
      Difference.check(wanted, dates[i], "dates, a batch of " + ids.size() + ", place " + i);
      long day = wanted == null ? Almanac.NO_DAY : wanted.toEpochDay();
      Difference.check(day, days[i], "epochDays, a batch of " + ids.size() + ", place " + i);
    }
    Difference.check(null, dates[ids.size()], "dates, behind the batch");
    Difference.check(0L, days[ids.size()], "epochDays, behind the batch");
  }

  /** Looks up texts that lie in one array, in any order and with gaps between them. */
  private void texts(List<String> ids) {
    int[] starts = new int[ids.size() + 1];
    int[] ends = new int[ids.size() + 1];
    int[] places = IntStream.range(0, ids.size()).toArray();
    draw.shuffle(places);
    ByteArrayOutputStream utf8 = new ByteArrayOutputStream();
    for (int place : places) {
      utf8.writeBytes(new byte[draw.below(3)]);
      starts[place] = utf8.size();
      utf8.writeBytes(ids.get(place).getBytes(UTF_8));
      ends[place] = utf8.size();
    }
    int[] codes = new int[ids.size() + 1];
    codes[ids.size()] = CANARY;
    almanac.codes(utf8.toByteArray(), starts, ends, codes, ids.size());
    for (int i = 0; i < ids.size(); i++) {
      Difference.check(
          code(ids.get(i)), codes[i], "codes of bytes, a batch of " + ids.size() + ", place " + i);
    }
    Difference.check(CANARY, codes[ids.size()], "codes of bytes, behind the batch");
  }

  private void numberViews(List<Long> known) {
    Map<Long, LocalDate> wanted = new HashMap<>();
    expected.codes.forEach((id, code) -> wanted.put(Long.parseLong(id), day(code)));
    Map<Long, LocalDate> walked = new HashMap<>();
    almanac.forEach(
        (id, code) -> {
          Difference.check(code(Long.toString(id)), code, "forEach, code of " + id);
          Difference.check(null, walked.put(id, day(code)), "forEach, an ID twice: " + id);
        });
    Difference.check(wanted.size(), walked.size(), "forEach, how many IDs");
    Map<Long, LocalDate> map = almanac.asMap();
    Difference.check(wanted, map, "asMap()");
    Difference.check(true, map.equals(wanted), "asMap().equals");
    for (int i = 0; i < Math.min(20, known.size()); i++) {
      long id = draw.oneOf(known);
      Difference.check(wanted.get(id), map.get(id), "asMap().get(" + id + ")");
      Difference.check(wanted.containsKey(id + 1), map.containsKey(id + 1), "asMap, " + (id + 1));
    }
  }

  private int code(String id) {
    return expected.codes.getOrDefault(id, Almanac.ABSENT);
  }

  private @Nullable LocalDate date(int code) {
    return code == Almanac.ABSENT ? null : day(code);
  }

  // Texts

  /** Looks up an ID that lies somewhere in an array, as UTF-8. */
  private void bytes(String id, int code) {
    byte[] utf8 = id.getBytes(UTF_8);
    int from = draw.below(3);
    byte[] array = new byte[from + utf8.length + draw.below(3)];
    Arrays.fill(array, (byte) '7');
    System.arraycopy(utf8, 0, array, from, utf8.length);
    String shown = BuildCase.shown(id);
    Difference.check(
        code, almanac.code(array, from, from + utf8.length), "code of bytes, \"" + shown + "\"");
  }

  private void texts() {
    List<String> known = new ArrayList<>(expected.codes.keySet());
    List<String> probes = new ArrayList<>(known);
    for (int i = 0; i < 30 + Math.min(300, known.size()); i++) {
      String id = known.isEmpty() ? "none" : draw.oneOf(known);
      probes.add(draw.chance(30) && !known.isEmpty() ? between(id, draw.oneOf(known)) : near(id));
    }
    probes.addAll(
        List.of("", "0", "-1", "x", "\uD800", "\uDC00x", "y".repeat(1_024), "y".repeat(1_025)));
    draw.shuffle(probes);
    for (String id : probes) {
      int code = code(id);
      String shown = BuildCase.shown(id);
      Difference.check(code, almanac.code(id), "code(\"" + shown + "\")");
      Difference.check(date(code), almanac.date(id), "date(\"" + shown + "\")");
      CharSequence other = draw.chance(50) ? new StringBuilder(id) : CharBuffer.wrap(id);
      Difference.check(code, almanac.code(other), "code of a CharSequence, \"" + shown + "\"");
      if (NaiveBuild.isNumber(id)) {
        Difference.check(code, almanac.code(Long.parseLong(id)), "code(" + id + "L)");
      }
      // Half of a surrogate pair has no UTF-8: what stands for it is another text.
      bytes(id, NaiveRows.encoded(id) == null ? code(utf8(id)) : code);
    }
    textBatches(probes);
    textViews(known);
  }

  /** Begins as one ID and ends as another: each byte occurs at its position. */
  private String between(String one, String other) {
    int at = draw.below(Math.min(one.length(), other.length()) + 1);
    return one.substring(0, at) + other.substring(at);
  }

  /** A text that looks like one that is held. */
  private String near(String id) {
    int at = draw.below(id.length());
    switch (draw.below(8)) {
      case 7:
        return id.substring(0, at) + draw.oneOf("0", "9", "a", "f", "-") + id.substring(at + 1);
      case 0:
        return id + draw.oneOf("0", "x", " ", "\u0000");
      case 1:
        return id.substring(1);
      case 2:
        return id.substring(0, id.length() - 1);
      case 3:
        return id.substring(0, at) + (char) (id.charAt(at) ^ 1) + id.substring(at + 1);
      case 4:
        return id.toUpperCase(java.util.Locale.ROOT);
      case 5:
        return Long.toString(draw.bits() >> draw.below(64));
      default:
        return new StringBuilder(id).reverse().toString();
    }
  }

  private void textBatches(List<String> probes) {
    for (int round = 0; round < 4; round++) {
      int length = BATCH_LENGTHS[draw.below(BATCH_LENGTHS.length)];
      coverage.batch(cell, length);
      int idsOffset = draw.oneOf(0, 1, 5);
      int codesOffset = draw.oneOf(0, 2);
      int start = draw.below(probes.size());
      CharSequence[] ids = new CharSequence[idsOffset + length + draw.below(3)];
      Arrays.fill(ids, "nothing");
      for (int i = 0; i < length; i++) {
        String id = probes.get((start + (draw.chance(10) ? 0 : i)) % probes.size());
        ids[idsOffset + i] = draw.chance(80) ? id : new StringBuilder(id);
      }
      int[] codes = new int[codesOffset + length + 2];
      Arrays.fill(codes, CANARY);
      almanac.codes(ids, idsOffset, codes, codesOffset, length);
      for (int i = 0; i < codes.length; i++) {
        int at = i - codesOffset;
        int wanted = at < 0 || at >= length ? CANARY : code(ids[idsOffset + at].toString());
        Difference.check(wanted, codes[i], "codes, a batch of " + length + ", place " + at);
      }
      @Nullable LocalDate[] dates = new @Nullable LocalDate[ids.length + 1];
      long[] days = new long[ids.length + 1];
      almanac.dates(ids, dates);
      almanac.epochDays(ids, days);
      List<String> asked = Arrays.stream(ids).map(CharSequence::toString).toList();
      dates(asked, dates, days);
      texts(asked.stream().map(Comparison::utf8).toList());
    }
  }

  /** A text as its bytes have it. */
  private static String utf8(String text) {
    return new String(text.getBytes(UTF_8), UTF_8);
  }

  private void textViews(List<String> known) {
    Map<String, LocalDate> wanted = new HashMap<>();
    expected.codes.forEach((id, code) -> wanted.put(id, day(code)));
    Map<String, LocalDate> walked = new HashMap<>();
    almanac.forEachText(
        (id, code) -> {
          Difference.check(code(id), code, "forEachText, code of " + id);
          Difference.check(null, walked.put(id, day(code)), "forEachText, an ID twice: " + id);
        });
    Difference.check(wanted.size(), walked.size(), "forEachText, how many IDs");
    Map<String, LocalDate> map = almanac.asTextMap();
    Difference.check(wanted, map, "asTextMap()");
    Difference.check(true, map.equals(wanted), "asTextMap().equals");
    for (int i = 0; i < Math.min(20, known.size()); i++) {
      String id = draw.oneOf(known);
      Difference.check(wanted.get(id), map.get(id), "asTextMap().get");
      Difference.check(wanted.containsKey(id + 1), map.containsKey(id + 1), "asTextMap, absent");
    }
  }
}
