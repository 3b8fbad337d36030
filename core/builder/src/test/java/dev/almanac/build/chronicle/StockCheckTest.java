package dev.almanac.build.chronicle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.format.StoreGeometry;
import dev.almanac.read.SealedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StockCheckTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  @TempDir Path folder;

  /** In a child: a file of pages and one of texts. StockComparisonTest has all layouts. */
  @ParameterizedTest
  @ValueSource(strings = {"direct", "text"})
  void stockFindsEveryEntry(String layout) throws IOException {
    assertEquals(List.of(), StockCheck.run(GOLDEN.resolve("v1-" + layout + ".almanac"), folder));
    assertEquals(List.of(), left());
  }

  @Test
  void aFileThatStockCannotOpenIsNamed() throws IOException {
    Path rows = GOLDEN.resolve("v1-direct.rows");
    String message =
        assertThrows(IOException.class, () -> StockCheck.run(rows, folder)).getMessage();
    assertTrue(
        message.startsWith(
            "stock Chronicle Map must be able to open a copy of the file: exitStatus=1, it printed:"
                + " Exception"),
        message);
    assertTrue(message.endsWith(", path=" + rows), message);
    assertEquals(List.of(), left());
  }

  @Test
  void anInterruptIsNotLost() throws IOException {
    Path file = GOLDEN.resolve("v1-direct.almanac");
    Thread.currentThread().interrupt();
    try {
      assertEquals(List.of(), StockCheck.run(file, folder), "the child had ended");
    } catch (IOException e) {
      assertEquals("the comparison was interrupted, path=" + file, e.getMessage());
    }
    assertTrue(Thread.interrupted());
    assertEquals(List.of(), left());
  }

  private List<Path> left() throws IOException {
    try (Stream<Path> left = Files.list(folder)) {
      return left.toList();
    }
  }

  @Test
  void aPageUnderAnotherKeyIsADifference() throws IOException {
    Path altered = Files.copy(GOLDEN.resolve("v1-direct.almanac"), folder.resolve("altered"));
    Files.setPosixFilePermissions(altered, PosixFilePermissions.fromString("rw-------"));
    SealedFile file = SealedFile.open(altered);
    StoreGeometry g = file.footer().geometry();
    file.close();
    long offset = g.tiersOffset() + g.entrySpaceOffset();
    try (FileChannel channel = FileChannel.open(altered, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {5}), offset);
    }
    assertEquals(
        List.of("stock must find a page where a lookup computes it: page=0 offset=" + offset),
        StockCheck.run(altered, folder));
  }
}
