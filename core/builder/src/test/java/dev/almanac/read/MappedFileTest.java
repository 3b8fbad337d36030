package dev.almanac.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.OwnProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
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

  /** Below Java 22 only a collection unmaps, and this process makes none else. */
  @Test
  void ofFilesThatAreClosedAThousandStayMapped() throws IOException {
    Path first = file("0");
    for (int i = 1; i < 1_150; i++) {
      SealedFile.open(Files.copy(first, folder.resolve(Integer.toString(i)))).close();
    }
    long mapped = OwnProcess.mappedFilesOf(folder);
    assertTrue(mapped <= 1_001, () -> "mapped=" + mapped);
    assertEquals(1, LongTable.of(SealedFile.open(first)).code(5));
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
  }
}
