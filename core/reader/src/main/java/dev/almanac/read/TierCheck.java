package dev.almanac.read;

import dev.almanac.IdKind;
import dev.almanac.format.Footer;
import dev.almanac.format.StoreGeometry;
import dev.almanac.format.Utf8;
import dev.almanac.format.Xxh64;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.BitSet;

/** Follows every slot of every tier to its entry, and asks whether a lookup finds it there. */
final class TierCheck {
  private final FileChannel channel;
  private final Path path;
  private final Footer footer;
  private final Damages damages;
  private final StoreGeometry g;
  private final int slotMask;
  private final ByteBuffer slots;
  private final int entryLimitBytes;

  /** A piece of the entry space, as entries that follow each other need not take a read each. */
  private final ByteBuffer piece;

  /** Where the piece begins in the file; -1 before the first of a tier. */
  private long pieceOffset;

  /** The chunks of the tier that a slot refers to. */
  private final BitSet entryChunks = new BitSet();

  private int segment;

  /** The slot that is checked. */
  private int position;

  private long idCount;
  private long entryCount;
  private int longestProbe;

  TierCheck(FileChannel channel, Path path, Footer footer, Damages damages) {
    this.channel = channel;
    this.path = path;
    this.footer = footer;
    this.damages = damages;
    this.g = footer.geometry();
    this.slotMask = g.slotCount() - 1;
    this.slots = little(g.slotCount() * StoreGeometry.SLOT_BYTES);
    this.entryLimitBytes =
        footer.pages().hasPages()
            ? Long.BYTES
            : footer.idKind() == IdKind.LONG
                ? g.chunkBytes()
                : 2 + Footer.MAX_ID_BYTES + footer.codeBytes();
    this.piece =
        ByteBuffer.allocate(Math.max(1 << 20, 2 * entryLimitBytes)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Checks all tiers; returns the number of IDs, which is 0 where the entries are pages. */
  long run() throws IOException {
    for (segment = 0; segment < g.segmentCount(); segment++) {
      checkTier();
    }
    damages.same("entries must be as many as it says", entryCount, footer.entryCount());
    if (!footer.pages().hasPages()) {
      damages.same("IDs must be as many as it says", idCount, footer.idCount());
      damages.same("the longest probe must be what it says", longestProbe, footer.longestProbe());
    }
    return idCount;
  }

  private void checkTier() throws IOException {
    SealedChannel.readFully(channel, slots.clear(), g.tierOffset(segment), path);
    ByteBuffer header = little(32);
    SealedChannel.readFully(channel, header, g.segmentHeaderOffset(segment), path);
    String where = "segment " + segment;
    if (header.getLong(16) != 0) {
      damages.add(
          "%s: a sealed file must not have extra tiers: nextTier=%s", where, header.getLong(16));
    }
    if (header.getLong(0) != 0) {
      damages.add("%s: a sealed file must not be locked: lock=%x", where, header.getLong(0));
    }
    int empty = 0;
    while (empty < g.slotCount() && slots.getInt(empty * StoreGeometry.SLOT_BYTES) != 0) {
      empty++;
    }
    if (empty == g.slotCount()) {
      damages.add("%s: a hash lookup must have an empty slot: slotCount=%s", where, g.slotCount());
      return;
    }
    long entriesBefore = entryCount;
    checkSlots(empty);
    if (entryCount - entriesBefore != header.getInt(8)) {
      damages.add(
          "%s: slots must be as many as the header's entries: found=%s expected=%s",
          where, entryCount - entriesBefore, header.getInt(8));
    }
  }

  /** Checks the slots from an empty one on: in this order the entries lie too. */
  private void checkSlots(int empty) throws IOException {
    pieceOffset = -1;
    entryChunks.clear();
    int fullBefore = 0;
    for (int i = 1; i <= g.slotCount(); i++) {
      position = empty + i & slotMask;
      int slot = slots.getInt(position * StoreGeometry.SLOT_BYTES);
      if (slot == 0) {
        fullBefore = 0;
      } else {
        checkSlot(slot, fullBefore++);
      }
    }
  }

  private String where() {
    return "segment " + segment + " slot " + position;
  }

  /** Checks a slot that follows {@code fullBefore} full ones without a gap. */
  private void checkSlot(int slot, int fullBefore) throws IOException {
    entryCount++;
    int chunk = slot >>> g.keyBits();
    if (chunk >= g.chunkCount()) {
      damages.add(
          "%s: a chunk must be in the tier: chunk=%s chunkCount=%s",
          where(), chunk, g.chunkCount());
      return;
    }
    if (entryChunks.get(chunk)) {
      damages.add("%s: two slots must not share an entry: chunk=%s", where(), chunk);
    }
    entryChunks.set(chunk);
    int key = slot & (int) ((1L << g.keyBits()) - 1);
    int home = key & slotMask;
    int distance = position - home & slotMask;
    longestProbe = Math.max(longestProbe, distance + 1);
    if (distance > fullBefore) {
      damages.add("%s: a lookup must reach the slot from its home: home=%s", where(), home);
    }
    try {
      checkEntry(key, entry(chunk));
    } catch (IndexOutOfBoundsException e) {
      damages.add("%s: an entry must end in its tier: chunk=%s", where(), chunk);
    }
  }

  /** Where the entry at a chunk lies in the piece, which is read if it is another. */
  private int entry(int chunk) throws IOException {
    long at = g.tierOffset(segment) + g.entrySpaceOffset() + (long) chunk * g.chunkBytes();
    long left = g.tierOffset(segment) + g.tierBytes() - at;
    if (pieceOffset < 0
        || at < pieceOffset
        || at + Math.min(entryLimitBytes, left) > pieceOffset + piece.limit()) {
      pieceOffset = at;
      piece.clear().limit((int) Math.min(piece.capacity(), left));
      SealedChannel.readFully(channel, piece, at, path);
      piece.flip();
    }
    return (int) (at - pieceOffset);
  }

  private void checkEntry(int key, int entry) {
    long hash;
    int codeAt;
    if (footer.idKind() == IdKind.LONG || footer.pages().hasPages()) {
      hash = Xxh64.hash(piece.getLong(entry));
      codeAt = entry + Long.BYTES;
    } else {
      int low = piece.get(entry);
      int length = low >= 0 ? low : low & 0x7F | (piece.get(entry + 1) & 0x7F) << 7;
      int idAt = entry + (length < 0x80 ? 1 : 2);
      codeAt = idAt + length;
      if (length < 1
          || length > footer.longestIdBytes()
          || codeAt + footer.codeBytes() > piece.limit()
          || !Utf8.isValid(piece.array(), idAt, codeAt)) {
        damages.add(
            "%s: an ID must be UTF-8 of 1 to %s bytes in the tier: length=%s",
            where(), footer.longestIdBytes(), length);
        return;
      }
      hash = Xxh64.hash(piece.array(), idAt, length);
    }
    if (g.segment(hash) != segment || g.slotKey(hash) != key) {
      damages.add(
          "%s: an entry must lie where its ID's hash says: segment=%s key=%s found=%s",
          where(), g.segment(hash), g.slotKey(hash), key);
    }
    if (!footer.pages().hasPages()) {
      checkCode(codeAt);
    }
  }

  private void checkCode(int at) {
    int width = footer.codeBytes();
    long code =
        width == 2
            ? piece.getShort(at) & 0xFFFFL
            : width == 1 ? piece.get(at) & 0xFFL : piece.getInt(at) & 0xFFFFFFFFL;
    if (code < footer.dateCount()) {
      idCount++;
    } else {
      damages.add(
          "%s: a code must be in the dictionary: code=%s dateCount=%s",
          where(), code, footer.dateCount());
    }
  }
}
