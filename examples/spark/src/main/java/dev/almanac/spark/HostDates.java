package dev.almanac.spark;

import dev.almanac.Almanac;
import dev.almanac.HostCache;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Where an executor finds the dates: it travels with the tasks, the almanac does not.
 *
 * @param source a file that every host can read
 * @param edition its edition
 * @param directory a folder of each host's own disk, where its copy lies
 */
record HostDates(String source, String edition, String directory) implements Serializable {
  /** One for each edition that this process has used, for all tasks, open as long as it lives. */
  private static final Map<String, Almanac> OPEN = new HashMap<>();

  /** Copies the file to this host unless it is there, and opens it unless this process has. */
  Almanac open() throws IOException {
    synchronized (OPEN) {
      Almanac dates = OPEN.get(edition);
      if (dates == null) {
        dates =
            Almanac.open(HostCache.install(Path.of(source), edition, Path.of(directory)), edition);
        OPEN.put(edition, dates);
      }
      return dates;
    }
  }
}
