package dev.almanac.build.pages;

import dev.almanac.build.choice.TextShape;
import dev.almanac.build.chronicle.StorePlan;
import dev.almanac.build.workspace.Fingerprint;
import dev.almanac.build.workspace.Spool;
import dev.almanac.format.IdShape;
import dev.almanac.format.Xxh64;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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

  private final Spool spool;
  private final int partitionMask;
  private final ByteBuffer[] blocks;
  private final int codeBytes;
  private final int[] codeOfNumber;
  private final boolean[] isNumberUsed;
  private final Fingerprint fingerprint = new Fingerprint();

  /** Null where the IDs have an entry each. */
  private final @Nullable KeySpooler keys;

  /** Not null where texts are numbers. */
  private final @Nullable IdShape packedTexts;

  private final long[] key = new long[1];
  private final long[] lowKey = new long[1];

  /** Null where there will be no blocks. */
  private final @Nullable BlockSample sample;

  /** The shape of the texts that came, or null if it is known without. */
  private final @Nullable TextShape texts;

  // Of text IDs: how many entries there are of each size, or would be.
  private final long[] entryCountBySize;
  private final ByteBuffer entry = ByteBuffer.allocate(2048).order(ByteOrder.LITTLE_ENDIAN);

  private long idCount;
  private long entryCount;
  private long lowestId = Long.MAX_VALUE;
  private long highestId = Long.MIN_VALUE;
  private int longestIdBytes;

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
    this.spool = spool;
    this.partitionMask = spool.partitionCount() - 1;
    this.blocks = new ByteBuffer[spool.partitionCount()];
    this.codeBytes = shape.codeBytes();
    this.codeOfNumber = codeOfNumber;
    this.isNumberUsed = new boolean[codeOfNumber.length];
    this.keys = plan == null ? null : new KeySpooler(spool, plan);
    this.packedTexts = shape.texts();
    this.texts = collectsShape ? new TextShape() : null;
    this.sample = samples ? new BlockSample() : null;
    this.entryCountBySize = new long[2048];
  }

  /** One distinct numeric ID. */
  public void add(long id, int dateNumber) throws IOException {
    int code = codeOfNumber[dateNumber];
    isNumberUsed[dateNumber] = true;
    idCount++;
    addKey(id);
    fingerprint.add(id, code);
    if (keys != null) {
      keys.add(id, 0, code);
      return;
    }
    entry.clear();
    entry.putLong(id);
    putCode(entry, Long.BYTES, code);
    write(Xxh64.hash(id), entry.array(), Long.BYTES + codeBytes);
  }

  private void addKey(long number) {
    lowestId = Math.min(lowestId, number);
    highestId = Math.max(highestId, number);
    if (sample != null) {
      sample.add(number);
    }
  }

  /** One distinct text ID. */
  public void add(long hash, byte[] bytes, int from, int length, int dateNumber)
      throws IOException {
    int code = codeOfNumber[dateNumber];
    isNumberUsed[dateNumber] = true;
    idCount++;
    longestIdBytes = Math.max(longestIdBytes, length);
    fingerprint.add(hash, code);
    if (texts != null) {
      texts.add(bytes, from, length);
    }
    int size = (length < 0x80 ? 1 : 2) + length + codeBytes;
    entryCountBySize[size]++;
    if (packedTexts != null && addPacked(packedTexts, bytes, from, length, code)) {
      return;
    }
    entry.clear();
    // Chronicle's stop-bit encoding of a length: seven bits a byte, low first, the high bit says
    // that more follow.
    if (length < 0x80) {
      entry.put((byte) length);
    } else {
      entry.put((byte) (length & 0x7F | 0x80)).put((byte) (length >> 7));
    }
    entry.put(bytes, from, length);
    putCode(entry, entry.position(), code);
    write(hash, entry.array(), size);
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

  private void putCode(ByteBuffer into, int at, int code) {
    switch (codeBytes) {
      case 1:
        into.put(at, (byte) code);
        break;
      case 2:
        into.putShort(at, (short) code);
        break;
      default:
        into.putInt(at, code);
        break;
    }
  }

  private void write(long hash, byte[] bytes, int length) throws IOException {
    entryCount++;
    int partition = (int) hash & partitionMask;
    ByteBuffer block = blocks[partition];
    if (block == null) {
      block = ByteBuffer.allocateDirect(BLOCK_BYTES);
      blocks[partition] = block;
    }
    if (block.remaining() < length) {
      spool.append(partition, block.flip());
      block.clear();
    }
    block.put(bytes, 0, length);
  }

  /** Writes what waits. */
  public void flush() throws IOException {
    if (keys != null) {
      keys.flush();
    }
    for (int partition = 0; partition < blocks.length; partition++) {
      if (blocks[partition] != null && blocks[partition].position() > 0) {
        spool.append(partition, blocks[partition].flip());
        blocks[partition].clear();
      }
    }
  }

  /** What the entries of all threads come to. */
  public static final class Totals {
    public final Fingerprint fingerprint = new Fingerprint();
    public final long[] entryCountBySize = new long[2048];

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

    public void add(EntrySpooler s) {
      for (int number = 0; number < s.isNumberUsed.length; number++) {
        if (s.isNumberUsed[number]) {
          usedNumbers.set(number);
        }
      }
      if (s.texts != null) {
        texts.add(s.texts);
      }
      if (s.sample != null) {
        sample.add(s.sample);
      }
      fingerprint.add(s.fingerprint);
      for (int i = 0; i < entryCountBySize.length; i++) {
        entryCountBySize[i] += s.entryCountBySize[i];
      }
      idCount += s.idCount;
      entryCount += s.entryCount;
      lowestId = Math.min(lowestId, s.lowestId);
      highestId = Math.max(highestId, s.highestId);
      longestIdBytes = Math.max(longestIdBytes, s.longestIdBytes);
    }

    /** About what the store would take with an entry for each text ID. */
    public double textEntriesBytes() {
      int chunkBytes = StorePlan.cheapestChunkBytes(entryCountBySize, idCount);
      return StorePlan.bytes(entryCountBySize, idCount, chunkBytes);
    }
  }
}
