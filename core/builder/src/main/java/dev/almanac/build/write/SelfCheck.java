package dev.almanac.build.write;

import dev.almanac.Almanac;
import dev.almanac.DateDictionary;
import dev.almanac.IdKind;
import dev.almanac.build.choice.DateCollector;
import dev.almanac.build.workspace.Fingerprint;
import dev.almanac.build.workspace.Parallel;
import dev.almanac.format.Footer;
import dev.almanac.format.Xxh64;
import dev.almanac.read.LongCursor;
import dev.almanac.read.LongTable;
import dev.almanac.read.SealedFile;
import dev.almanac.read.TextCursor;
import dev.almanac.read.TextTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads every ID of the finished file back through the reader's own path before it is published: a
 * lookup of each ID must give its code, and all entries together must be those of the rows. Each
 * code must mean its date.
 */
final class SelfCheck {
  private static final int BATCH = 512;
  private static final int PARTS_PER_TASK = 16;

  private SelfCheck() {}

  /**
   * Checks the sealed file at {@code path}.
   *
   * @throws IllegalStateException if a lookup does not answer what was put in; nothing was
   *     published then
   */
  static void run(Parallel threads, Path path, Fingerprint expected) throws IOException {
    SealedFile file = SealedFile.open(path);
    try {
      run(threads, file, expected);
    } finally {
      file.close();
    }
  }

  /**
   * Checks that each code means the date that it stands for in the entries.
   *
   * @throws IllegalStateException if it does not; nothing was published then
   */
  static void checkDates(Path path, DateCollector.Sorted expected) throws IOException {
    try (Almanac almanac = Almanac.open(path)) {
      DateDictionary found = almanac.dictionary();
      if (found.size() != expected.epochDays().length) {
        throw new IllegalStateException(
            String.format(
                "the file must hold the dates of the rows: dateCount=%s expected=%s",
                found.size(), expected.epochDays().length));
      }
      for (int code = 0; code < found.size(); code++) {
        long day = expected.epochDays()[code];
        String text = expected.texts().get(code);
        if (found.epochDay(code) != day || !found.text(code).equals(text)) {
          throw new IllegalStateException(
              String.format(
                  "a code must mean the date of its rows: code=%s date=%s epochDay=%s"
                      + " expected=%s expectedEpochDay=%s",
                  code, found.text(code), found.epochDay(code), text, day));
        }
      }
    }
  }

  private static void run(Parallel threads, SealedFile file, Fingerprint expected)
      throws IOException {
    Footer footer = file.footer();
    LongTable numbers = footer.idKind() == IdKind.LONG ? LongTable.of(file) : null;
    TextTable texts = numbers == null ? TextTable.of(file) : null;
    int partCount =
        numbers != null ? numbers.partCount() : Objects.requireNonNull(texts).partCount();
    Fingerprint found = new Fingerprint();
    AtomicLong idCount = new AtomicLong();
    threads
        .forEachIndex(
            (partCount + PARTS_PER_TASK - 1) / PARTS_PER_TASK,
            Fingerprint::new,
            (part, task) -> {
              int from = task * PARTS_PER_TASK;
              int to = Math.min(partCount, from + PARTS_PER_TASK);
              idCount.addAndGet(
                  numbers != null
                      ? checkNumbers(numbers, from, to, part)
                      : checkTexts(Objects.requireNonNull(texts), from, to, part));
            })
        .forEach(found::add);
    if (idCount.get() != footer.idCount() || !found.sameAs(expected)) {
      throw new IllegalStateException(
          String.format(
              "the file must hold what the rows came to: idCount=%s expected=%s fingerprint=%s"
                  + " expected=%s",
              idCount.get(), footer.idCount(), found, expected));
    }
  }

  private static long checkNumbers(LongTable table, int fromPart, int toPart, Fingerprint found) {
    long[] ids = new long[BATCH];
    int[] expected = new int[BATCH];
    int[] codes = new int[BATCH];
    long count = 0;
    LongCursor cursor = table.cursor(fromPart, toPart);
    for (int n = BATCH; n == BATCH; count += n) {
      n = 0;
      while (n < BATCH && cursor.next()) {
        ids[n] = cursor.id();
        expected[n] = cursor.code();
        found.add(ids[n], expected[n]);
        n++;
      }
      table.codes(ids, 0, codes, 0, n);
      for (int i = 0; i < n; i++) {
        // The first of a batch is looked up alone too.
        int code = i == 0 && codes[i] == expected[i] ? table.code(ids[i]) : codes[i];
        if (code != expected[i]) {
          throw notFound(Long.toString(ids[i]), code, expected[i]);
        }
      }
    }
    return count;
  }

  private static long checkTexts(TextTable table, int fromPart, int toPart, Fingerprint found) {
    byte[] ids = new byte[BATCH * table.longestIdBytes()];
    int[] starts = new int[BATCH];
    int[] ends = new int[BATCH];
    int[] expected = new int[BATCH];
    int[] codes = new int[BATCH];
    long count = 0;
    TextCursor cursor = table.cursor(fromPart, toPart);
    for (int n = BATCH; n == BATCH; count += n) {
      n = 0;
      int at = 0;
      while (n < BATCH && cursor.next()) {
        System.arraycopy(cursor.idBytes(), cursor.idOffset(), ids, at, cursor.idLength());
        starts[n] = at;
        at += cursor.idLength();
        ends[n] = at;
        expected[n] = cursor.code();
        found.add(Xxh64.hash(ids, starts[n], cursor.idLength()), expected[n]);
        n++;
      }
      table.codes(ids, starts, ends, codes, n);
      for (int i = 0; i < n; i++) {
        int length = ends[i] - starts[i];
        int code =
            i == 0 && codes[i] == expected[i] ? table.code(ids, starts[i], length) : codes[i];
        if (code != expected[i]) {
          throw notFound(
              new String(ids, starts[i], length, StandardCharsets.UTF_8), code, expected[i]);
        }
      }
    }
    return count;
  }

  private static IllegalStateException notFound(String id, int code, int expected) {
    return new IllegalStateException(
        "a lookup must find what was put in: id=" + id + " code=" + code + " expected=" + expected);
  }
}
