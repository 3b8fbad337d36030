package dev.almanac.read;

import dev.almanac.Layout;
import dev.almanac.format.DirectPages;
import dev.almanac.format.Footer;
import dev.almanac.format.HashedPages;
import dev.almanac.format.PageLayout;
import dev.almanac.format.StoreGeometry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Asks of every code of every page whether a lookup would find it, and nothing else in its place.
 */
final class PageCheck {
  private final FileChannel channel;
  private final Path path;
  private final Footer footer;
  private final Consumer<String> damages;
  private final ByteBuffer entry;
  private final int dataAt;
  private final int dataBytes;
  private long idCount;
  private long lowestId = Long.MAX_VALUE;
  private long highestId = Long.MIN_VALUE;
  private int longestProbe = 1;

  PageCheck(FileChannel channel, Path path, Footer footer, Consumer<String> damages) {
    this.channel = channel;
    this.path = path;
    this.footer = footer;
    this.damages = damages;
    StoreGeometry g = footer.geometry();
    this.entry = ByteBuffer.allocate(g.chunkBytes()).order(ByteOrder.LITTLE_ENDIAN);
    this.dataAt = (int) (PageLayout.dataOffset(g) - g.tierOffset(0) - g.entrySpaceOffset());
    this.dataBytes = (int) footer.pages().dataBytes();
  }

  /** Checks all pages and what the footer says of them; returns the number of IDs. */
  long run() throws IOException {
    StoreGeometry g = footer.geometry();
    long entries = g.tierOffset(0) + g.entrySpaceOffset();
    DirectPages direct =
        footer.pages().layout() == Layout.DIRECT ? new DirectPages(footer.pages()) : null;
    Buckets hashed = direct == null ? new Buckets() : null;
    for (int page = 0; page < footer.entryCount(); page++) {
      SealedFile.readFully(channel, entry.clear(), entries + (long) page * g.chunkBytes(), path);
      checkZeros(page, Long.BYTES, dataAt);
      checkZeros(page, dataAt + dataBytes, entry.capacity());
      if (entry.getLong(0) != page) {
        damage("page " + page + ": its key must be its number: key=" + entry.getLong(0));
      }
      if (direct != null) {
        checkCodes(page, direct);
      } else if (hashed != null) {
        hashed.check(page);
      }
    }
    same("IDs must be as many as it says", idCount, footer.idCount());
    if (idCount > 0) {
      same("the lowest ID must be what it says", lowestId, footer.lowestId());
      same("the highest ID must be what it says", highestId, footer.highestId());
    }
    same("the longest probe must be what it says", longestProbe, footer.longestProbe());
    return idCount;
  }

  private void same(String rule, long found, long expected) {
    if (found != expected) {
      damage("footer: " + rule + ": found=" + found + " expected=" + expected);
    }
  }

  private void damage(String found) {
    damages.accept(found);
  }

  private void checkZeros(int page, int from, int to) {
    for (int at = from; at < to; at++) {
      if (entry.get(at) != 0) {
        damage("page " + page + ": the bytes beside its data must be 0: offset=" + at);
        return;
      }
    }
  }

  private void found(long id) {
    idCount++;
    lowestId = Math.min(lowestId, id);
    highestId = Math.max(highestId, id);
  }

  private void badCode(int page, String where, int code) {
    damage(
        "page "
            + page
            + where
            + ": a code must be in the dictionary: code="
            + code
            + " dateCount="
            + footer.dateCount());
  }

  private void checkCodes(int page, DirectPages direct) {
    int pageBits = footer.pages().pageBits();
    int codeBits = footer.pages().codeBits();
    long first = (long) page << pageBits;
    for (int place = 0; place < 1 << pageBits; place++) {
      int code = 0;
      // Bit after bit: slow, and without what a lookup does to be quick.
      for (int bit = 0; bit < codeBits; bit++) {
        long at = (long) place * codeBits + bit;
        code |= (entry.get(dataAt + (int) (at >> 3)) >> (at & 7) & 1) << bit;
      }
      if (code < footer.dateCount()) {
        found(footer.pages().firstKey() + first + place);
      } else if (code != direct.absent) {
        badCode(page, " place " + place, code);
      }
    }
  }

  /** The check of hashed pages. */
  private final class Buckets {
    private final PageLayout layout = footer.pages();
    private final HashedPages pages = new HashedPages(layout, footer.entryCount());
    private final int bucketCount = 1 << layout.pageBits();
    private final int slotBits = 8 * pages.slotBytes;
    private final int[] farthest = new int[bucketCount];
    private final long[] mixedKeys = new long[bucketCount * pages.slotCount];
    private int keyCount;

