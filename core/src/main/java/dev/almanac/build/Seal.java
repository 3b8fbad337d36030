package dev.almanac.build;

import dev.almanac.format.BlockChecksums;
import dev.almanac.format.Footer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Finishes a file: dictionary, checksums, footer; then makes it durable and gives it its name.
 *
 * <p>The order is what a power cut leaves whole: write, sync the file, rename, sync the folder. Each step's failure is fatal, and a
 * sync that failed is not tried again, since the kernel may have dropped the pages it failed on (PostgreSQL's "fsyncgate", 2018).
 */
final class Seal {
  private static final int READ_BYTES = 16 * BlockChecksums.BLOCK_BYTES;

  private Seal() {}

  /** Appends the dictionary behind the store. */
  static void writeDictionary(FileChannel file, Footer footer, ByteBuffer section) throws IOException {
    writeFully(file, section.duplicate(), footer.dictionaryOffset());
  }

  /**
   * Reads the finished content once, writes its checksums and the footer with the edition.
   *
   * @param unsealed the footer but for the checksums' own checksum and the edition
   * @return the footer as written
   */
  static Footer writeChecksumsAndFooter(FileChannel file, Footer unsealed) throws IOException {
    ByteBuffer checksums = BlockChecksums.allocate(unsealed.contentBytes());
    MessageDigest sha256 = sha256();
    ByteBuffer bytes = ByteBuffer.allocate(READ_BYTES);
    for (long offset = 0; offset < unsealed.contentBytes(); offset += bytes.limit()) {
      bytes.clear().limit((int) Math.min(bytes.capacity(), unsealed.contentBytes() - offset));
      readFully(file, bytes, offset);
      for (int from = 0; from < bytes.limit(); from += BlockChecksums.BLOCK_BYTES) {
        int to = Math.min(bytes.limit(), from + BlockChecksums.BLOCK_BYTES);
        checksums.putInt(BlockChecksums.crc(bytes.duplicate().limit(to).position(from)));
      }
      sha256.update(bytes.array(), 0, bytes.limit());
    }
    sha256.update(new byte[(int) (unsealed.checksumsOffset() - unsealed.contentBytes())]);
    checksums.flip();
    sha256.update(checksums.duplicate());
    sha256.update(new byte[(int) (unsealed.footerOffset() - unsealed.checksumsOffset() - unsealed.checksumsBytes())]);
    Footer withCrc = unsealed.withChecksumsCrc(BlockChecksums.crc(checksums.duplicate()));
    sha256.update(withCrc.encode().limit(Footer.EDITION_OFFSET));
    Footer sealed = withCrc.withEdition(HexFormat.of().formatHex(sha256.digest()));
    writeFully(file, checksums, sealed.checksumsOffset());
    writeFully(file, sealed.encode(), sealed.footerOffset());
    return sealed;
  }

  /** Syncs, makes read-only, renames onto {@code target}, syncs the folder. */
  static void publish(FileChannel file, Path sealed, Path target) throws IOException {
    Files.setPosixFilePermissions(sealed, PosixFilePermissions.fromString("r--r--r--"));
    file.force(true);
    Files.move(sealed, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Path folder = target.toAbsolutePath().getParent();
    // Too late to stop: the file has its name. An interrupt waits until that is durable.
    boolean interrupted = Thread.interrupted();
    try {
      syncFolder(folder);
    } catch (ClosedByInterruptException e) {
      interrupted |= Thread.interrupted();
      syncFolder(folder);
    } catch (IOException e) {
      throw new IOException("the file is published, but its folder must be synced for the name to survive a power cut: folder="
          + folder + " target=" + target, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void syncFolder(Path folder) throws IOException {
    try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  static void writeFully(FileChannel file, ByteBuffer bytes, long offset) throws IOException {
    long at = offset;
    while (bytes.hasRemaining()) {
      at += file.write(bytes, at);
    }
  }

  private static void readFully(FileChannel file, ByteBuffer into, long offset) throws IOException {
    long at = offset;
    while (into.hasRemaining()) {
      int n = file.read(into, at);
      if (n < 0) {
        throw new IOException("a file must not shrink under its builder: offset=" + at);
      }
      at += n;
    }
    into.flip();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime must have SHA-256", e);
    }
  }
}
