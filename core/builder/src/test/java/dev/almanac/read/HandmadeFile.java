package dev.almanac.read;

import dev.almanac.IdKind;
import dev.almanac.format.BlockChecksums;
import dev.almanac.format.DictionarySection;
import dev.almanac.format.FirstDays;
import dev.almanac.format.Footer;
import dev.almanac.format.StoreGeometry;
import dev.almanac.format.Xxh64;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A sealed file without a build: a test chooses its geometry, so that chains are long, keys
 * collide, or tiers fill several mappings, and may put anything anywhere before it seals. Dates are
 * the first days of 1970, a code's day being its number.
 */
final class HandmadeFile implements AutoCloseable {
  private static final long SEGMENT_HEADERS_OFFSET = 192;
  private static final int SEGMENT_HEADER_BYTES = 64;

  /** A larger file has holes, and no block checksums nor edition. */
  private static final long MOST_HASHED_BYTES = 64 << 20;

  final Path path;
  final StoreGeometry g;
  final IdKind idKind;
  final int pageBits;
  final int dateCount;
  final int codeBytes;
  final FileChannel channel;
  final long dictionaryOffset;
  final int dictionaryBytes;

  /** What the footer will say; {@link #put} counts, and a test may lie. */
  long idCount;

  long entryCount;
  int longestProbe;
  int longestIdBytes = 8;
  long lowestId;
  long highestId;
  int pageIndexBytes;

  /** Turned over in the footer. */
  int wrongChecksumsBits;

  int wrongDictionaryBits;
  private final int[] chunksUsed;

  private HandmadeFile(Path path, IdKind idKind, int pageBits, int dateCount, StoreGeometry g)
      throws IOException {
    this.path = path;
    this.idKind = idKind;
    this.pageBits = pageBits;
    this.dateCount = dateCount;
    this.codeBytes = DictionarySection.codeBytes(dateCount);
    this.g = g;
    this.chunksUsed = new int[g.segmentCount()];
    this.channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.SPARSE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    this.dictionaryOffset = Footer.align(g.storeBytes(), Footer.PAGE_BYTES);
    ByteBuffer dictionary = FirstDays.section(dateCount);
    this.dictionaryBytes = dictionary.limit();
    write(dictionary, dictionaryOffset);
  }

  /** The geometry of tiers that take at least {@code tierBytes} each. */
  private static StoreGeometry geometry(
      int segmentCount,
      int slotCount,
      int keyBits,
      int chunkBytes,
      int chunkCount,
      long tierBytes) {
    int countersOffset = (int) Footer.align(slotCount * StoreGeometry.SLOT_BYTES, 64);
    int entrySpaceOffset =
        (int) Footer.align(countersOffset + StoreGeometry.COUNTERS_BYTES + (chunkCount + 7) / 8, 8);
    long leastBytes = Footer.align(entrySpaceOffset + (long) chunkBytes * chunkCount, 64);
    return new StoreGeometry(
        segmentCount,
        SEGMENT_HEADERS_OFFSET,
        SEGMENT_HEADER_BYTES,
        SEGMENT_HEADERS_OFFSET + (long) segmentCount * SEGMENT_HEADER_BYTES,
        Math.max(leastBytes, tierBytes),
        slotCount,
        keyBits,
        countersOffset,
        entrySpaceOffset,
        chunkBytes,
        chunkCount);
  }

  static HandmadeFile ofNumbers(
      Path path, int pageBits, int dateCount, int segmentCount, int slotCount, int keyBits)
      throws IOException {
    return ofNumbers(path, pageBits, dateCount, segmentCount, slotCount, keyBits, 0);
  }

  static HandmadeFile ofNumbers(
      Path path,
      int pageBits,
      int dateCount,
      int segmentCount,
      int slotCount,
      int keyBits,
      long tierBytes)
      throws IOException {
    int chunkBytes = Long.BYTES + (DictionarySection.codeBytes(dateCount) << pageBits);
    return new HandmadeFile(
        path,
        IdKind.LONG,
        pageBits,
        dateCount,
        geometry(segmentCount, slotCount, keyBits, chunkBytes, slotCount, tierBytes));
  }

