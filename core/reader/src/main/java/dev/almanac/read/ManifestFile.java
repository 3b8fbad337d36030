package dev.almanac.read;

import dev.almanac.CorruptAlmanacException;
import dev.almanac.format.ShardManifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** Reads the manifest of a set of shards, in one opening of its file. */
public final class ManifestFile {
  private ManifestFile() {}

  /**
   * The bytes of the manifest in {@code directory}, not decoded.
   *
   * @throws NoSuchFileException if there is no manifest
   * @throws CorruptAlmanacException if it is no regular file or too long
   */
  public static byte[] bytes(Path directory) throws IOException {
    Path path = path(directory);
    try {
      if (!Files.readAttributes(path, BasicFileAttributes.class).isRegularFile()) {
        throw new CorruptAlmanacException("a manifest must be a regular file", path);
      }
      try (InputStream in = Files.newInputStream(path)) {
        byte[] bytes = in.readNBytes(ShardManifest.MAX_BYTES + 1);
        if (bytes.length > ShardManifest.MAX_BYTES) {
          throw new CorruptAlmanacException(
              "a manifest must be short: most=" + ShardManifest.MAX_BYTES, path);
        }
        return bytes;
      }
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(
          path.toString(), null, "a set of shards must have a manifest, which is published last");
    }
  }

  /**
   * The manifest in {@code directory}.
   *
   * @throws IOException as {@link #bytes} and {@link ShardManifest#decode}
   */
  public static ShardManifest read(Path directory) throws IOException {
    return ShardManifest.decode(bytes(directory), path(directory));
  }

  /** Where the manifest of a set lies. */
  public static Path path(Path directory) {
    return directory.resolve(ShardManifest.FILE_NAME);
  }
}
