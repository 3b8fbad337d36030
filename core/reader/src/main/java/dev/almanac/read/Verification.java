package dev.almanac.read;

import dev.almanac.CorruptAlmanacException;
import dev.almanac.IdKind;
import dev.almanac.UnsupportedFormatException;
import dev.almanac.VerifyReport;
import dev.almanac.format.BlockChecksums;
import dev.almanac.format.Directory;
import dev.almanac.format.Footer;
import dev.almanac.format.StoreGeometry;
import dev.almanac.format.Utf8;
import dev.almanac.format.Xxh64;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;

/**
 * The full check of a file, {@link dev.almanac.Almanac#verify}. By {@code read()} alone: a mapping
 * would turn a failing disk into a signal. Three questions in turn: are the bytes those that were
 * sealed (checksums, edition); does the dictionary hold together; does every entry lie where a
 * lookup of its ID looks. The third catches a file that was built wrong, the first one that was
 * damaged.
 */
public final class Verification {
  /** Findings beyond this many are counted, not listed. */
  private static final int LISTED_DAMAGES = 20;

  private final Path path;
  private final FileChannel channel;
  private final List<String> damages = new ArrayList<>();
  private long damageCount;

  private Verification(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /** Checks the file of this name. */
  public static VerifyReport of(Path path) throws IOException {
    try (FileChannel channel = SealedChannel.open(path)) {
      return of(path, channel);
    }
  }

  /** Checks the file of an open channel, which was opened by this name. */
  static VerifyReport of(Path path, FileChannel channel) throws IOException {
    return new Verification(path, channel).run();
  }

  private VerifyReport run() throws IOException {
    long fileBytes = channel.size();
    Footer footer;
    try {
      footer = SealedChannel.readFooter(channel, path);
    } catch (CorruptAlmanacException | UnsupportedFormatException e) {
      return new VerifyReport(path, fileBytes, 0, 0, "", List.of("footer: " + e.getMessage()));
    }
    long idCount = 0;
    long blockCount = 0;
    try {
      blockCount = checkBlocks(footer);
      OpeningSections sections = checkSections(footer);
      TierCheck tiers = new TierCheck(footer);
      tiers.run();
      idCount =
          footer.pages().hasPages()
              ? new PageCheck(channel, path, footer, sections.shape(), this::damage).run()
              : tiers.idCount();
    } catch (CorruptAlmanacException e) {
      damage(String.valueOf(e.getMessage()));
    }
    if (damageCount > damages.size()) {
      damages.add("and " + (damageCount - damages.size()) + " more");
    }
    return new VerifyReport(path, fileBytes, blockCount, idCount, footer.edition(), damages);
  }

  private void damage(String found) {
    damageCount++;
    if (damages.size() < LISTED_DAMAGES) {
      damages.add(found);
    }
  }

  private long checkBlocks(Footer footer) throws IOException {
    ByteBuffer checksums = BlockChecksums.allocate(footer.contentBytes());
    SealedChannel.readFully(channel, checksums, footer.checksumsOffset(), path);
    int crc = BlockChecksums.crc(checksums.flip());
    if (crc != footer.checksumsCrc()) {
      damage(
          String.format(
              "checksums: their own checksum must match: found=%08x computed=%08x",
              footer.checksumsCrc(), crc));
    }
    MessageDigest sha256 = sha256();
    ByteBuffer block = ByteBuffer.allocate(BlockChecksums.BLOCK_BYTES);
    long contentBytes = footer.contentBytes();
    long hashedBytes = footer.footerOffset() + Footer.EDITION_OFFSET;
    long blockCount = BlockChecksums.blockCount(contentBytes);
    for (long offset = 0; offset < hashedBytes; offset += block.capacity()) {
      block.clear().limit((int) Math.min(block.capacity(), hashedBytes - offset));
      SealedChannel.readFully(channel, block, offset, path);
      block.flip();
      if (offset < contentBytes) {
        long number = offset / BlockChecksums.BLOCK_BYTES;
        int covered = (int) Math.min(block.limit(), contentBytes - offset);
        int found = BlockChecksums.crc(block.duplicate().limit(covered));
        int expected = checksums.getInt((int) number * Integer.BYTES);
        if (found != expected) {
          damage(
              String.format(
                  "block %d of %d (bytes %d to %d, %s): its checksum must match: found=%08x"
                      + " expected=%08x",
                  number,
                  blockCount,
                  offset,
                  offset + covered - 1,
                  sectionsAt(footer, offset, offset + covered - 1),
                  found,
                  expected));
        }
      }
      sha256.update(block);
    }
    Directory directory = footer.pages().directory();
    if (directory != null) {
      checkPadding(footer.geometry().storeBytes(), footer.directoryOffset());
      checkPadding(footer.directoryOffset() + directory.bytes(), footer.dictionaryOffset());
    }
    checkPadding(footer.contentBytes(), footer.checksumsOffset());
    checkPadding(footer.checksumsOffset() + footer.checksumsBytes(), footer.footerOffset());
    String edition = HexFormat.of().formatHex(sha256.digest());
    if (!edition.equals(footer.edition())) {
      damage(
          "edition: the content must have the digest that the footer states: found="
              + edition
              + " expected="
              + footer.edition());
    }
    return blockCount;
  }

  /** Where no block covers these few bytes the edition does, but would not say where. */
  private void checkPadding(long from, long to) throws IOException {
    ByteBuffer padding = ByteBuffer.allocate((int) (to - from));
    SealedChannel.readFully(channel, padding, from, path);
    for (int i = 0; i < padding.capacity(); i++) {
      if (padding.get(i) != 0) {
        damage(
            "padding: the bytes between two sections must be 0: offset="
                + (from + i)
                + " found="
                + (padding.get(i) & 0xFF));
      }
    }
  }

  private static String sectionsAt(Footer footer, long first, long last) {
    String from = sectionAt(footer, first);
    String to = sectionAt(footer, last);
    return from.equals(to) ? from : from + " to " + to;
  }

  private static String sectionAt(Footer footer, long offset) {
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
      return "page "
          + Math.min(page, Math.max(0, footer.entryCount() - 1))
          + " of "
          + footer.entryCount();
    }
    if (offset >= g.tiersOffset()) {
      long segment = Math.min((offset - g.tiersOffset()) / g.tierBytes(), g.segmentCount() - 1);
      return "segment " + segment + " of " + g.segmentCount();
    }
    return "Chronicle Map header";
  }

