package dev.almanac.read;

import dev.almanac.CorruptAlmanacException;
import dev.almanac.format.Footer;
import dev.almanac.format.FooterBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/** Opens the file of a name and reads from it, without a mapping. */
final class SealedChannel {
  /** What the header of every Chronicle Map says within its first {@value #START_BYTES} bytes. */
  private static final String STORE_NAME = "net.openhft.chronicle.map";

  private static final int START_BYTES = 64;

  private SealedChannel() {}

  /** Opens a regular file for reading. */
  static FileChannel open(Path path) throws IOException {
    return open(path, attributes(path));
  }

  static BasicFileAttributes attributes(Path path) throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class);
    } catch (NoSuchFileException e) {
      throw noSuchFile(path);
    }
  }

  /**
   * Opens a regular file; anything else, a pipe say, could wait forever or answer differently each
   * time. A name that vanishes between the two looks at it is reported as a missing file.
   */
  static FileChannel open(Path path, BasicFileAttributes found) throws IOException {
    if (found.isDirectory()) {
      throw new IOException("an almanac must be a file, not a directory: path=" + path);
    }
    if (!found.isRegularFile()) {
      throw new IOException("an almanac must be a regular file: path=" + path);
    }
    try {
      return FileChannel.open(path, StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      throw noSuchFile(path);
    }
  }

  private static NoSuchFileException noSuchFile(Path path) {
    return new NoSuchFileException(path.toString(), null, "there is no such file");
  }

  /** Reads and checks the footer of an open file. */
  static Footer readFooter(FileChannel channel, Path path) throws IOException {
    long fileBytes = channel.size();
    ByteBuffer bytes = ByteBuffer.allocate(Footer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    if (fileBytes >= Footer.BYTES) {
      readFully(channel, bytes, fileBytes - Footer.BYTES, path);
    }
    if (!FooterBytes.isSealed(bytes.clear())) {
      throw unsealed(channel, fileBytes, path);
    }
    return FooterBytes.decode(bytes, fileBytes, path);
  }

  /** Tells an almanac that lost its end from a file of another kind, for the message alone. */
  private static CorruptAlmanacException unsealed(FileChannel channel, long fileBytes, Path path)
      throws IOException {
    if (fileBytes == 0) {
      return new CorruptAlmanacException("the file is empty", path);
    }
    ByteBuffer start = ByteBuffer.allocate(START_BYTES);
    channel.read(start, 0);
    return new String(start.array(), StandardCharsets.US_ASCII).contains(STORE_NAME)
        ? new CorruptAlmanacException(
            "the file has no seal at its end, it was cut short or overwritten: fileBytes="
                + fileBytes,
            path)
        : new CorruptAlmanacException("not an almanac file", path);
  }

  /** Fills {@code into} from {@code offset}; a file that ends before is corrupt. */
  static void readFully(FileChannel channel, ByteBuffer into, long offset, Path path)
      throws IOException {
    long at = offset;
    while (into.hasRemaining()) {
      int n = channel.read(into, at);
      if (n < 0) {
        throw new CorruptAlmanacException("the file must not end here: offset=" + at, path);
      }
      at += n;
    }
  }
}
