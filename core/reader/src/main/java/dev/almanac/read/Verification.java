package dev.almanac.read;

import dev.almanac.CorruptAlmanacException;
import dev.almanac.UnsupportedFormatException;
import dev.almanac.VerifyReport;
import dev.almanac.format.BlockChecksums;
import dev.almanac.format.Footer;
import dev.almanac.format.Sha256;
import dev.almanac.format.StoreGeometry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/**
 * The full check of a file, {@link dev.almanac.Almanac#verify}. By {@code read()} alone: a mapping
 * would turn a failing disk into a signal. Asks in turn whether the bytes are those that were
 * sealed (checksums, edition), the dictionary keeps its rules, and every entry lies where a lookup
 * of its ID looks.
 */
public final class Verification {
  private final Path path;
  private final FileChannel channel;
  private final Footer footer;
  private final Damages damages = new Damages();
  private long blockCount;

  private Verification(Path path, FileChannel channel, Footer footer) {
    this.path = path;
    this.channel = channel;
    this.footer = footer;
  }

  /** Checks the file of this name. */
  public static VerifyReport of(Path path) throws IOException {
    try (FileChannel channel = SealedChannel.open(path)) {
      return of(path, channel);
    }
  }

  /** Checks the file of an open channel, which was opened by this name. */
  static VerifyReport of(Path path, FileChannel channel) throws IOException {
    long fileBytes = channel.size();
    Footer footer;
    try {
      footer = SealedChannel.readFooter(channel, path);
    } catch (CorruptAlmanacException | UnsupportedFormatException e) {
      return new VerifyReport(path, fileBytes, 0, 0, "", List.of("footer: " + e.getMessage()));
    }
    return new Verification(path, channel, footer).run(fileBytes);
  }

  private VerifyReport run(long fileBytes) throws IOException {
    long idCount = 0;
    try {
      checkBlocks();
      OpeningSections sections = checkSections();
      idCount = new TierCheck(channel, path, footer, damages).run();
      if (footer.pages().hasPages()) {
        idCount = new PageCheck(channel, path, footer, sections.shape(), damages).run();
      }
    } catch (CorruptAlmanacException e) {
      damages.add("%s", String.valueOf(e.getMessage()));
    }
    return new VerifyReport(path, fileBytes, blockCount, idCount, footer.edition(), damages.list());
  }

  private void checkBlocks() throws IOException {
    ByteBuffer checksums = BlockChecksums.allocate(footer.contentBytes());
    SealedChannel.readFully(channel, checksums, footer.checksumsOffset(), path);
    int crc = BlockChecksums.crc(checksums.flip());
    if (crc != footer.checksumsCrc()) {
      damages.add(
          "checksums: their own checksum must match: found=%08x computed=%08x",
          footer.checksumsCrc(), crc);
    }
    MessageDigest sha256 = Sha256.digest();
    ByteBuffer block = ByteBuffer.allocate(BlockChecksums.BLOCK_BYTES);
    long hashedBytes = footer.footerOffset() + Footer.EDITION_OFFSET;
    for (long offset = 0; offset < hashedBytes; offset += block.capacity()) {
      block.clear().limit((int) Math.min(block.capacity(), hashedBytes - offset));
      SealedChannel.readFully(channel, block, offset, path);
      block.flip();
      if (offset < footer.contentBytes()) {
        checkBlock(block.duplicate(), offset, checksums);
      }
      sha256.update(block);
    }
    checkPaddings();
    String edition = HexFormat.of().formatHex(sha256.digest());
    if (!edition.equals(footer.edition())) {
      damages.add(
          "edition: the content must have the digest that the footer states: found=%s expected=%s",
          edition, footer.edition());
    }
  }

  private void checkBlock(ByteBuffer block, long offset, ByteBuffer checksums) {
    blockCount++;
    int covered = (int) Math.min(block.limit(), footer.contentBytes() - offset);
    long last = offset + covered - 1;
    int found = BlockChecksums.crc(block.limit(covered));
    int number = (int) (offset / BlockChecksums.BLOCK_BYTES);
    int expected = checksums.getInt(number * Integer.BYTES);
    if (found != expected) {
      String from = sectionAt(offset);
      String to = sectionAt(last);
      damages.add(
          "block %s of %s (bytes %s to %s, %s): its checksum must match: found=%08x expected=%08x",
          number,
          BlockChecksums.blockCount(footer.contentBytes()),
          offset,
          last,
          from.equals(to) ? from : from + " to " + to,
          found,
          expected);
    }
  }

  /** Where no block covers these few bytes the edition does, but would not say where. */
  private void checkPaddings() throws IOException {
    if (footer.pages().directory() != null) {
      checkPadding(footer.geometry().storeBytes(), footer.directoryOffset());
      checkPadding(footer.pagesEnd(), footer.dictionaryOffset());
    }
    checkPadding(footer.contentBytes(), footer.checksumsOffset());
    checkPadding(footer.checksumsOffset() + footer.checksumsBytes(), footer.footerOffset());
  }

  private void checkPadding(long from, long to) throws IOException {
    ByteBuffer padding = ByteBuffer.allocate((int) (to - from));
    SealedChannel.readFully(channel, padding, from, path);
    for (int i = 0; i < padding.capacity(); i++) {
      if (padding.get(i) != 0) {
        damages.add(
            "padding: the bytes between two sections must be 0: offset=%s found=%s",
            from + i, padding.get(i) & 0xFF);
      }
    }
  }

  private String sectionAt(long offset) {
    StoreGeometry g = footer.geometry();
    if (footer.isPacked() && offset >= footer.shapeOffset()) {
      return "shape";
    }
    if (offset >= footer.dictionaryOffset()) {
      return "dictionary";
    }
    if (footer.pages().directory() != null && offset >= footer.directoryOffset()) {
      return "directory";
    }
    if (footer.pages().hasPages() && offset >= g.tierOffset(0) + g.entrySpaceOffset()) {
      long page = (offset - g.tierOffset(0) - g.entrySpaceOffset()) / g.chunkBytes();
      long last = Math.max(0, footer.entryCount() - 1);
      return "page " + Math.min(page, last) + " of " + footer.entryCount();
    }
    if (offset >= g.tiersOffset()) {
      long segment = Math.min((offset - g.tiersOffset()) / g.tierBytes(), g.segmentCount() - 1);
      return "segment " + segment + " of " + g.segmentCount();
    }
    return "Chronicle Map header";
  }

  private OpeningSections checkSections() throws IOException {
    ByteBuffer sections = OpeningSections.read(footer, channel, path);
    int crc = BlockChecksums.crc(sections.duplicate());
    if (crc != footer.dictionaryCrc()) {
      damages.add(
          "dictionary: its checksum must match: found=%08x expected=%08x",
          crc, footer.dictionaryCrc());
    }
    return OpeningSections.check(sections, footer, path);
  }
}
