package dev.almanac.workers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Memory of one process, from {@code /proc/PID/smaps_rollup}. Pss counts a page that n processes
 * share as an n-th of it, so the sum over processes is the memory that they take together.
 *
 * @param pssKilobytes proportional share
 * @param rssKilobytes resident, shared pages counted in full
 * @param privateCleanKilobytes mapped by this process alone, and as on disk
 * @param privateDirtyKilobytes mapped by this process alone, and written
 */
public record ProcessMemory(
    long pssKilobytes, long rssKilobytes, long privateCleanKilobytes, long privateDirtyKilobytes) {

  /**
   * The memory of a running process. Walks its page tables: some milliseconds for each GB that is
   * mapped.
   *
   * @throws IOException if there is no such process, or it belongs to someone else
   */
  public static ProcessMemory of(long pid) throws IOException {
    long pss = 0;
    long rss = 0;
    long privateClean = 0;
    long privateDirty = 0;
    for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "smaps_rollup"))) {
      if (line.startsWith("Pss:")) {
        pss = kilobytes(line);
      } else if (line.startsWith("Rss:")) {
        rss = kilobytes(line);
      } else if (line.startsWith("Private_Clean:")) {
        privateClean = kilobytes(line);
      } else if (line.startsWith("Private_Dirty:")) {
        privateDirty = kilobytes(line);
      }
    }
    if (rss == 0) {
      throw new IOException("a running process must have memory: pid=" + pid);
    }
    return new ProcessMemory(pss, rss, privateClean, privateDirty);
  }

  /** What this process alone maps: freed if it ended. */
  public long privateKilobytes() {
    return privateCleanKilobytes + privateDirtyKilobytes;
  }

  /** The figure of a line such as {@code Pss: 1234 kB}. */
  static long kilobytes(String line) {
    int end = line.length() - " kB".length();
    return Long.parseLong(line, line.lastIndexOf(' ', end - 1) + 1, end, 10);
  }
}
