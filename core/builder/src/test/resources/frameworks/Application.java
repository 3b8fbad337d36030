package app;

import dev.almanac.Almanac;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.DelimitedRows;
import java.nio.file.Files;
import java.nio.file.Path;

public class Application {
  public static void main(String[] arguments) throws Exception {
    Path rows = Path.of(arguments[0]);
    Path target = Path.of(arguments[1]);
    AlmanacBuilder.create().build(DelimitedRows.of(rows), target);
    try (Almanac dates = Almanac.open(target)) {
      for (String row : Files.readAllLines(rows)) {
        String[] fields = row.split("[|]");
        if (!fields[1].equals(dates.date(fields[0]).toString())) {
          throw new AssertionError(row);
        }
      }
      System.out.println("right: " + dates.size());
    }
  }
}
