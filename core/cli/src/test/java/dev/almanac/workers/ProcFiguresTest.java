package dev.almanac.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Measures this JVM itself, which maps a file in the ways that a worker should and should not. */
class ProcFiguresTest {
  private static final long PID = ProcessHandle.current().pid();
  private static final int PAGE_BYTES = 4_096;
  private static final int PAGES = 50;

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void writeFile() throws IOException {
    file = folder.resolve("mapped file.bin");
    Files.write(file, new byte[PAGES * PAGE_BYTES]);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  @Test
  void aFileThatIsNotMappedHasNoPermissions() throws IOException {
    assertEquals(new MappingMemory("", 0, 0, 0, 0, 0, 0), MappingMemory.of(PID, file));
  }

  @Test
  void aReadOnlyMappingIsSharedAndClean() throws IOException {
    MappingMemory memory = touched(MapMode.READ_ONLY, false);
    assertEquals("r--s", memory.permissions());
    assertEquals(1, memory.mappingCount());
    assertEquals(PAGES * 4, memory.rssKilobytes());
    assertEquals(0, memory.dirtyKilobytes());
    assertEquals(0, memory.copiedKilobytes());
  }

  @Test
  void aWrittenPageOfASharedMappingIsDirty() throws IOException {
    MappingMemory memory = touched(MapMode.READ_WRITE, true);
    assertEquals("rw-s", memory.permissions());
    assertEquals(PAGES * 4, memory.dirtyKilobytes());
    assertEquals(0, memory.copiedKilobytes());
  }

  @Test
  void aWrittenPageOfAPrivateMappingIsCopied() throws IOException {
    MappingMemory memory = touched(MapMode.PRIVATE, true);
    assertEquals("rw-p", memory.permissions());
    assertEquals(PAGES * 4, memory.copiedKilobytes());
  }

  @Test
  void severalMappingsAreSummed() throws IOException {
    MappedByteBuffer one = map(MapMode.READ_ONLY);
    MappedByteBuffer two = map(MapMode.PRIVATE);
    touch(one, false);
    touch(two, true);
    MappingMemory memory = MappingMemory.of(PID, file);
    assertEquals("r--s,rw-p", memory.permissions());
    assertEquals(2, memory.mappingCount());
    assertEquals(2 * PAGES * 4, memory.rssKilobytes());
    assertEquals(0, one.get(0) + two.get(PAGE_BYTES) - 1);
  }

  @Test
  void memoryOfAProcessHoldsItsParts() throws IOException {
    ProcessMemory memory = ProcessMemory.of(PID);
    assertTrue(memory.pssKilobytes() > 1_000, memory.toString());
    assertTrue(memory.pssKilobytes() <= memory.rssKilobytes(), memory.toString());
    assertTrue(memory.privateKilobytes() <= memory.rssKilobytes(), memory.toString());
    assertTrue(memory.privateDirtyKilobytes() > 0, memory.toString());
  }

  @Test
  void whatIsWrittenIsCounted() throws IOException {
    ProcessWrites before = ProcessWrites.of(PID);
    Files.write(folder.resolve("written"), new byte[100_000]);
    ProcessWrites written = ProcessWrites.of(PID).minus(before);
    assertTrue(written.callBytes() >= 100_000, written.toString());
  }

  @Test
  void aProcessThatIsGoneHasNoFigures() throws Exception {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    assertThrows(IOException.class, () -> ProcessMemory.of(process.pid()));
    assertThrows(IOException.class, () -> MappingMemory.of(process.pid(), file));
    assertThrows(IOException.class, () -> ProcessWrites.of(process.pid()));
  }

  /** The memory of a mapping of which every page was read or written. */
  private MappingMemory touched(MapMode mode, boolean write) throws IOException {
    MappedByteBuffer buffer = map(mode);
    touch(buffer, write);
    MappingMemory memory = MappingMemory.of(PID, file);
    // Asked for here, so that the mapping lives until then.
    assertEquals(write ? 1 : 0, buffer.get(0));
    return memory;
  }

  private MappedByteBuffer map(MapMode mode) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return channel.map(mode, 0, PAGES * PAGE_BYTES);
    }
  }

  private static void touch(MappedByteBuffer buffer, boolean write) {
    int sum = 0;
    for (int at = 0; at < buffer.capacity(); at += PAGE_BYTES) {
      if (write) {
        buffer.put(at, (byte) 1);
      } else {
        sum += buffer.get(at);
      }
    }
    assertEquals(0, sum);
  }
}
