package dev.almanac.build.pages;

import dev.almanac.PageOracle;
import dev.almanac.build.workspace.Parallel;
import dev.almanac.format.Footer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** A built file whose bytes a test changes, and whose checksums it makes right again. */
public final class ForgedFile {
  public final Path path;
  public final ByteBuffer bytes;
  public final Footer footer;

  private ForgedFile(Path path, ByteBuffer bytes, Footer footer) {
    this.path = path;
    this.bytes = bytes;
    this.footer = footer;
  }

  public static ForgedFile of(Path built) throws IOException {
    Footer footer = PageOracle.footer(built);
    Files.setPosixFilePermissions(built, PosixFilePermissions.fromString("rw-------"));
    try (FileChannel channel = open(built)) {
      ByteBuffer bytes = channel.map(MapMode.READ_WRITE, 0, channel.size());
      return new ForgedFile(built, bytes.order(ByteOrder.LITTLE_ENDIAN), footer);
    }
  }

  /** Seals what stands in the bytes. */
  public void reseal() throws IOException {
    reseal(footer);
  }

  /** Seals what stands in the bytes with another footer for the same sections. */
  public void reseal(Footer other) throws IOException {
    try (FileChannel channel = open(path);
        Parallel threads = new Parallel(1)) {
      Seal.write(
          threads,
          Seal.Content.of(channel, other.longestProbe()),
          bytes.slice(
              (int) footer.dictionaryOffset(),
              (int) (footer.contentBytes() - footer.dictionaryOffset())),
          channel,
          other.sealed(other.longestProbe(), 0, Footer.NO_EDITION));
    }
  }

  private static FileChannel open(Path path) throws IOException {
    return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }
}
