package dev.almanac.read;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.almanac.CorruptAlmanacException;
import dev.almanac.IdKind;
import dev.almanac.format.ShardManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestFileTest {
  @TempDir private Path folder;

  private String refusal() {
    return assertThrows(CorruptAlmanacException.class, () -> ManifestFile.bytes(folder))
        .getMessage();
  }

  @Test
  void onlyAShortRegularFileIsRead() throws IOException {
    Path path = folder.resolve("shards.manifest");
    assertEquals(path, ManifestFile.path(folder));
    assertEquals(
        path + ": a set of shards must have a manifest, which is published last",
        assertThrows(NoSuchFileException.class, () -> ManifestFile.bytes(folder)).getMessage());
    Files.createDirectory(path);
    assertEquals("a manifest must be a regular file, path=" + path, refusal());
    Files.delete(path);
    Files.write(path, new byte[ShardManifest.MAX_BYTES + 1]);
    assertEquals(
        "a manifest must be short: most=" + ShardManifest.MAX_BYTES + ", path=" + path, refusal());
    byte[] longest = new byte[ShardManifest.MAX_BYTES];
    longest[7] = 7;
    Files.write(path, longest);
    assertArrayEquals(longest, ManifestFile.bytes(folder));
  }

  @Test
  void aManifestIsReadAsItWasWritten() throws IOException {
    ShardManifest manifest =
        new ShardManifest(IdKind.TEXT, List.of("0".repeat(64), "a".repeat(64)));
    Files.write(folder.resolve("shards.manifest"), manifest.encode());
    assertEquals(manifest.editions(), ManifestFile.read(folder).editions());
    assertEquals(IdKind.TEXT, ManifestFile.read(folder).idKind());
  }
}
