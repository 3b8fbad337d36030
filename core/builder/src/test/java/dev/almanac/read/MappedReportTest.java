package dev.almanac.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedReportTest {
  @TempDir private Path folder;

  /** What is logged while some files are reported, in a process that has not warned yet. */
  private static List<String> logged(Runnable reports) throws ReflectiveOperationException {
    Field hasWarned = MappedReport.class.getDeclaredField("HAS_WARNED");
    hasWarned.setAccessible(true);
    ((AtomicBoolean) hasWarned.get(null)).set(false);
    List<String> messages = new ArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            messages.add(record.getLevel() + " " + record.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger("dev.almanac");
    logger.addHandler(handler);
    logger.setUseParentHandlers(false);
    try {
      reports.run();
    } finally {
      logger.setUseParentHandlers(true);
      logger.removeHandler(handler);
    }
    return messages;
  }

  @Test
  void aProcessWarnsOnceOfAFileThatMemoryHasNoRoomFor() throws Exception {
    List<String> messages =
        logged(
            () -> {
              MappedReport.of(Path.of("small"), "edition", 100);
              MappedReport.of(Path.of("fits"), "edition", 65 << 20);
              MappedReport.of(Path.of("large"), "edition", Long.MAX_VALUE);
              MappedReport.of(Path.of("other"), "edition", Long.MAX_VALUE);
            });
    assertEquals(1, messages.size(), messages::toString);
    String message = messages.get(0);
    assertTrue(
        message.startsWith(
            "WARNING the file is larger than the memory that is left for the page cache, so lookups"
                + " may read the disk: fileBytes=9223372036854775807 availableBytes="),
        message);
    assertTrue(message.endsWith(", path=large"), message);
  }

  private static void compared(long fileBytes, OptionalLong room) {
    MappedReport.compared(Path.of("some"), "edition", fileBytes, false, room);
  }

  @Test
  void aFileThatFitsToTheByteIsNoReasonToWarn() throws Exception {
    List<String> messages =
        logged(
            () -> {
              compared(1000, OptionalLong.empty());
              compared(1000, OptionalLong.of(1001));
              compared(1000, OptionalLong.of(1000));
              compared(1000, OptionalLong.of(999));
              compared(1000, OptionalLong.of(998));
            });
    assertEquals(1, messages.size(), messages::toString);
    assertTrue(
        messages.get(0).endsWith(": fileBytes=1000 availableBytes=999, path=some"),
        messages::toString);
  }

  @Test
  void filesFrom64MiBOnAreComparedUntilTheProcessHasWarned() throws Exception {
    long least = 64 << 20;
    logged(
        () -> {
          assertFalse(MappedReport.isCompared(false, least - 1));
          assertTrue(MappedReport.isCompared(false, least));
          compared(2, OptionalLong.of(1));
          assertFalse(MappedReport.isCompared(false, least));
          assertTrue(MappedReport.isCompared(true, 1), "a recording has an event of every file");
        });
  }

  @Test
  void aFlightRecordingHasAnEventForEachFileThatIsMapped() throws Exception {
    Path flight = folder.resolve("flight.jfr");
    Path path = folder.resolve("handmade.almanac");
    String edition;
    try (Recording recording = new Recording();
        HandmadeFile file = HandmadeFile.ofNumbers(path, 3, 1, 16, 8)) {
      // Another edition each time: a text of an earlier recording is null in a later one on Java
      // 17.
      file.put(ThreadLocalRandom.current().nextLong(), 1);
      edition = file.seal().edition();
      recording.enable("dev.almanac.Open");
      recording.start();
      SealedFile first = SealedFile.open(path);
      SealedFile.open(path).close();
      SealedFile.open(path).close();
      first.close();
      recording.stop();
      recording.dump(flight);
    }
    List<RecordedEvent> events = opened(flight);
    assertEquals(1, events.size(), "who opens it again shares the mapping");
    RecordedEvent event = events.get(0);
    assertEquals(path.toString(), event.getString("path"));
    assertEquals(edition, event.getString("edition"));
    assertEquals(path.toFile().length(), event.getLong("fileBytes"));
    assertTrue(event.getLong("availableBytes") > 0);
  }

  private static List<RecordedEvent> opened(Path flight) throws IOException {
    return RecordingFile.readAllEvents(flight).stream()
        .filter(event -> event.getEventType().getName().equals("dev.almanac.Open"))
        .toList();
  }
}
