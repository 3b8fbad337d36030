package dev.almanac.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.CorruptAlmanacException;
import dev.almanac.OwnProcess;
import dev.almanac.format.Footer;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedFileTest {
  @TempDir private Path folder;

  private Path file(String name) throws IOException {
    Path path = folder.resolve(name);
    try (HandmadeFile file = HandmadeFile.ofNumbers(path, 3, 1, 16, 8)) {
      file.put(5, 1);
      file.seal();
    }
    return path;
  }

  @Test
  void usesAreCountedAndWhatIsUnmappedGetsNone() throws IOException {
    SealedFile file = SealedFile.open(file("counted"));
    Mapping mapping = file.mapped().mapping;
    assertTrue(mapping.tryUse());
    assertTrue(mapping.tryUse());
    assertEquals(2, mapping.endUse());
    assertEquals(1, mapping.endUse());
    assertEquals(Mapping.UNMAPS ? -1 : 0, mapping.endUse());
    // As after the last use on Java 22 and later.
    mapping.users.set(-1);
    assertFalse(mapping.tryUse());
    assertFalse(file.mapped().tryUse());
    assertThrows(IllegalStateException.class, file::share);
    assertEquals(-1, mapping.users.get());
  }

  @Test
  void looksAreEqualIfTheyAreOfOneFile() {
    FileTime time = FileTime.fromMillis(5);
    FileLook look = new FileLook(7, 100, time, "a");
    assertEquals(look, new FileLook(7, 100, FileTime.fromMillis(5), "a"));
    assertEquals(look.hashCode(), new FileLook(7, 100, time, "a").hashCode());
    assertNotEquals(look, new FileLook(8, 100, time, "a"));
    assertNotEquals(look, new FileLook(null, 100, time, "a"));
    assertNotEquals(look, new FileLook(7, 101, time, "a"));
    assertNotEquals(look, new FileLook(7, 100, FileTime.fromMillis(6), "a"));
    assertNotEquals(look, new FileLook(7, 100, time, "b"));
    assertNotEquals(look, "a");
    assertNotEquals(
        new FileLook(null, 100, time, "a").hashCode(),
        new FileLook(null, 100, time, "b").hashCode(),
        "a table of many files needs hashes that differ");
  }

  private static MappedFile map(FileLook look, Path path) throws IOException {
    try (FileChannel channel = SealedChannel.open(path)) {
      return MappedFile.open(look, SealedChannel.readFooter(channel, path), channel, path);
    }
  }

  @Test
  void aFileWithoutAnInodeIsMappedForEachOpening() throws IOException {
    Path path = file("without inode");
    FileTime time = FileTime.fromMillis(5);
    FileLook unknown = new FileLook(null, 100, time, "a");
    MappedFile one = map(unknown, path);
    MappedFile other = map(unknown, path);
    assertNotSame(one, other);
    one.release();
    assertTrue(other.tryUse());
    FileLook known = new FileLook(new Object(), 100, time, "a");
    assertSame(map(known, path), map(known, path));
  }

  @Test
  void aFileThatReplacedAnotherIsKnownAfterThatIsClosed() throws IOException {
    Path path = file("first");
    Path next = folder.resolve("next");
    try (HandmadeFile file = HandmadeFile.ofNumbers(next, 3, 2, 16, 8)) {
      file.seal();
    }
    FileLook look = new FileLook(new Object(), 100, FileTime.fromMillis(5), "a");
    MappedFile first = map(look, path);
    MappedFile second = map(look, next);
    assertNotSame(first, second, "the footer tells them apart");
    first.release();
    assertSame(second, map(look, next));
    second.release();
    second.release();
    assertEquals(!Mapping.UNMAPS, MappedFile.MAPPED.containsKey(look));
    Reference.reachabilityFence(second);
  }

  @Test
  void aFileStaysKnownWhereItsSuccessorCannotBeMapped() throws IOException {
    Path path = file("known");
    FileLook look = new FileLook(new Object(), 100, FileTime.fromMillis(5), "a");
    MappedFile known = map(look, path);
    Path cut = folder.resolve("cut");
    try (HandmadeFile file = HandmadeFile.ofNumbers(cut, 3, 2, 16, 8)) {
      Footer footer = file.seal();
      file.channel.truncate(footer.fileBytes() - 1);
      try (FileChannel channel = SealedChannel.open(cut)) {
        assertThrows(IOException.class, () -> MappedFile.open(look, footer, channel, cut));
      }
    }
    assertSame(known, map(look, path));
  }

  @Test
  void whatIsCollectedIsForgottenByTheNextOpening() throws Exception {
    FileLook forgotten = closedAndForgotten();
    Path other = file("other");
    for (int i = 0; MappedFile.MAPPED.containsKey(forgotten) && i < 3_000; i++) {
      System.gc();
      Thread.sleep(5);
      SealedFile.open(other).close();
    }
    assertFalse(MappedFile.MAPPED.containsKey(forgotten));
  }

  private FileLook closedAndForgotten() throws IOException {
    SealedFile file = SealedFile.open(file("forgotten"));
    file.close();
    return file.look();
  }

  @Test
  void aFileThatNobodyUsesWaitsOnceForTheCollector() throws IOException {
    WaitingMappings waiting = MappedFile.WAITING;
    Path path = file("waits");
    SealedFile file = SealedFile.open(path);
    waiting.collect();
    assertFalse(waiting.isWorthACollection(0), "whatever waited");
    file.close();
    assertEquals(!Mapping.UNMAPS, waiting.isWorthACollection(0));
    waiting.collect();
    SealedFile.open(path).close();
    assertFalse(waiting.isWorthACollection(0), "that one again, which this test refers to");
    Reference.reachabilityFence(file);
  }

  @Test
  void anOpeningRequestsACollectionWhereTooManyWait() throws IOException {
    WaitingMappings waiting = MappedFile.WAITING;
    Path path = file("opened");
    SealedFile file = SealedFile.open(file("closed"));
    file.close();
    for (int i = 0; i <= MappedFile.MOST_WAITING; i++) {
      SealedFile.putAway(List.of(file), waiting);
    }
    assertEquals(!Mapping.UNMAPS, waiting.isWorthACollection(MappedFile.MOST_WAITING));
    SealedFile opened = SealedFile.open(path);
    assertFalse(waiting.isWorthACollection(MappedFile.MOST_WAITING), "it has been tried");
    opened.close();
    Reference.reachabilityFence(file);
  }

  @Test
  void theLastCloseUnmapsWhereTheRuntimeCan() throws IOException {
    Path path = file("closed");
    SealedFile first = SealedFile.open(path);
    SealedFile second = SealedFile.open(path);
    assertEquals(1, OwnProcess.mappings(path));
    first.close();
    assertEquals(1, OwnProcess.mappings(path));
    second.close();
    assertEquals(Mapping.UNMAPS ? 0 : 1, OwnProcess.mappings(path));
    Reference.reachabilityFence(second);
  }

  @Test
  void aFileThatIsRefusedWhileItIsMappedIsUnmapped() throws IOException {
    Path path = folder.resolve("long tier");
    try (HandmadeFile file = HandmadeFile.ofNumbers(path, 3, 1, 16, 8, 1L << 31)) {
      Footer footer = file.seal();
      FileLook look = new FileLook(new Object(), 100, FileTime.fromMillis(5), "a");
      try (FileChannel channel = SealedChannel.open(path)) {
        String message =
            assertThrows(
                    CorruptAlmanacException.class,
                    () -> MappedFile.open(look, footer, channel, path))
                .getMessage();
        assertTrue(message.contains("must be shorter than 2 GiB"), message);
      }
      assertEquals(0, OwnProcess.mappings(path));
      assertFalse(MappedFile.MAPPED.containsKey(look));
    }
  }

  @Test
  void aFileIsOneMappingAsLongAsABufferMayBe() throws IOException {
    Path path = folder.resolve("longest buffer");
    int bytes = Integer.MAX_VALUE;
    try (FileChannel channel = sparse(path, bytes)) {
      Mapping mapping = Mapping.of(channel, path, bytes);
      assertEquals(1, OwnProcess.mappings(path));
      assertEquals(7, mapping.piece(bytes - Long.BYTES, Long.BYTES).getLong(0));
      assertEquals(0, mapping.piece(0, Long.BYTES).getLong(0));
      assertEquals(1, OwnProcess.mappings(path));
      mapping.unmap();
      assertEquals(Mapping.UNMAPS ? 0 : 1, OwnProcess.mappings(path));
      Reference.reachabilityFence(mapping);
    }
  }

  /** A file with a hole before its last eight bytes, which are the number 7. */
  private static FileChannel sparse(Path path, long bytes) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.SPARSE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    channel.write(ByteBuffer.wrap(new byte[] {7, 0, 0, 0, 0, 0, 0, 0}), bytes - Long.BYTES);
    return channel;
  }

  @Test
  void aPieceIsAnyPartOfAFileThatIsShorterThanTwoGiB() throws IOException {
    Path path = folder.resolve("sparse");
    long bytes = 3L << 30;
    try (FileChannel channel = sparse(path, bytes)) {
      Mapping mapping = Mapping.of(channel, path, bytes);
      int most = Mapping.MOST_PIECE_BYTES;
      assertEquals(most, mapping.piece(0, most).capacity());
      assertEquals(7, mapping.piece(bytes - Long.BYTES, Long.BYTES).getLong(0));
      assertEquals(
          "a section that is mapped must be shorter than 2 GiB: offset=0 bytes=2147483640, path="
              + path,
          assertThrows(CorruptAlmanacException.class, () -> mapping.piece(0, most + 1L))
              .getMessage());
      mapping.unmap();
    }
  }

  @Test
  void onlyAFullAddressSpaceIsCalledOne() throws IOException {
    Path path = file("short");
    try (FileChannel channel = SealedChannel.open(path)) {
      String message =
          assertThrows(IOException.class, () -> Mapping.of(channel, path, channel.size() + 1))
              .getMessage();
      assertFalse(message.contains("address space"), message);
    }
  }
}
