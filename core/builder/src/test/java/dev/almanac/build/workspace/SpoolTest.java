package dev.almanac.build.workspace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spools, and what their writers put there, beside lists of the same blocks. */
class SpoolTest {
  private static final int PARTITIONS = 5;
  private static final int MOST_BYTES = 1 << 16;

  /** No block lies across a multiple of this. */
  private static final long WINDOW_BYTES = 1 << 30;

  @TempDir Path folder;

  private Path path;

  @BeforeEach
  void name() {
    path = folder.resolve("spool");
  }

  private static byte[] randomBytes(SplittableRandom random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] remaining(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private static byte[] read(Spool spool, int partition, int block) throws IOException {
    ByteBuffer into = ByteBuffer.allocateDirect(MOST_BYTES);
    // What a reader left must not matter.
    into.position(3).limit(7);
    spool.read(partition, block, into);
    return remaining(into);
  }

  private static byte[] readInPlace(Spool spool, int partition, int block) {
    long offset = spool.blockOffset(partition, block);
    byte[] bytes = new byte[spool.blockBytes(partition, block)];
    spool.window(offset).get(Spool.offsetInWindow(offset), bytes);
    return bytes;
  }

  /** Of one thread, by partition and number, the blocks that it wrote. */
  private static Map<Integer, Map<Integer, byte[]>> write(Spool spool, int seed)
      throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    Map<Integer, Map<Integer, byte[]>> blocks = new HashMap<>();
    for (int i = 0; i < 60; i++) {
      // Nothing in the last partition.
      int partition = random.nextInt(PARTITIONS - 1);
      byte[] bytes = randomBytes(random, i == 0 ? MOST_BYTES : 1 + random.nextInt(500));
      int number = spool.append(partition, ByteBuffer.wrap(bytes));
      blocks.computeIfAbsent(partition, p -> new HashMap<>()).put(number, bytes);
    }
    return blocks;
  }

