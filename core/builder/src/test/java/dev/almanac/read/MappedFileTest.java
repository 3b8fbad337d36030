package dev.almanac.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
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
