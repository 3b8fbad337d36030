package dev.almanac.read;

import dev.almanac.Layout;
import dev.almanac.format.DirectPages;
import dev.almanac.format.Footer;
import dev.almanac.format.HashedPages;
import dev.almanac.format.IdShape;
import dev.almanac.format.PageLayout;
import dev.almanac.format.StoreGeometry;
import dev.almanac.format.Utf8;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks of every code of every page whether a lookup would find it, and nothing else in its place.
 */
final class PageCheck {
  private final FileChannel channel;
  private final Path path;
  private final Footer footer;

  /** Of packed texts. */
  private final @Nullable IdShape shape;

  private final byte[] text;
  private final Consumer<String> damages;
  private final ByteBuffer entry;
  private final int dataAt;
  private final int dataBytes;
  private long idCount;
  private long lowestId = Long.MAX_VALUE;
  private long highestId = Long.MIN_VALUE;
  private int longestProbe = 1;

  PageCheck(
      FileChannel channel,
      Path path,
      Footer footer,
      @Nullable IdShape shape,
      Consumer<String> damages) {
    this.channel = channel;
    this.path = path;
    this.footer = footer;
    this.shape = shape;
    this.text = new byte[shape == null ? 0 : shape.longestIdBytes()];
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
      SealedChannel.readFully(channel, entry.clear(), entries + (long) page * g.chunkBytes(), path);
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
    if (idCount > 0 && footer.pages().lowKeyBits() == 0) {
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

  /** Counts an ID, which must be a text if the file is one of texts. */
  private void found(int page, String where, long id, long low) {
    idCount++;
    lowestId = Math.min(lowestId, id);
    highestId = Math.max(highestId, id);
    if (shape != null) {
      int length = shape.decode(id, low, text, 0);
      if (length < 0 || !Utf8.isValid(text, 0, length)) {
        damage(
            "page "
                + page
                + where
                + ": a key must be the number of a text: key="
                + Long.toHexString(id)
                + " low="
                + Long.toHexString(low));
      }
    }
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

  /** Some bits of the data, the lowest first. Slow, and without what a lookup does to be quick. */
  private long bits(long from, int count) {
    long bits = 0;
    for (int done = 0; done < count; ) {
      long at = from + done;
      int shift = (int) at & 7;
      int taken = Math.min(8 - shift, count - done);
      bits |= (long) (entry.get(dataAt + (int) (at >> 3)) >> shift & (1 << taken) - 1) << done;
      done += taken;
    }
    return bits;
  }

  private void checkCodes(int page, DirectPages direct) {
    int pageBits = footer.pages().pageBits();
    int codeBits = footer.pages().codeBits();
    long first = (long) page << pageBits;
    for (int place = 0; place < 1 << pageBits; place++) {
      int code = (int) bits((long) place * codeBits, codeBits);
      if (code < footer.dateCount()) {
        found(page, " place " + place, footer.pages().firstKey() + first + place, 0);
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
    private final int marksAt = slotBits - HashedPages.MARK_BITS;
    private final int restAt = layout.codeBits() + layout.lowKeyBits();
    private final int restBits = pages.restBits - HashedPages.TAG_BITS;
    private final boolean isWide = layout.lowKeyBits() > 0;
    private final int[] farthest = new int[bucketCount];
    private final long[] mixedKeys = new long[isWide ? 0 : bucketCount * pages.slotCount];
    private final Set<WideKey> wideKeys = new HashSet<>();
    private int keyCount;

    void check(int page) {
      Arrays.fill(farthest, 0);
      keyCount = 0;
      wideKeys.clear();
      for (int bucket = 0; bucket < bucketCount; bucket++) {
        checkBucket(page, bucket);
      }
      for (int bucket = 0; bucket < bucketCount; bucket++) {
        int reach = 0;
        for (int i = 0; i < pages.slotCount; i++) {
          reach |= (int) slotBits(bucket, i, slotBits - 1, 1) << Math.min(i, 3);
        }
        int expected = HashedPages.reachMarks(farthest[bucket]);
        if (reach != expected) {
          damage(
              where(page, bucket)
                  + ": its reach must be that of its farthest key: marks="
                  + reach
                  + " expected="
                  + expected);
        }
      }
      Arrays.sort(mixedKeys, 0, keyCount);
      for (int i = 1; i < keyCount; i++) {
        if (mixedKeys[i] == mixedKeys[i - 1]) {
          twice(page, layout.firstKey() + pages.unmix(mixedKeys[i], 0), 0);
        }
      }
    }

    private void twice(int page, long id, long low) {
      String shown =
          shape == null
              ? Long.toString(id)
              : new String(
                  text, 0, Math.max(0, shape.decode(id, low, text, 0)), StandardCharsets.UTF_8);
      damage("page " + page + ": an ID must be there once: id=" + shown);
    }

    private String where(int page, int bucket) {
      return "page " + page + " bucket " + bucket;
    }

    /** Some bits of a slot. */
    private long slotBits(int bucket, int index, int from, int count) {
      int slotAt = (bucket + 1) * HashedPages.BUCKET_BYTES - (index + 1) * pages.slotBytes;
      return bits(8L * slotAt + from, count);
    }

    private void checkBucket(int page, int bucket) {
      boolean ended = false;
      for (int i = 0; i < pages.slotCount; i++) {
        int tag = entry.get(dataAt + bucket * HashedPages.BUCKET_BYTES + i) & 0xFF;
        int distance = (int) slotBits(bucket, i, marksAt, 3);
        if (distance == HashedPages.EMPTY) {
          ended = true;
          long lowest = slotBits(bucket, i, 0, Math.min(marksAt, Long.SIZE));
          long others = slotBits(bucket, i, Long.SIZE, Math.max(0, marksAt - Long.SIZE));
          if ((lowest | others) != 0 || tag != 0) {
            damage(where(page, bucket) + ": an empty slot must be empty: slot=" + i);
          }
          continue;
        }
        int usedBits = restAt + restBits;
        if (ended || slotBits(bucket, i, usedBits, marksAt - usedBits) != 0) {
          damage(
              where(page, bucket)
                  + ": slots must be filled from the first, with zeros before the rest: slot="
                  + i);
          continue;
        }
        int code = (int) slotBits(bucket, i, 0, layout.codeBits());
        if (code >= footer.dateCount()) {
          badCode(page, " bucket " + bucket + " slot " + i, code);
        }
        long below = slotBits(bucket, i, restAt, restBits);
        checkKey(page, bucket, i, distance, (long) tag << restBits | below);
      }
      checkUnused(page, bucket);
    }

    private void checkKey(int page, int bucket, int slot, int distance, long rest) {
      long home = pages.before(((long) page << layout.pageBits()) + bucket, distance);
      long mixed = pages.mixed(home, rest);
      long low = slotBits(bucket, slot, layout.codeBits(), layout.lowKeyBits());
      long key = pages.unmix(mixed, low);
      long highest = isWide ? -1 : footer.highestId() - layout.firstKey();
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
      found(page, " bucket " + bucket + " slot " + slot, layout.firstKey() + key, low);
      if (!isWide) {
        mixedKeys[keyCount++] = mixed;
      } else if (!wideKeys.add(new WideKey(key, low))) {
        twice(page, key, low);
      }
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

  /** A key of more than 64 bits. */
  private record WideKey(long key, long low) {}
}
