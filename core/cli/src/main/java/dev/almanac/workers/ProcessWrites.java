package dev.almanac.workers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What one process has written so far, from {@code /proc/PID/io}.
 *
 * @param storageBytes bytes that it caused to be written to storage ({@code write_bytes}): dirtied
 *     pages, write calls to files
 * @param callBytes bytes passed to write calls of any kind, pipes included ({@code wchar})
 */
public record ProcessWrites(long storageBytes, long callBytes) {

  /**
   * The counters of a running process.
   *
   * @throws IOException if there is no such process, or it belongs to someone else
   */
  public static ProcessWrites of(long pid) throws IOException {
    long storage = -1;
    long calls = -1;
    for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "io"))) {
      if (line.startsWith("write_bytes:")) {
        storage = Long.parseLong(line.substring("write_bytes:".length()).trim());
      } else if (line.startsWith("wchar:")) {
        calls = Long.parseLong(line.substring("wchar:".length()).trim());
      }
    }
    if (storage < 0 || calls < 0) {
      throw new IOException("/proc must count what a process writes: pid=" + pid);
    }
    return new ProcessWrites(storage, calls);
  }

  ProcessWrites minus(ProcessWrites earlier) {
    return new ProcessWrites(storageBytes - earlier.storageBytes, callBytes - earlier.callBytes);
  }
}
