package dev.almanac.read;

import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What a process tells of a file that it has mapped: an event in a flight recording, and one
 * warning if the memory that is left for the page cache is smaller than the file.
 */
final class MappedReport {
  /** A smaller file fits wherever a JVM does, and the comparison would take longer than to open. */
  private static final long LEAST_COMPARED_BYTES = 64 << 20;

  private static final AtomicBoolean HAS_WARNED = new AtomicBoolean();

  private MappedReport() {}

  static void of(Path path, String edition, long fileBytes) {
    boolean isRecorded = Recording.isOn();
    if (isCompared(isRecorded, fileBytes)) {
      compared(path, edition, fileBytes, isRecorded, new PageCacheRoom().bytes());
    }
  }

  /** Whether a file is compared with the memory that is left. */
  static boolean isCompared(boolean isRecorded, long fileBytes) {
    return isRecorded || (fileBytes >= LEAST_COMPARED_BYTES && !HAS_WARNED.get());
  }

  static void compared(
      Path path, String edition, long fileBytes, boolean isRecorded, OptionalLong room) {
    if (isRecorded) {
      OpenEvent event = new OpenEvent();
      event.path = path.toString();
      event.edition = edition;
      event.fileBytes = fileBytes;
      event.availableBytes = room.orElse(-1);
      event.commit();
    }
    if (room.isPresent() && room.getAsLong() < fileBytes && HAS_WARNED.compareAndSet(false, true)) {
      System.getLogger("dev.almanac")
          .log(
              System.Logger.Level.WARNING,
              ("the file is larger than the memory that is left for the page cache, so lookups may"
                      + " read the disk: fileBytes=%s availableBytes=%s, path=%s")
                  .formatted(fileBytes, room.getAsLong(), path));
    }
  }
}
