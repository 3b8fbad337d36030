package com.example.orders;

import dev.almanac.Almanac;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.DelimitedRows;
import java.io.IOException;
import java.nio.file.Path;

/** Publishes the dates of some orders, opens them and answers: {@code Orders ROWS TARGET ID...} */
public final class Orders {
  private Orders() {}

  /** Prints a line for each ID that was asked for: the ID, a tab, its date or nothing. */
  public static void main(String[] arguments) throws IOException {
    Path rows = Path.of(arguments[0]);
    Path target = Path.of(arguments[1]);
    AlmanacBuilder.create().build(DelimitedRows.of(rows), target);
    try (Almanac dates = Almanac.open(target)) {
      System.out.println(dates.size() + " orders");
      for (int i = 2; i < arguments.length; i++) {
        var date = dates.date(Long.parseLong(arguments[i]));
        System.out.println(arguments[i] + "\t" + (date == null ? "" : date));
      }
    }
  }
}
