package dev.almanac;

import dev.almanac.format.ShardManifest;
import dev.almanac.read.ManifestFile;
import dev.almanac.read.SealedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A name that a {@link LiveAlmanac} follows: of a file, or of the directory of a set. */
interface Followed {
  /**
   * What the name stands for now, by one look. While the name stays, looks are equal, and equal to
   * that of what is opened; looks at two editions never are.
   */
  Object look() throws IOException;

  /** Opens what the name stands for now. */
  Opened open(boolean verified) throws IOException;

  /**
   * What was opened.
   *
   * @param look taken from the very file that was opened
   */
  record Opened(Object look, CodeLookup edition) {}

  /** A name of a file: its inode, length, modification time and edition tell which file it is. */
  record OfFile(Path path) implements Followed {
    @Override
    public Object look() throws IOException {
      return SealedFile.lookAt(path);
    }

    @Override
    public Opened open(boolean verified) throws IOException {
      Almanac almanac = verified ? Almanac.openVerified(path, null) : Almanac.open(path);
      return new Opened(almanac.files().get(0).look(), almanac);
    }
  }

  /** A directory of shards: the bytes of its manifest tell which set it is. */
  record OfSet(Path directory) implements Followed {
    @Override
    public Object look() throws IOException {
      return ByteBuffer.wrap(ManifestFile.bytes(directory));
    }

    @Override
    public Opened open(boolean verified) throws IOException {
      byte[] bytes = ManifestFile.bytes(directory);
      ShardManifest manifest = ShardManifest.decode(bytes, ManifestFile.path(directory));
      return new Opened(ByteBuffer.wrap(bytes), ShardedAlmanac.open(directory, manifest, verified));
    }
  }
}