  static HandmadeFile ofTexts(
      Path path,
      int dateCount,
      int segmentCount,
      int slotCount,
      int keyBits,
      int chunkBytes,
      int chunkCount,
      long tierBytes)
      throws IOException {
    HandmadeFile file =
        new HandmadeFile(
            path,
            IdKind.TEXT,
            0,
            dateCount,
            geometry(segmentCount, slotCount, keyBits, chunkBytes, chunkCount, tierBytes));
    file.longestIdBytes = 0;
    return file;
  }

  int absentCode() {
    return codeBytes == 4 ? -1 : (1 << 8 * codeBytes) - 1;
  }

  /** Puts a page where a build would; all-ones of the codes are holes. Returns its slot. */
  int put(long page, int... codes) throws IOException {
    ByteBuffer entry = little(g.chunkBytes()).putLong(page);
    for (int code : codes) {
      putCode(entry, code);
      idCount += code == absentCode() ? 0 : 1;
    }
    return put(Xxh64.hash(page), entry);
  }

  /** Puts a text where a build would. Returns its slot. */
  int put(String id, int code) throws IOException {
    byte[] utf8 = id.getBytes(StandardCharsets.UTF_8);
    ByteBuffer entry = little(2 + utf8.length + codeBytes);
    if (utf8.length >= 0x80) {
      entry.put((byte) (utf8.length & 0x7F | 0x80)).put((byte) (utf8.length >> 7));
    } else {
      entry.put((byte) utf8.length);
    }
    putCode(entry.put(utf8), code);
    idCount++;
    longestIdBytes = Math.max(longestIdBytes, utf8.length);
    return put(Xxh64.hash(utf8, 0, utf8.length), entry.limit(entry.position()));
  }

  private void putCode(ByteBuffer entry, int code) {
    switch (codeBytes) {
      case 1 -> entry.put((byte) code);
      case 2 -> entry.putShort((short) code);
      default -> entry.putInt(code);
    }
  }

  private int put(long hash, ByteBuffer entry) throws IOException {
    int segment = g.segment(hash);
    int chunk = chunksUsed[segment];
    chunksUsed[segment] += (entry.limit() + g.chunkBytes() - 1) / g.chunkBytes();
    if (chunksUsed[segment] > g.chunkCount()) {
      throw new IllegalStateException("a tier must hold what is put: chunks=" + g.chunkCount());
    }
    int position = g.slotKey(hash) & g.slotCount() - 1;
    int probe = 1;
    while (slot(segment, position) != 0) {
      position = position + 1 & g.slotCount() - 1;
      probe++;
    }
    longestProbe = Math.max(longestProbe, probe);
    slot(segment, position, g.slotKey(hash) | chunk << g.keyBits());
    write(entry.position(0), entryOffset(segment, chunk));
    entryCount++;
    putInt(g.segmentHeaderOffset(segment) + 8, getInt(g.segmentHeaderOffset(segment) + 8) + 1);
    return position;
  }

  /** Numbers whose search begins at this slot of the first segment. */
  long[] numbersAtHome(int home, int count) {
    long[] numbers = new long[count];
    int n = 0;
    for (long number = 0; n < count; number++) {
      if (isAtHome(Xxh64.hash(number), home)) {
        numbers[n++] = number;
      }
    }
    return numbers;
  }

  /** Likewise texts. */
  String[] textsAtHome(int home, int count) {
    String[] texts = new String[count];
    int n = 0;
    for (int i = 0; n < count; i++) {
      byte[] utf8 = ("t" + i).getBytes(StandardCharsets.UTF_8);
      if (isAtHome(Xxh64.hash(utf8, 0, utf8.length), home)) {
        texts[n++] = "t" + i;
      }
    }
    return texts;
  }

  private boolean isAtHome(long hash, int home) {
    return g.segment(hash) == 0 && (g.slotKey(hash) & g.slotCount() - 1) == home;
  }

  long slotOffset(int segment, int position) {
    return g.tierOffset(segment) + (long) position * StoreGeometry.SLOT_BYTES;
  }

  int slot(int segment, int position) throws IOException {
    return getInt(slotOffset(segment, position));
  }

  void slot(int segment, int position, int slot) throws IOException {
    putInt(slotOffset(segment, position), slot);
  }

  long entryOffset(int segment, int chunk) {
    return g.tierOffset(segment) + g.entrySpaceOffset() + (long) chunk * g.chunkBytes();
  }

