package dev.almanac.build.pages;

import dev.almanac.build.workspace.FileBytes;
import dev.almanac.build.workspace.Parallel;
import dev.almanac.format.BlockChecksums;
import dev.almanac.format.Footer;
import dev.almanac.format.FooterBytes;
import dev.almanac.format.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.Future;

/** Finishes a file: dictionary, checksums, footer. */
public final class Seal {
  /** Twice the largest page of the processor, and whole blocks. */
  private static final int PIECE_BYTES = 4 << 20;

  private Seal() {}

  /** The bytes of a data store, and of the directory after it. */
  public interface Content {
    /** Fills {@code into} from {@code offset}; called for ascending offsets. */
    void read(ByteBuffer into, long offset) throws IOException;

    /** What the footer says of all that was read. */
    int longestProbe();

    /** Those of a file. */
    static Content of(FileChannel file, int longestProbe) {
      return new Content() {
        @Override
        public void read(ByteBuffer into, long offset) throws IOException {
          FileBytes.read(file, into, offset);
        }

        @Override
        public int longestProbe() {
          return longestProbe;
        }
      };
    }
  }

  /**
   * Copies the filled store to the file that will be published, in one sequential pass that also
   * hashes it. Then writes dictionary, checksums and footer.
   *
   * <p>The pass also makes lookups faster. The kernel keeps a file that was written front to back
   * in large pages, and maps it with few translations. A file whose pages were written one by one,
   * as by Chronicle, stays in small pages. A random lookup takes a third less time in large pages
   * (docs/benchmarks.md, "Large pages").
   *
   * @param store what the file begins with
   * @param sections what stands between the store and the checksums: dictionary and shape
   * @param unsealed the footer but for the longest probe, the checksums' own checksum and the
   *     edition
   * @return the footer as written
   */
  public static Footer write(
      Parallel threads, Content store, ByteBuffer sections, FileChannel sealed, Footer unsealed)
      throws IOException {
    ByteBuffer checksums = BlockChecksums.allocate(unsealed.contentBytes());
    MessageDigest sha256 = Sha256.digest();
    // Two, so that one is hashed while the next is read.
    ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);
    ByteBuffer other = ByteBuffer.allocateDirect(PIECE_BYTES);
    Future<Void> hashed = threads.start(() -> null);
    for (long offset = 0; offset < unsealed.contentBytes(); offset += other.limit()) {
      ByteBuffer current = piece;
      current.clear().limit((int) Math.min(PIECE_BYTES, unsealed.contentBytes() - offset));
      fill(current, offset, store, unsealed.pagesEnd(), sections, unsealed.dictionaryOffset());
      for (int from = 0; from < current.limit(); from += BlockChecksums.BLOCK_BYTES) {
        int to = Math.min(current.limit(), from + BlockChecksums.BLOCK_BYTES);
        checksums.putInt(BlockChecksums.crc(current.duplicate().limit(to).position(from)));
      }
      Parallel.await(hashed);
      hashed =
          threads.start(
              () -> {
                sha256.update(current.duplicate());
                return null;
              });
      FileBytes.write(sealed, current.duplicate(), offset);
      piece = other;
      other = current;
    }
    Parallel.await(hashed);
    checksums.flip();
    ByteBuffer end =
        ByteBuffer.allocate(Math.toIntExact(unsealed.fileBytes() - unsealed.contentBytes()));
    end.put(
        Math.toIntExact(unsealed.checksumsOffset() - unsealed.contentBytes()),
        checksums,
        0,
        checksums.limit());
    Footer withCrc =
        unsealed.sealed(
            store.longestProbe(), BlockChecksums.crc(checksums.duplicate()), Footer.NO_EDITION);
    int footerAt = end.capacity() - Footer.BYTES;
    end.put(footerAt, FooterBytes.encode(withCrc), 0, Footer.BYTES);
    sha256.update(end.duplicate().limit(footerAt + Footer.EDITION_OFFSET));
    Footer finished = withCrc.withEdition(HexFormat.of().formatHex(sha256.digest()));
    end.put(footerAt, FooterBytes.encode(finished), 0, Footer.BYTES);
    FileBytes.write(sealed, end, unsealed.contentBytes());
    return finished;
  }

  /**
   * Fills a piece of the content: store and directory, zeros up to the dictionary, the other
   * sections.
   */
  private static void fill(
      ByteBuffer piece,
      long offset,
      Content store,
      long pagesEnd,
      ByteBuffer sections,
      long dictionaryOffset)
      throws IOException {
    int pieceBytes = piece.limit();
    if (offset < pagesEnd) {
      piece.limit((int) Math.min(pieceBytes, pagesEnd - offset));
      store.read(piece, offset);
    }
    piece.limit(pieceBytes);
    while (piece.hasRemaining() && offset + piece.position() < dictionaryOffset) {
      piece.put((byte) 0);
    }
    if (piece.hasRemaining()) {
      piece.put(
          piece.position(),
          sections,
          Math.toIntExact(offset + piece.position() - dictionaryOffset),
          piece.remaining());
    }
    piece.position(0);
  }
}
