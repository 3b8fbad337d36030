package dev.almanac.read;

import dev.almanac.format.Utf8;
import dev.almanac.format.Xxh64;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.util.Objects;

/**
 * Lookups by text where each ID has an entry of the Chronicle Map: its UTF-8 bytes, then its code.
 */
final class EntriesTextTable extends Tiers implements TextTable {
  /**
   * How many lookups of a batch are under way together. Fewer than numbers: each holds its bytes.
   */
  static final int GROUP = 32;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final int longestIdBytes;
  private final Scratch<TextGroup> scratch;

  EntriesTextTable(SealedFile file) {
    super(file);
    this.longestIdBytes = file.footer().longestIdBytes();
    this.scratch =
        new Scratch<>() {
          @Override
          TextGroup make() {
            return new TextGroup(longestIdBytes);
          }
        };
  }

  @Override
  public int longestIdBytes() {
    return longestIdBytes;
  }

  @Override
  public int code(byte[] bytes, int offset, int length) {
    if (length <= 0 || length > longestIdBytes) {
      return absent();
    }
    try {
      try {
        int code = find(file.regions(), Xxh64.hash(bytes, offset, length), bytes, offset, length);
        if (code >= 0) {
          file.checkSealAfter(code);
        } else {
          file.checkSealAfterwards();
        }
        return code;
      } catch (IndexOutOfBoundsException | IllegalStateException | InternalError e) {
        throw file.explain(e);
      }
    } catch (InternalError late) {
      throw file.explain(late);
    }
  }

  private int absent() {
    file.requireOpen();
    return -1;
  }

  private int find(MappedByteBuffer[] regions, long hash, byte[] bytes, int offset, int length) {
    int segment = segment(hash);
    MappedByteBuffer region = region(regions, segment);
    int tier = tierOffset(segment);
    int key = slotKey(hash);
    // The likely entry first, as for numbers: no branch waits for the slots.
    int likely = likelyEntry(region, tier, key);
    if (likely >= 0) {
      int code = codeIfSame(region, likely, bytes, offset, length);
      if (code != NOT_THE_SAME) {
        return code;
      }
    } else if (isPlainlyAbsent(region, tier, key)) {
      return -1;
    }
    int position = key & slotMask;
    for (int probe = 0; probe < longestProbe; probe++) {
      int slot = region.getInt(tier + (position << 2));
      if (slot == 0) {
        return -1;
      }
      if ((slot & keyMask) == key) {
        int entry = tier + entrySpaceOffset + (slot >>> keyBits) * chunkBytes;
        int code = codeIfSame(region, entry, bytes, offset, length);
        if (code != NOT_THE_SAME) {
          return code;
        }
      }
      position = position + 1 & slotMask;
      if ((probe & SEAL_CHECK_MASK) == SEAL_CHECK_MASK) {
        file.checkSeal();
      }
    }
    return -1;
  }

  private static final int NOT_THE_SAME = -2;

  /** The entry's code if its ID is this one. */
  private int codeIfSame(MappedByteBuffer region, int entry, byte[] bytes, int offset, int length) {
    int lengthBytes = length < 0x80 ? 1 : 2;
    if (lengthAt(region, entry) != length) {
      return NOT_THE_SAME;
    }
    int key = entry + lengthBytes;
    if (length >= Long.BYTES) {
      // The last eight bytes first, since IDs often begin alike; they may overlap the others.
      int last = length - Long.BYTES;
      if (region.getLong(key + last) != (long) LONGS.get(bytes, offset + last)) {
        return NOT_THE_SAME;
      }
      for (int i = 0; i < last; i += Long.BYTES) {
        if (region.getLong(key + i) != (long) LONGS.get(bytes, offset + i)) {
          return NOT_THE_SAME;
        }
      }
    } else {
      for (int i = 0; i < length; i++) {
        if (region.get(key + i) != bytes[offset + i]) {
          return NOT_THE_SAME;
        }
      }
    }
    return codeAt(region, key + length);
  }

