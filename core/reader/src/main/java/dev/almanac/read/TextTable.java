package dev.almanac.read;

import dev.almanac.format.Footer;
import dev.almanac.format.Utf8;
import dev.almanac.format.Xxh64;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;

/**
 * Lookups by text: the ID's UTF-8 bytes are the key, and the entry holds its one code behind them.
 */
public final class TextTable extends Tiers {
  /**
   * How many lookups of a batch are under way together. Fewer than numbers: each holds its bytes.
   */
  static final int GROUP = 32;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int STRIDE = Footer.MAX_ID_BYTES;
  private static final ThreadLocal<byte[]> ONE = ThreadLocal.withInitial(() -> new byte[STRIDE]);

  private final int longestIdBytes;

  /** The table of a file of text IDs. */
  public TextTable(SealedFile file) {
    super(file);
    this.longestIdBytes = file.footer().longestIdBytes();
  }

  /**
   * The date code of an ID, or -1; also -1 for what no ID can be: an empty text, one too long, one
   * with a lone surrogate.
   */
  public int code(CharSequence id) {
    byte[] bytes = ONE.get();
    int length = Utf8.encode(id, bytes, 0, longestIdBytes);
    if (length <= 0) {
      return absent();
    }
    return code(bytes, length);
  }

  /** The date code of an ID that is given as a number and stored as its canonical decimal. */
  public int code(long id) {
    byte[] bytes = ONE.get();
    return code(bytes, Utf8.encodeDecimal(id, bytes));
  }

  /** The date code of an ID that is given as the first {@code length} of these bytes. */
  public int code(byte[] bytes, int length) {
    try {
      try {
        int code = find(file.regions(), Xxh64.hash(bytes, 0, length), bytes, 0, length);
        if (code >= 0) {
          file.checkSealAfter(code);
        } else {
          file.checkSealAfterwards();
        }
        return code;
      } catch (IndexOutOfBoundsException | InternalError e) {
        throw file.explain(e);
      }
    } catch (InternalError late) {
      throw file.explain(late);
    }
  }

  private int absent() {
    if (file.isClosed()) {
      throw file.closed();
    }
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
   * The codes of {@code length} IDs, in groups whose cache misses overlap, see {@link
   * LongTable#codes}.
   */
  public void codes(CharSequence[] ids, int idsOffset, int[] codes, int codesOffset, int length) {
    try {
      try {
        TextGroup group = TextGroup.OF_THREAD.get();
        MappedByteBuffer[] regions = file.regions();
        for (int done = 0; done < length; done += GROUP) {
          codes(
              regions,
              group,
              ids,
              idsOffset + done,
              codes,
              codesOffset + done,
              Math.min(GROUP, length - done));
          file.checkSealAfterwards();
        }
      } catch (IndexOutOfBoundsException | InternalError e) {
        throw file.explain(e);
      }
    } catch (InternalError late) {
      throw file.explain(late);
    }
  }

  private void codes(
      MappedByteBuffer[] regions,
      TextGroup group,
      CharSequence[] ids,
      int from,
      int[] codes,
      int to,
      int n) {
    byte[] bytes = group.bytes;
    long[] hashes = group.hashes;
    int[] lengths = group.lengths;
    for (int i = 0; i < n; i++) {
      lengths[i] = Utf8.encode(ids[from + i], bytes, i * STRIDE, longestIdBytes);
      hashes[i] = Xxh64.hash(bytes, i * STRIDE, Math.max(lengths[i], 0));
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
        code = codeIfSame(region, entry, bytes, i * STRIDE, lengths[i]);
      } else if (isPlainlyAbsent(region, group.tiers[i], group.keys[i])) {
        code = -1;
      }
      if (code == NOT_THE_SAME) {
        code = find(regions, hashes[i], bytes, i * STRIDE, lengths[i]);
      }
      codes[to + i] = code;
    }
  }

  /** The entries of the file, in its order. */
  public TextCursor cursor() {
    return new TextCursor(this);
  }

  /** The entries of some segments. */
  public TextCursor cursor(int fromSegment, int toSegment) {
    return new TextCursor(this, fromSegment, toSegment);
  }

  private static final class TextGroup extends Group {
    static final ThreadLocal<TextGroup> OF_THREAD = ThreadLocal.withInitial(TextGroup::new);

    final byte[] bytes = new byte[GROUP * STRIDE];
    final long[] hashes = new long[GROUP];
    final int[] lengths = new int[GROUP];

    TextGroup() {
      super(GROUP);
    }
  }
}
