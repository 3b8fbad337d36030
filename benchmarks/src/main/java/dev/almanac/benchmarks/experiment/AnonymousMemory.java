package dev.almanac.benchmarks.experiment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Watches the memory of this process and its children that is no file's: heap, stacks, buffers,
 * compiled code. Pages of mapped files are left out, since the kernel takes them back when it needs
 * them. A thread of its own looks fifty times a second and keeps the most.
 */
final class AnonymousMemory implements AutoCloseable {
  private static final long INTERVAL_MILLIS = 20;

  private final Thread watcher = new Thread(this::watch, "anonymous-memory");
  private volatile long mostBytes;

  AnonymousMemory() {
    watcher.setDaemon(true);
    watcher.start();
  }

  private void watch() {
    try {
      while (true) {
        try (Stream<ProcessHandle> children = ProcessHandle.current().descendants()) {
          long bytes =
              LongStream.concat(
                      LongStream.of(ProcessHandle.current().pid()),
                      children.mapToLong(ProcessHandle::pid))
                  .map(AnonymousMemory::bytes)
                  .sum();
          mostBytes = Math.max(mostBytes, bytes);
        }
        Thread.sleep(INTERVAL_MILLIS);
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private static long bytes(long pid) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
        if (line.startsWith("RssAnon:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
        }
      }
      return 0;
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      if (Files.exists(Path.of("/proc", Long.toString(pid)))) {
        throw new UncheckedIOException(e);
      }
      return 0;
    }
  }

  /** The most so far. */
  long mostBytes() {
    return mostBytes;
  }

  @Override
  public void close() {
    watcher.interrupt();
  }
}
