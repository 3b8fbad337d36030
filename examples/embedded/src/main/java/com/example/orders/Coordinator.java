package com.example.orders;

import dev.almanac.Almanac;
import dev.almanac.IdKind;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.DelimitedRows;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Builds a file of dates and has ten processes look IDs up: {@code Coordinator ROWS IDS OUTPUT} */
public final class Coordinator {
  static final int WORKERS = 10;

  private Coordinator() {}

  public static void main(String[] arguments) throws Exception {
    Path rows = Path.of(arguments[0]);
    Path ids = Path.of(arguments[1]);
    Path output = Files.createDirectories(Path.of(arguments[2]));
    Path target = output.resolve("orders.almanac");
    String edition =
        AlmanacBuilder.create().ids(IdKind.LONG).build(DelimitedRows.of(rows), target).edition();

    // A worker needs its own classes and the reader's jar. It has no part in the build.
    String classPath = location(Worker.class) + File.pathSeparator + location(Almanac.class);
    List<Process> workers = new ArrayList<>();
    for (int number = 0; number < WORKERS; number++) {
      workers.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx64m",
                  "-XX:+UseSerialGC",
                  "-cp",
                  classPath,
                  Worker.class.getName(),
                  target.toString(),
                  edition,
                  ids.toString(),
                  Integer.toString(number),
                  output.resolve("part-" + number).toString())
              .inheritIO()
              .start());
    }
    for (Process worker : workers) {
      if (worker.waitFor() != 0) {
        throw new IllegalStateException("a worker failed: exitStatus=" + worker.exitValue());
      }
    }
  }

  private static Path location(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }
}