  @Test
  void blocksOfSeveralThreadsAreReadByPartitionAndNumber() throws IOException {
    try (Spool spool = new Spool(path, PARTITIONS);
        Parallel threads = new Parallel(4)) {
      List<Parallel.Task<Map<Integer, Map<Integer, byte[]>>>> tasks = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        int seed = i;
        tasks.add(() -> write(spool, seed));
      }
      List<Map<Integer, Map<Integer, byte[]>>> written = threads.run(tasks);
      spool.map();
      assertEquals(PARTITIONS, spool.partitionCount());
      long bytes = 0;
      for (int partition = 0; partition < PARTITIONS; partition++) {
        Map<Integer, byte[]> blocks = new HashMap<>();
        int count = 0;
        for (Map<Integer, Map<Integer, byte[]>> ofThread : written) {
          Map<Integer, byte[]> own = ofThread.getOrDefault(partition, Map.of());
          count += own.size();
          blocks.putAll(own);
        }
        assertEquals(count, blocks.size(), "a number is given once");
        assertEquals(count, spool.blockCount(partition));
        long ofPartition = 0;
        for (int block = 0; block < count; block++) {
          byte[] expected = blocks.get(block);
          assertArrayEquals(expected, read(spool, partition, block));
          assertArrayEquals(expected, readInPlace(spool, partition, block));
          ofPartition += spool.blockBytes(partition, block);
        }
        assertEquals(blocks.values().stream().mapToLong(block -> block.length).sum(), ofPartition);
        assertEquals(ofPartition, spool.bytes(partition));
        bytes += ofPartition;
      }
      assertEquals(bytes, spool.bytes());
      assertEquals(bytes, Files.size(path));
    }
  }

  /** The file is sparse: the first block is put just before the end of a window. */
  @Test
  void noBlockLiesAcrossTwoWindows() throws IOException {
    SplittableRandom random = new SplittableRandom(5);
    for (int spare = -1; spare <= 1; spare++) {
      try (Spool spool = new Spool(folder.resolve("spare" + spare), 2)) {
        int length = 1_000;
        spool.end.set(WINDOW_BYTES - length - spare);
        List<byte[]> blocks = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          byte[] bytes = randomBytes(random, length);
          blocks.add(bytes);
          assertEquals(i, spool.append(1, ByteBuffer.wrap(bytes)));
        }
        long first = spare < 0 ? WINDOW_BYTES : WINDOW_BYTES - length - spare;
        long second = spare < 0 ? WINDOW_BYTES + length : WINDOW_BYTES;
        assertEquals(first, spool.blockOffset(1, 0));
        assertEquals(second, spool.blockOffset(1, 1));
        assertEquals(second + length, spool.blockOffset(1, 2));
        assertEquals(second + 2 * length, spool.bytes());
        spool.map();
        assertEquals(spool.bytes(), Files.size(folder.resolve("spare" + spare)));
        for (int i = 0; i < blocks.size(); i++) {
          assertArrayEquals(blocks.get(i), read(spool, 1, i));
          assertArrayEquals(blocks.get(i), readInPlace(spool, 1, i));
        }
      }
    }
  }

  @Test
  void aSpoolIsMappedOnce() throws IOException {
    try (Spool spool = new Spool(path, 1)) {
      spool.append(0, ByteBuffer.wrap(new byte[] {1, 2, 3, 4}));
      spool.map();
      ByteBuffer window = spool.window(0);
      assertEquals(0x04030201, window.getInt(0));
      spool.map();
      assertSame(window, spool.window(0));
    }
  }

  @Test
  void aSpoolOfNothingIsMappedToo() throws IOException {
    try (Spool spool = new Spool(path, 2)) {
      spool.map();
      assertEquals(0, spool.bytes());
      assertEquals(0, spool.bytes(1));
      assertEquals(0, spool.blockCount(1));
    }
  }

  @Test
  void aBlockThatWasCutIsRefusedWithTheOffsetOfTheCut() throws IOException {
    try (Spool spool = new Spool(path, 1);
        FileChannel other = FileChannel.open(path, StandardOpenOption.WRITE)) {
      byte[] bytes = randomBytes(new SplittableRandom(6), 200);
      for (int i = 0; i < 3; i++) {
        spool.append(0, ByteBuffer.wrap(bytes));
      }
      for (long size : new long[] {599, 401, 400}) {
        other.truncate(size);
        IOException e = assertThrows(IOException.class, () -> read(spool, 0, 2));
        assertEquals(
            "a temporary file must not shrink under its builder: path=" + path + " offset=" + size,
            e.getMessage());
        assertArrayEquals(bytes, read(spool, 0, 1));
      }
    }
  }

  @Test
  void aClosedSpoolLeavesNeitherFileNorSpace() throws IOException {
    Spool spool = new Spool(path, 1);
    assertThrows(FileAlreadyExistsException.class, () -> new Spool(path, 1));
    spool.append(0, ByteBuffer.wrap(new byte[100]));
    try (FileChannel other = FileChannel.open(path)) {
      assertEquals(100, other.size());
      spool.close();
      assertEquals(0, other.size());
    }
    assertFalse(Files.exists(path));
    assertThrows(ClosedChannelException.class, () -> read(spool, 0, 0));
    assertThrows(ClosedChannelException.class, () -> spool.append(0, ByteBuffer.allocate(1)));
    assertThrows(ClosedChannelException.class, spool::map);
    // Another spool may have the name by then.
    try (Spool next = new Spool(path, 1)) {
      next.append(0, ByteBuffer.wrap(new byte[] {7}));
      spool.close();
      assertArrayEquals(new byte[] {7}, read(next, 0, 0));
      assertEquals(1, Files.size(path));
    }
  }

  /** Four bytes at a time, of blocks that hold five times as many. */
  @Test
  void aWriterWritesABlockWhenItIsFullAndTheRestWhenItIsFlushed() throws IOException {
    int numbersPerBlock = 5;
    for (int count = 0; count <= 3 * numbersPerBlock; count++) {
      try (Spool spool = new Spool(folder.resolve("count" + count), 3)) {
        SpoolWriter writer = new SpoolWriter(spool, numbersPerBlock * Integer.BYTES);
        for (int number = 0; number < count; number++) {
          // The block of the second partition fills while that of the third holds one number.
          writer.block(1, Integer.BYTES).putInt(number);
          if (number == 1) {
            writer.block(2, Integer.BYTES).putInt(-1);
          }
        }
        // Nothing waits the second time.
        writer.flush();
        writer.flush();
        List<Integer> sizes = new ArrayList<>();
        List<Integer> numbers = new ArrayList<>();
        for (int block = 0; block < spool.blockCount(1); block++) {
          ByteBuffer bytes = ByteBuffer.wrap(read(spool, 1, block));
          sizes.add(bytes.remaining() / Integer.BYTES);
          while (bytes.hasRemaining()) {
            numbers.add(Integer.reverseBytes(bytes.getInt()));
          }
        }
        List<Integer> expectedSizes = new ArrayList<>();
        List<Integer> expectedNumbers = new ArrayList<>();
        for (int number = 0; number < count; number++) {
          if (number % numbersPerBlock == 0) {
            expectedSizes.add(0);
          }
          expectedSizes.set(
              number / numbersPerBlock, expectedSizes.get(number / numbersPerBlock) + 1);
          expectedNumbers.add(number);
        }
        assertEquals(expectedSizes, sizes);
        assertEquals(expectedNumbers, numbers);
        assertEquals(0, spool.blockCount(0));
        assertEquals(count > 1 ? 1 : 0, spool.blockCount(2));
      }
    }
  }
}