  /** Offset of the entry that a slot refers to. */
  long entryOf(int segment, int position) throws IOException {
    return entryOffset(segment, slot(segment, position) >>> g.keyBits());
  }

  int getInt(long offset) throws IOException {
    ByteBuffer bytes = little(Integer.BYTES);
    // Behind the end so far there are zeros.
    channel.read(bytes, offset);
    return bytes.getInt(0);
  }

  void putInt(long offset, int value) throws IOException {
    write(little(Integer.BYTES).putInt(0, value), offset);
  }

  long pageIndexOffset() {
    return Footer.align(dictionaryOffset + dictionaryBytes, Long.BYTES);
  }

  long contentBytes() {
    return pageIndexBytes == 0
        ? dictionaryOffset + dictionaryBytes
        : pageIndexOffset() + pageIndexBytes;
  }

  /** Writes an index of these pages, all that were put among them. */
  void index(long firstPage, long lastPage) throws IOException {
    lowestId = firstPage << pageBits;
    highestId = lastPage << pageBits;
    pageIndexBytes = (int) (lastPage - firstPage + 1) * Long.BYTES;
    write(little(pageIndexBytes), pageIndexOffset());
    for (int segment = 0; segment < g.segmentCount(); segment++) {
      for (int chunk = 0; chunk < chunksUsed[segment]; chunk++) {
        long entry = entryOffset(segment, chunk);
        long page = read(entry, Long.BYTES).getLong();
        place(page, (long) segment << 32 | entry - g.tierOffset(segment));
      }
    }
  }

  void place(long page, long place) throws IOException {
    putLong(pageIndexOffset() + (page - (lowestId >> pageBits)) * Long.BYTES, place);
  }

  void putLong(long offset, long value) throws IOException {
    write(little(Long.BYTES).putLong(0, value), offset);
  }

  void putByte(long offset, int value) throws IOException {
    write(little(1).put(0, (byte) value), offset);
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  void write(ByteBuffer bytes, long offset) throws IOException {
    long at = offset;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  private ByteBuffer read(long offset, int length) throws IOException {
    ByteBuffer bytes = little(length);
    while (bytes.hasRemaining()) {
      int n = channel.read(bytes, offset + bytes.position());
      if (n < 0) {
        throw new IOException("a file must not end here: offset=" + offset);
      }
    }
    return bytes.flip();
  }

  /** Writes checksums and footer for what stands in the file now. Returns the footer. */
  Footer seal() throws IOException {
    long contentBytes = contentBytes();
    boolean hashed = contentBytes <= MOST_HASHED_BYTES;
    ByteBuffer checksums = BlockChecksums.allocate(contentBytes);
    for (long from = 0; hashed && from < contentBytes; from += BlockChecksums.BLOCK_BYTES) {
      int length = (int) Math.min(BlockChecksums.BLOCK_BYTES, contentBytes - from);
      checksums.putInt(BlockChecksums.crc(read(from, length)));
    }
    checksums.clear();
    Footer footer =
        new Footer(
            g,
            dictionaryOffset,
            dictionaryBytes,
            BlockChecksums.crc(read(dictionaryOffset, dictionaryBytes)) ^ wrongDictionaryBits,
            pageIndexBytes,
            Footer.checksumsOffset(contentBytes),
            BlockChecksums.sectionBytes(contentBytes),
            BlockChecksums.crc(checksums.duplicate()) ^ wrongChecksumsBits,
            idKind,
            pageBits,
            codeBytes,
            dateCount,
            idCount,
            entryCount,
            lowestId,
            highestId,
            longestIdBytes,
            longestProbe,
            "2026.1",
            Footer.NO_EDITION);
    write(checksums, footer.checksumsOffset());
    write(footer.encode(), footer.footerOffset());
    if (hashed) {
      footer = footer.withEdition(digest(footer));
      write(footer.encode(), footer.footerOffset());
    }
    return footer;
  }

  private String digest(Footer footer) throws IOException {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(read(0, (int) footer.footerOffset() + Footer.EDITION_OFFSET));
      return HexFormat.of().formatHex(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime must have SHA-256", e);
    }
  }

  /** Seals and opens. */
  SealedFile open() throws IOException {
    seal();
    return SealedFile.open(path);
  }

  /** Takes the seal from the end of the file, as a cut does that leaves the last page. */
  void takeSeal() throws IOException {
    channel.truncate(channel.size() - Long.BYTES);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