  private OpeningSections checkSections(Footer footer) throws IOException {
    ByteBuffer sections = OpeningSections.read(footer, channel, path);
    int crc = BlockChecksums.crc(sections.duplicate());
    if (crc != footer.dictionaryCrc()) {
      damage(
          String.format(
              "dictionary: its checksum must match: found=%08x expected=%08x",
              crc, footer.dictionaryCrc()));
    }
    return OpeningSections.check(sections, footer, path);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime must have SHA-256", e);
    }
  }

  /**
   * Follows every slot of every tier to its entry, and asks whether a lookup of that entry's ID
   * would come the same way.
   */
  private final class TierCheck {
    private final Footer footer;
    private final StoreGeometry g;
    private final ByteBuffer slots;
    private final ByteBuffer chunk;
    private final int entryLimitBytes;

    /** The chunks of the tier that a slot refers to. */
    private final BitSet entryChunks = new BitSet();

    private long idCount;
    private long entryCount;
    private int longestProbe;

    TierCheck(Footer footer) throws IOException {
      this.footer = footer;
      this.g = footer.geometry();
      this.slots =
          ByteBuffer.allocate(g.slotCount() * StoreGeometry.SLOT_BYTES)
              .order(ByteOrder.LITTLE_ENDIAN);
      this.entryLimitBytes =
          footer.pages().hasPages()
              ? Long.BYTES
              : footer.idKind() == IdKind.LONG
                  ? g.chunkBytes()
                  : 2 + Footer.MAX_ID_BYTES + footer.codeBytes();
      // A window over the entry space, so that entries, which follow each other, do not take a read
      // each.
      this.chunk =
          ByteBuffer.allocate(Math.max(1 << 20, 2 * entryLimitBytes))
              .order(ByteOrder.LITTLE_ENDIAN);
    }

    void run() throws IOException {
      for (int segment = 0; segment < g.segmentCount(); segment++) {
        checkTier(segment);
      }
      same("entries must be as many as it says", entryCount, footer.entryCount());
      if (!footer.pages().hasPages()) {
        same("IDs must be as many as it says", idCount, footer.idCount());
        same("the longest probe must be what it says", longestProbe, footer.longestProbe());
      }
    }

    private void same(String rule, long found, long expected) {
      if (found != expected) {
        damage("footer: " + rule + ": found=" + found + " expected=" + expected);
      }
    }

    long idCount() {
      return idCount;
    }

    private void checkTier(int segment) throws IOException {
      SealedChannel.readFully(channel, slots.clear(), g.tierOffset(segment), path);
      ByteBuffer header = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
      SealedChannel.readFully(channel, header, g.segmentHeaderOffset(segment), path);
      if (header.getLong(16) != 0) {
        damage(
            "segment "
                + segment
                + ": a sealed file must not have extra tiers: nextTier="
                + header.getLong(16));
      }
      if (header.getLong(0) != 0) {
        damage(
            "segment "
                + segment
                + ": a sealed file must not be locked: lock="
                + Long.toHexString(header.getLong(0)));
      }
      // Entries lie in slot order but for the few that wrapped around: go through the slots from
      // the first empty one.
      int start = 0;
      while (start < g.slotCount() && slots.getInt(start * StoreGeometry.SLOT_BYTES) != 0) {
        start++;
      }
      if (start == g.slotCount()) {
        damage(
            "segment "
                + segment
                + ": a hash lookup must have an empty slot: slotCount="
                + g.slotCount());
        return;
      }
      long entriesBefore = entryCount;
      windowStart = -1;
      entryChunks.clear();
      int keyMask = (int) ((1L << g.keyBits()) - 1);
      int runStart = start + 1;
      for (int i = 1; i <= g.slotCount(); i++) {
        int position = start + i & g.slotCount() - 1;
        int slot = slots.getInt(position * StoreGeometry.SLOT_BYTES);
        if (slot == 0) {
          runStart = start + i + 1;
          continue;
        }
        entryCount++;
        int chunkIndex = slot >>> g.keyBits();
        if (chunkIndex >= g.chunkCount()) {
          damage(
              "segment "
                  + segment
                  + " slot "
                  + position
                  + ": a chunk must be in the tier: chunk="
                  + chunkIndex
                  + " chunkCount="
                  + g.chunkCount());
          continue;
        }
        if (entryChunks.get(chunkIndex)) {
          damage(
              "segment "
                  + segment
                  + " slot "
                  + position
                  + ": two slots must not share an entry: chunk="
                  + chunkIndex);
        }
        entryChunks.set(chunkIndex);
        int home = slot & keyMask & g.slotCount() - 1;
        // No empty slot between home and here: the probe distance must stay within the run of full
        // slots.
        int distance = position - home & g.slotCount() - 1;
        longestProbe = Math.max(longestProbe, distance + 1);
        if (distance > start + i - runStart) {
          damage(
              "segment "
                  + segment
                  + " slot "
                  + position
                  + ": a lookup must reach the slot from its home: home="
                  + home);
        }
        try {
          checkEntry(segment, position, slot & keyMask, chunkIndex);
        } catch (IndexOutOfBoundsException e) {
          damage(
              "segment "
                  + segment
                  + " slot "
                  + position
                  + ": an entry must end in its tier: chunk="
                  + chunkIndex);
        }
      }
      if (entryCount - entriesBefore != header.getInt(8)) {
        damage(
            "segment "
                + segment
                + ": slots must be as many as the header's entries: found="
                + (entryCount - entriesBefore)
                + " expected="
                + header.getInt(8));
      }
    }

    private long windowStart;

    private void checkEntry(int segment, int position, int key, int chunkIndex) throws IOException {
      long spaceStart = g.tierOffset(segment) + g.entrySpaceOffset();
      long spaceEnd = g.tierOffset(segment) + g.tierBytes();
      long at = spaceStart + (long) chunkIndex * g.chunkBytes();
      if (windowStart < 0
          || at < windowStart
          || at + Math.min(entryLimitBytes, spaceEnd - at) > windowStart + chunk.limit()) {
        windowStart = at;
        chunk.clear().limit((int) Math.min(chunk.capacity(), spaceEnd - at));
        SealedChannel.readFully(channel, chunk, at, path);
        chunk.flip();
      }
      int entry = (int) (at - windowStart);
      long hash;
      int codesAt;
      if (footer.idKind() == IdKind.LONG || footer.pages().hasPages()) {
        hash = Xxh64.hash(chunk.getLong(entry));
        codesAt = entry + Long.BYTES;
      } else {
        int low = chunk.get(entry);
        int length = low >= 0 ? low : low & 0x7F | (chunk.get(entry + 1) & 0x7F) << 7;
        int keyAt = entry + (length < 0x80 ? 1 : 2);
        if (length < 1
            || length > footer.longestIdBytes()
            || keyAt + length + footer.codeBytes() > chunk.limit()
            || !Utf8.isValid(chunk.array(), keyAt, keyAt + length)) {
          damage(
              "segment "
                  + segment
                  + " slot "
                  + position
                  + ": an ID must be UTF-8 of 1 to "
                  + footer.longestIdBytes()
                  + " bytes in the tier: length="
                  + length);
          return;
        }
        hash = Xxh64.hash(chunk.array(), keyAt, length);
        codesAt = keyAt + length;
      }
      if (g.segment(hash) != segment || g.slotKey(hash) != key) {
        damage(
            "segment "
                + segment
                + " slot "
                + position
                + ": an entry must lie where its ID's hash says: segment="
                + g.segment(hash)
                + " key="
                + g.slotKey(hash)
                + " found="
                + key);
      }
      if (!footer.pages().hasPages()) {
        checkCode(segment, position, codesAt);
      }
    }

    private void checkCode(int segment, int position, int at) {
      int width = footer.codeBytes();
      long code =
          width == 2
              ? chunk.getShort(at) & 0xFFFFL
              : width == 1 ? chunk.get(at) & 0xFFL : chunk.getInt(at) & 0xFFFFFFFFL;
      if (code < footer.dateCount()) {
        idCount++;
      } else {
        damage(
            "segment "
                + segment
                + " slot "
                + position
                + ": a code must be in the dictionary: code="
                + code
                + " dateCount="
                + footer.dateCount());
      }
    }
  }
}
