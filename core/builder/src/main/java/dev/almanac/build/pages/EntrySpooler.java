package dev.almanac.build.pages;

import dev.almanac.build.choice.TextShape;
import dev.almanac.build.chronicle.StorePlan;
import dev.almanac.build.workspace.Fingerprint;
import dev.almanac.build.workspace.Spool;
import dev.almanac.build.workspace.SpoolWriter;
import dev.almanac.format.IdShape;
import dev.almanac.format.Xxh64;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Makes the entries of the Chronicle Map, byte for byte as they will lie in it, and writes them to
 * the entries spool, partitioned by the low bits of the segment number. Where there will be pages,
 * passes keys and codes to a {@link KeySpooler} instead, and packed texts as the numbers that they
 * stand for. For one thread.
 *
 * <p>A block of the spool is entries one after the other, at most 64 KiB. Which segment an entry
 * belongs to is known only when all are counted; but a number of segments that is a multiple of the
 * partitions leaves {@code segment % partitions} as it is.
 */
public final class EntrySpooler {
  public static final int BLOCK_BYTES = 1 << 16;

  /** Longer than any entry of a text ID. */
  private static final int MAX_ENTRY_BYTES = 2048;

  private final SpoolWriter blocks;
  private final int partitionMask;
  private final int codeBytes;
  private final int[] codeOfNumber;
  private final boolean[] isNumberUsed;
  private final Totals totals = new Totals();

  /** Null where the IDs have an entry each. */
  private final @Nullable KeySpooler keys;

  /** Not null where texts are numbers. */
  private final @Nullable IdShape packedTexts;

  private final long[] key = new long[1];
  private final long[] lowKey = new long[1];
  private final boolean collectsShape;
  private final boolean samples;

  /**
   * @param plan what pages there will be, or null where the IDs have an entry each
   * @param collectsShape whether to collect the shape of the texts
   * @param samples whether to sample the keys for blocks
   */
  public EntrySpooler(
      Spool spool,
      Shape shape,
      int[] codeOfNumber,
      @Nullable PagePlan plan,
      boolean collectsShape,
      boolean samples) {
    this.blocks = new SpoolWriter(spool, BLOCK_BYTES);
    this.partitionMask = spool.partitionCount() - 1;
    this.codeBytes = shape.codeBytes();
    this.codeOfNumber = codeOfNumber;
    this.isNumberUsed = new boolean[codeOfNumber.length];
    this.keys = plan == null ? null : new KeySpooler(spool, plan);
    this.packedTexts = shape.texts();
    this.collectsShape = collectsShape;
    this.samples = samples;
  }

  /** One distinct numeric ID. */
  public void add(long id, int dateNumber) throws IOException {
    int code = code(dateNumber);
    addKey(id);
    totals.fingerprint.add(id, code);
    if (keys != null) {
      keys.add(id, 0, code);
      return;
    }
    ByteBuffer entry = entry(Xxh64.hash(id), Long.BYTES + codeBytes);
    putCode(entry.putLong(id), code);
  }

  /** The code of one more ID. */
  private int code(int dateNumber) {
    isNumberUsed[dateNumber] = true;
    totals.idCount++;
    return codeOfNumber[dateNumber];
  }

  private void addKey(long number) {
    totals.lowestId = Math.min(totals.lowestId, number);
    totals.highestId = Math.max(totals.highestId, number);
    if (samples) {
      totals.sample.add(number);
    }
  }

  /** One distinct text ID. */
  public void add(long hash, byte[] bytes, int from, int length, int dateNumber)
      throws IOException {
    int code = code(dateNumber);
    totals.longestIdBytes = Math.max(totals.longestIdBytes, length);
    totals.fingerprint.add(hash, code);
    if (collectsShape) {
      totals.texts.add(bytes, from, length);
    }
    int size = (length < 0x80 ? 1 : 2) + length + codeBytes;
    totals.entryCountBySize[size]++;
    if (packedTexts != null && addPacked(packedTexts, bytes, from, length, code)) {
      return;
    }
    ByteBuffer entry = entry(hash, size);
    // Chronicle's stop-bit encoding of a length: seven bits a byte, low first, the high bit says
    // that more follow.
    if (length < 0x80) {
      entry.put((byte) length);
    } else {
      entry.put((byte) (length & 0x7F | 0x80)).put((byte) (length >> 7));
    }
    putCode(entry.put(bytes, from, length), code);
  }

  /** Counts a text that is a number; false where it has an entry nevertheless. */
  private boolean addPacked(IdShape shape, byte[] bytes, int from, int length, int code)
      throws IOException {
    if (!shape.encode(bytes, from, length, key, lowKey, 0)) {
      throw new IllegalStateException(
          String.format(
              "the shape must be that of all IDs: shape=%s id=%s",
              shape, new String(bytes, from, length, StandardCharsets.UTF_8)));
    }
    if (!shape.isWide()) {
      addKey(key[0]);
    }
    if (keys == null) {
      return false;
    }
    keys.add(key[0], lowKey[0], code);
    return true;
  }

  private void putCode(ByteBuffer into, int code) {
    switch (codeBytes) {
      case 1:
        into.put((byte) code);
        break;
      case 2:
        into.putShort((short) code);
        break;
      default:
        into.putInt(code);
        break;
    }
  }

  /** Where an entry is put. */
  private ByteBuffer entry(long hash, int bytes) throws IOException {
    totals.entryCount++;
    return blocks.block((int) hash & partitionMask, bytes);
  }

  /** Writes what waits; returns the totals of this thread. */
  public Totals end() throws IOException {
    if (keys != null) {
      keys.flush();
    }
    blocks.flush();
    for (int number = 0; number < isNumberUsed.length; number++) {
      if (isNumberUsed[number]) {
        totals.usedNumbers.set(number);
      }
    }
    return totals;
  }

  /** Counts over the entries of one thread, or of all. */
  public static final class Totals {
    public final Fingerprint fingerprint = new Fingerprint();

    /** Of text IDs: how many entries there are of each size, or would be. */
    public final long[] entryCountBySize = new long[MAX_ENTRY_BYTES];

    /** The shape of the texts, where it was collected. */
    public final TextShape texts = new TextShape();

    /** The blocks of the numbers, where they were sampled. */
    public final BlockSample sample = new BlockSample();

    /** The numbers of the dates that an ID has. */
    public final BitSet usedNumbers = new BitSet();

    public long idCount;
    public long entryCount;
    public long lowestId = Long.MAX_VALUE;
    public long highestId = Long.MIN_VALUE;
    public int longestIdBytes;

    public void add(Totals others) {
      usedNumbers.or(others.usedNumbers);
      texts.add(others.texts);
      sample.add(others.sample);
      fingerprint.add(others.fingerprint);
      for (int i = 0; i < entryCountBySize.length; i++) {
        entryCountBySize[i] += others.entryCountBySize[i];
      }
      idCount += others.idCount;
      entryCount += others.entryCount;
      lowestId = Math.min(lowestId, others.lowestId);
      highestId = Math.max(highestId, others.highestId);
      longestIdBytes = Math.max(longestIdBytes, others.longestIdBytes);
    }

    /** About what the store would take with an entry for each text ID. */
    public double textEntriesBytes() {
      int chunkBytes = StorePlan.cheapestChunkBytes(entryCountBySize, idCount);
      return StorePlan.bytes(entryCountBySize, idCount, chunkBytes);
    }
  }
}