    void check(int page) {
      Arrays.fill(farthest, 0);
      keyCount = 0;
      for (int bucket = 0; bucket < bucketCount; bucket++) {
        checkBucket(page, bucket);
      }
      for (int bucket = 0; bucket < bucketCount; bucket++) {
        int reach = 0;
        for (int i = 0; i < 3; i++) {
          reach |= (int) (slot(bucket, i) >>> slotBits - 1 & 1) << i;
        }
        for (int i = 3; i < pages.slotCount; i++) {
          reach |= (int) (slot(bucket, i) >>> slotBits - 1 & 1) << 3;
        }
        if (reach != farthest[bucket]) {
          damage(
              where(page, bucket)
                  + ": its reach must be the distance of its farthest key: reach="
                  + reach
                  + " expected="
                  + farthest[bucket]);
        }
      }
      Arrays.sort(mixedKeys, 0, keyCount);
      for (int i = 1; i < keyCount; i++) {
        if (mixedKeys[i] == mixedKeys[i - 1]) {
          damage("page " + page + ": an ID must be there once: id=" + id(mixedKeys[i]));
        }
      }
    }

    private String where(int page, int bucket) {
      return "page " + page + " bucket " + bucket;
    }

    private long id(long mixed) {
      return layout.firstKey() + pages.unmix(mixed, 0);
    }

    private long slot(int bucket, int index) {
      int at = dataAt + (bucket + 1) * HashedPages.BUCKET_BYTES - (index + 1) * pages.slotBytes;
      long slot = 0;
      for (int i = pages.slotBytes - 1; i >= 0; i--) {
        slot = slot << 8 | entry.get(at + i) & 0xFF;
      }
      return slot;
    }

    private void checkBucket(int page, int bucket) {
      int markShift = slotBits - HashedPages.MARK_BITS;
      int restShift = layout.codeBits() + pages.restBits - HashedPages.TAG_BITS;
      boolean ended = false;
      for (int i = 0; i < pages.slotCount; i++) {
        long slot = slot(bucket, i);
        int tag = entry.get(dataAt + bucket * HashedPages.BUCKET_BYTES + i) & 0xFF;
        int distance = (int) (slot >>> markShift) & HashedPages.EMPTY;
        if (distance == HashedPages.EMPTY) {
          ended = true;
          if (slot != (long) HashedPages.EMPTY << markShift || tag != 0) {
            damage(where(page, bucket) + ": an empty slot must be empty: slot=" + i);
          }
          continue;
        }
        if (ended
            || slot << 4 + Long.SIZE - slotBits >>> 4 + Long.SIZE - slotBits >>> restShift != 0) {
          damage(
              where(page, bucket)
                  + ": slots must be filled from the first, with zeros before the rest: slot="
                  + i);
          continue;
        }
        int code = (int) slot & (1 << layout.codeBits()) - 1;
        if (code >= footer.dateCount()) {
          badCode(page, " bucket " + bucket + " slot " + i, code);
        }
        checkKey(page, bucket, i, distance, rest(slot, tag));
      }
      checkUnused(page, bucket);
    }

    private long rest(long slot, int tag) {
      long low = (slot & (1L << slotBits - HashedPages.MARK_BITS) - 1) >>> layout.codeBits();
      return (long) tag << pages.restBits - HashedPages.TAG_BITS | low;
    }

    private void checkKey(int page, int bucket, int slot, int distance, long rest) {
      long home = pages.before(((long) page << layout.pageBits()) + bucket, distance);
      long mixed = pages.mixed(home, rest);
      long key = pages.unmix(mixed, 0);
      long highest = footer.highestId() - layout.firstKey();
      if (PageLayout.bits(mixed) > layout.keyBits()
          || pages.bucket(mixed) != home
          || pages.rest(mixed) != rest
          || Long.compareUnsigned(key, highest) > 0) {
        damage(
            where(page, bucket)
                + ": a key must lie where a lookup looks for it: slot="
                + slot
                + " distance="
                + distance
                + " rest="
                + Long.toHexString(rest));
        return;
      }
      found(layout.firstKey() + key);
      mixedKeys[keyCount++] = mixed;
      int homeInPage = (int) home & bucketCount - 1;
      farthest[homeInPage] = Math.max(farthest[homeInPage], distance);
      longestProbe = Math.max(longestProbe, distance + 1);
    }

    /** What no slot and no tag takes. */
    private void checkUnused(int page, int bucket) {
      int from = bucket * HashedPages.BUCKET_BYTES + pages.slotCount;
      int to = (bucket + 1) * HashedPages.BUCKET_BYTES - pages.slotCount * pages.slotBytes;
      for (int at = from; at < to; at++) {
        if (entry.get(dataAt + at) != 0) {
          damage(where(page, bucket) + ": its unused bytes must be 0: offset=" + at);
        }
      }
    }
  }
}
