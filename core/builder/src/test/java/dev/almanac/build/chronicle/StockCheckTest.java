package dev.almanac.build.chronicle;

import static org.junit.jupiter.api.Assertions.assertEquals;

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

  @ParameterizedTest
  @ValueSource(strings = {"direct", "hashed", "entries", "text"})
  void stockFindsEveryEntryOfEachLayout(String layout) throws IOException {
    assertEquals(List.of(), StockCheck.run(GOLDEN.resolve("v1-" + layout + ".almanac"), folder));
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(), left.toList());
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