  /**
   * The length of the ID of an entry: one byte below 128, else two, low seven bits first
   * (Chronicle's stop-bit encoding).
   */
  static int lengthAt(MappedByteBuffer region, int entry) {
    int low = region.get(entry);
    return low >= 0 ? low : low & 0x7F | (region.get(entry + 1) & 0x7F) << 7;
  }

  /**
   * In groups whose cache misses overlap, see {@link HashedTable#codes}. The caller's IDs are
   * called outside of the {@code try}: what they throw is theirs.
   */
  @Override
  public void codes(CharSequence[] ids, int idsOffset, int[] codes, int codesOffset, int length) {
    TextGroup group = scratch.take();
    for (int done = 0; done < length; done += GROUP) {
      int n = Math.min(GROUP, length - done);
      for (int i = 0; i < n; i++) {
        group.lengths[i] =
            Utf8.encode(ids[idsOffset + done + i], group.bytes, i * longestIdBytes, longestIdBytes);
      }
      lookUp(group, codes, codesOffset + done, n);
    }
    end(group);
  }

  @Override
  public void codes(byte[] utf8, int[] starts, int[] ends, int[] codes, int count) {
    TextGroup group = scratch.take();
    for (int done = 0; done < count; done += GROUP) {
      int n = Math.min(GROUP, count - done);
      for (int i = 0; i < n; i++) {
        int start = starts[done + i];
        int length = ends[done + i] - start;
        Objects.checkFromIndexSize(start, length, utf8.length);
        group.lengths[i] = length <= longestIdBytes ? length : -1;
        System.arraycopy(
            utf8, start, group.bytes, i * longestIdBytes, Math.max(group.lengths[i], 0));
      }
      lookUp(group, codes, done, n);
    }
    end(group);
  }

  private void end(TextGroup group) {
    scratch.giveBack(group);
    file.endBatch();
  }

  private void lookUp(TextGroup group, int[] codes, int to, int n) {
    try {
      try {
        lookUp(file.regions(), group, codes, to, n);
        file.checkSealAfterwards();
      } catch (IndexOutOfBoundsException | IllegalStateException | InternalError e) {
        throw file.explain(e);
      }
    } catch (InternalError late) {
      throw file.explain(late);
    }
  }

  private void lookUp(MappedByteBuffer[] regions, TextGroup group, int[] codes, int to, int n) {
    byte[] bytes = group.bytes;
    long[] hashes = group.hashes;
    int[] lengths = group.lengths;
    for (int i = 0; i < n; i++) {
      hashes[i] = Xxh64.hash(bytes, i * longestIdBytes, Math.max(lengths[i], 0));
      aim(group, i, hashes[i]);
    }
    approach(regions, group, n);
    for (int i = 0; i < n; i++) {
      MappedByteBuffer region = regions[group.regionIndexes[i]];
      int entry = group.places[i];
      int code = NOT_THE_SAME;
      if (lengths[i] <= 0) {
        code = -1;
      } else if (entry >= 0) {
        code = codeIfSame(region, entry, bytes, i * longestIdBytes, lengths[i]);
      } else if (isPlainlyAbsent(region, group.tiers[i], group.keys[i])) {
        code = -1;
      }
      if (code == NOT_THE_SAME) {
        code = find(regions, hashes[i], bytes, i * longestIdBytes, lengths[i]);
      }
      codes[to + i] = code;
    }
  }

  /** Parts are segments. */
  @Override
  public int partCount() {
    return segmentCount();
  }

  @Override
  public TextCursor cursor(int fromPart, int toPart) {
    return new EntriesTextCursor(this, fromPart, toPart);
  }

  private static final class TextGroup extends Group {
    final byte[] bytes;
    final long[] hashes = new long[GROUP];
    final int[] lengths = new int[GROUP];

    TextGroup(int longestIdBytes) {
      super(GROUP);
      bytes = new byte[GROUP * longestIdBytes];
    }
  }
}
