package dev.almanac.spark;

import dev.almanac.Almanac;
import dev.almanac.HostCache;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;

/**
 * Where an executor finds the dates: it travels with the tasks, the almanac does not.
 *
 * @param source a file that every host can read
 * @param edition its edition
 * @param directory a folder of each host's own disk, where its copy lies
 */
record HostDates(String source, String edition, String directory) implements Serializable {
  /**
   * Copies the file to this host unless it is there, and opens it. A process maps a file once,
   * however many of its tasks have it open; each closes its own almanac.
   */
  Almanac open() throws IOException {
    return Almanac.open(file(), edition);
  }

  /** This host's copy. */
  Path file() throws IOException {
    return HostCache.install(Path.of(source), edition, Path.of(directory));
  }
}
