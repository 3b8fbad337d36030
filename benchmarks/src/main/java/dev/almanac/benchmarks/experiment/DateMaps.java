package dev.almanac.benchmarks.experiment;

import com.google.common.collect.Interner;
import com.google.common.collect.Interners;
import dev.almanac.benchmarks.stores.Rows;
import it.unimi.dsi.fastutil.longs.Long2ShortOpenHashMap;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import net.openhft.chronicle.core.values.LongValue;
import net.openhft.chronicle.core.values.ShortValue;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import net.openhft.chronicle.values.Values;

/**
 * The maps that this library is compared with: loaded from the rows by each worker, or stock
 * Chronicle Maps that are opened.
 */
final class DateMaps {
  private static final String DATE_SAMPLE = "2015-01-01";

  private DateMaps() {}

  /** The dates of a case. */
  static DateWorker.Dates of(String name, Path file, int rowCount) throws IOException {
    return switch (name) {
      case "hashmap-strings" -> strings(file, rowCount, null);
      case "hashmap-strings-interned" -> strings(file, rowCount, Interners.newStrongInterner());
      case "hashmap-dates" -> localDates(file, rowCount);
      case "fastutil" -> codes(file, rowCount);
      case "chronicle-strings" -> {
        ChronicleMap<String, String> map = chronicleStrings(file.toFile(), rowCount);
        yield id -> map.get(Long.toString(id));
      }
      case "chronicle-codes", "chronicle-codes-shared", "chronicle-codes-private" -> {
        ChronicleMap<LongValue, ShortValue> map = chronicleCodes(file.toFile(), rowCount);
        LocalDate[] dates = dates();
        LongValue key = Values.newHeapInstance(LongValue.class);
        ShortValue value = Values.newHeapInstance(ShortValue.class);
        yield id -> {
          key.setValue(id);
          return map.getUsing(key, value) == null ? null : dates[value.getValue()];
        };
      }
      default ->
          throw new IllegalArgumentException("A case is one that workers know; case=" + name);
    };
  }

  private interface RowConsumer {
    void accept(String id, String date);
  }

  private static void forEachRow(Path file, RowConsumer consumer) throws IOException {
    try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.US_ASCII)) {
      for (String row = reader.readLine(); row != null; row = reader.readLine()) {
        int idEnd = row.indexOf('|');
        int dateStart = row.indexOf('|', idEnd + 1) + 1;
        consumer.accept(
            row.substring(0, idEnd), row.substring(dateStart, row.indexOf('|', dateStart)));
      }
    }
  }

  private static int capacity(int rowCount) {
    return (int) (rowCount / 0.75) + 1;
  }

  private static DateWorker.Dates strings(Path file, int rowCount, Interner<String> interner)
      throws IOException {
    Map<String, String> map = new HashMap<>(capacity(rowCount));
    forEachRow(file, (id, date) -> map.put(id, interner == null ? date : interner.intern(date)));
    return id -> map.get(Long.toString(id));
  }

  private static DateWorker.Dates localDates(Path file, int rowCount) throws IOException {
    Map<Long, LocalDate> map = new HashMap<>(capacity(rowCount));
    forEachRow(file, (id, date) -> map.put(Long.parseLong(id), LocalDate.parse(date)));
    return map::get;
  }

  private static DateWorker.Dates codes(Path file, int rowCount) throws IOException {
    Long2ShortOpenHashMap map = new Long2ShortOpenHashMap(rowCount);
    map.defaultReturnValue((short) -1);
    Map<String, Short> codes = new HashMap<>();
    for (short code = 0; code < Rows.DATE_COUNT; code++) {
      codes.put(Rows.date(code).toString(), code);
    }
    forEachRow(file, (id, date) -> map.put(Long.parseLong(id), (short) codes.get(date)));
    LocalDate[] dates = dates();
    return id -> {
      short code = map.get(id);
      return code < 0 ? null : dates[code];
    };
  }

  private static LocalDate[] dates() {
    LocalDate[] dates = new LocalDate[Rows.DATE_COUNT];
    for (int code = 0; code < dates.length; code++) {
      dates[code] = Rows.date(code);
    }
    return dates;
  }

  private static ChronicleMap<String, String> chronicleStrings(File file, int rowCount)
      throws IOException {
    return ChronicleMapBuilder.of(String.class, String.class)
        .averageKey(Integer.toString(rowCount - 1))
        .constantValueSizeBySample(DATE_SAMPLE)
        .entries(rowCount)
        .checksumEntries(false)
        .createPersistedTo(file);
  }

  private static ChronicleMap<LongValue, ShortValue> chronicleCodes(File file, int rowCount)
      throws IOException {
    return ChronicleMapBuilder.of(LongValue.class, ShortValue.class)
        .entries(rowCount)
        .checksumEntries(false)
        .createPersistedTo(file);
  }

  /** Fills a stock map from the rows. Arguments: case, rows, number of rows, file. */
  public static void main(String[] arguments) throws IOException {
    Path rows = Path.of(arguments[1]);
    int rowCount = Integer.parseInt(arguments[2]);
    File file = new File(arguments[3]);
    if (arguments[0].equals("chronicle-strings")) {
      try (ChronicleMap<String, String> map = chronicleStrings(file, rowCount)) {
        forEachRow(rows, map::put);
      }
    } else {
      LongValue key = Values.newHeapInstance(LongValue.class);
      ShortValue value = Values.newHeapInstance(ShortValue.class);
      long firstDay = Rows.date(0).toEpochDay();
      try (ChronicleMap<LongValue, ShortValue> map = chronicleCodes(file, rowCount)) {
        forEachRow(
            rows,
            (id, date) -> {
              key.setValue(Long.parseLong(id));
              value.setValue((short) (LocalDate.parse(date).toEpochDay() - firstDay));
              map.put(key, value);
            });
      }
    }
  }
}
