package com.example.orders;

import dev.almanac.Almanac;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks every tenth ID of a file up and writes {@code ID|DATE} lines: {@code Worker FILE EDITION
 * IDS NUMBER OUTPUT}. Opens the edition that it was told, or fails: all workers of a run have the
 * same dates, even if the file is replaced meanwhile.
 */
public final class Worker {
  private Worker() {}

  public static void main(String[] arguments) throws Exception {
    int number = Integer.parseInt(arguments[3]);
    List<String> mine = new ArrayList<>();
    List<String> all = Files.readAllLines(Path.of(arguments[2]));
    for (int i = number; i < all.size(); i += Coordinator.WORKERS) {
      mine.add(all.get(i));
    }
    long[] ids = mine.stream().mapToLong(Long::parseLong).toArray();
    LocalDate[] dates = new LocalDate[ids.length];
    try (Almanac almanac = Almanac.open(Path.of(arguments[0]), arguments[1])) {
      almanac.dates(ids, dates);
    }
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < ids.length; i++) {
      lines.add(ids[i] + "|" + (dates[i] == null ? "" : dates[i]));
    }
    Files.write(Path.of(arguments[4]), lines);
  }
}
