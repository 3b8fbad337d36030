package dev.almanac.read;

import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.format.BlockChecksums;
import dev.almanac.format.DictionarySection;
import dev.almanac.format.Directory;
import dev.almanac.format.FirstDays;
import dev.almanac.format.Footer;
import dev.almanac.format.FooterBytes;
import dev.almanac.format.HashedPages;
import dev.almanac.format.IdShape;
import dev.almanac.format.PageLayout;
import dev.almanac.format.StoreGeometry;
import dev.almanac.format.Xxh64;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

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
  final PageLayout pages;
  final int dateCount;
  final int codeBytes;
  final FileChannel channel;
  final long directoryOffset;
  final long dictionaryOffset;
  final int dictionaryBytes;

  /** Of packed texts; else null. */
  final IdShape shape;

  /** What the footer will say; {@link #put} counts, and a test may lie. */
  long idCount;

  long entryCount;
  int longestProbe;
  int longestIdBytes = 8;
  long lowestId;
  long highestId;
  int shapeBytes;

  /** What the footer will say of the blocks; null where there are no blocks. */
  Directory directory;

  private final Map<Long, Integer> indexByBlock = new HashMap<>();

  /** Turned over in the footer. */
  int wrongChecksumsBits;

  int wrongDictionaryBits;
  private final int[] chunksUsed;

  private HandmadeFile(Path path, IdKind idKind, PageLayout pages, int dateCount, StoreGeometry g)
      throws IOException {
    this(path, idKind, null, pages, dateCount, g);
  }

  private HandmadeFile(
      Path path, IdKind idKind, IdShape shape, PageLayout pages, int dateCount, StoreGeometry g)
      throws IOException {
    this.path = path;
    this.idKind = idKind;
    this.shape = shape;
    this.pages = pages;
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
    this.directory = pages.directory();
    this.directoryOffset = StoreGeometry.align(g.storeBytes(), Footer.PAGE_BYTES);
    this.dictionaryOffset = Footer.dictionaryOffset(g.storeBytes(), pages);
    ByteBuffer dictionary = FirstDays.section(dateCount);
    this.dictionaryBytes = dictionary.limit();
    write(dictionary, dictionaryOffset);
    if (shape != null) {
      shapeSection(shape.encodeSection());
    }
  }

  /** Puts the shape of packed texts. */
  void shapeSection(ByteBuffer section) throws IOException {
    shapeBytes = section.remaining();
    write(little((int) (shapeOffset() - dictionaryOffset) - dictionaryBytes), dictionaryEnd());
    write(section, shapeOffset());
  }

  long shapeOffset() {
    return StoreGeometry.align(dictionaryEnd(), Long.BYTES);
  }

  private long dictionaryEnd() {
    return dictionaryOffset + dictionaryBytes;
  }

  /** The geometry of tiers that take at least {@code tierBytes} each. */
  private static StoreGeometry geometry(
      int segmentCount,
      int slotCount,
      int keyBits,
      int chunkBytes,
      int chunkCount,
      long tierBytes) {
    int countersOffset = (int) StoreGeometry.align(slotCount * StoreGeometry.SLOT_BYTES, 64);
    int entrySpaceOffset =
        (int)
            StoreGeometry.align(
                countersOffset + StoreGeometry.COUNTERS_BYTES + (chunkCount + 7) / 8, 8);
    long leastBytes = StoreGeometry.align(entrySpaceOffset + (long) chunkBytes * chunkCount, 64);
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
      Path path, int dateCount, int segmentCount, int slotCount, int keyBits) throws IOException {
    return ofNumbers(path, dateCount, segmentCount, slotCount, keyBits, 0);
  }

  static HandmadeFile ofNumbers(
      Path path, int dateCount, int segmentCount, int slotCount, int keyBits, long tierBytes)
      throws IOException {
    int chunkBytes = Long.BYTES + DictionarySection.codeBytes(dateCount);
    return new HandmadeFile(
        path,
        IdKind.LONG,
        PageLayout.entries(dateCount),
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
            PageLayout.entries(dateCount),
            dateCount,
            geometry(segmentCount, slotCount, keyBits, chunkBytes, chunkCount, tierBytes));
    file.longestIdBytes = 0;
    return file;
  }

  /** A file of {@code pageCount} pages, without a code in any of them. */
  static HandmadeFile ofPages(Path path, PageLayout pages, int dateCount, int pageCount)
      throws IOException {
    HandmadeFile file = ofUnfilledPages(path, pages, dateCount, pageCount);
    for (int page = 0; page < pageCount; page++) {
      file.fillEmpty(page);
    }
    return file;
  }

  /** Likewise, with zeros for data, which no build leaves, so that large ones are holes. */
  static HandmadeFile ofUnfilledPages(Path path, PageLayout pages, int dateCount, int pageCount)
      throws IOException {
    return ofUnfilledPages(path, null, pages, dateCount, pageCount);
  }

  /** Likewise, of texts of this shape. */
  static HandmadeFile ofPackedTexts(
      Path path, IdShape shape, PageLayout pages, int dateCount, int pageCount) throws IOException {
    HandmadeFile file = ofUnfilledPackedTexts(path, shape, pages, dateCount, pageCount);
    for (int page = 0; page < pageCount; page++) {
      file.fillEmpty(page);
    }
    return file;
  }

  /** Likewise, with zeros for data, see {@link #ofUnfilledPages}. */
  static HandmadeFile ofUnfilledPackedTexts(
      Path path, IdShape shape, PageLayout pages, int dateCount, int pageCount) throws IOException {
    HandmadeFile file = ofUnfilledPages(path, shape, pages, dateCount, pageCount);
    file.longestIdBytes = shape.longestIdBytes();
    if (shape.isWide()) {
      file.lowestId = 0;
      file.highestId = 0;
    }
    return file;
  }

  private static HandmadeFile ofUnfilledPages(
      Path path, IdShape shape, PageLayout pages, int dateCount, int pageCount) throws IOException {
    HandmadeFile file =
        new HandmadeFile(
            path,
            shape == null ? IdKind.LONG : IdKind.TEXT,
            shape,
            pages,
            dateCount,
            geometry(
                1,
                Math.max(16, 2 * Integer.highestOneBit(pageCount)),
                14,
                (int) pages.entryBytes(),
                Math.max(1, pageCount),
                0));
    for (int page = 0; page < pageCount; page++) {
      file.put(Xxh64.hash(page), little(Long.BYTES).putLong(0, page));
    }
    file.longestProbe = 1;
    file.lowestId = Long.MAX_VALUE;
    file.highestId = Long.MIN_VALUE;
    return file;
  }

  /** A file of blocks with these numbers, without a code in any of them. */
  static HandmadeFile ofBlocks(Path path, PageLayout pages, int dateCount, Collection<Long> blocks)
      throws IOException {
    return ofBlocks(path, null, pages, dateCount, blocks);
  }

  /** Likewise, of texts of this shape. */
  static HandmadeFile ofBlocks(
      Path path, IdShape shape, PageLayout pages, int dateCount, Collection<Long> blocks)
      throws IOException {
    int pageCount = (int) pages.directory().codePageCount(pages.pageBits());
    HandmadeFile file = ofUnfilledPages(path, shape, pages, dateCount, pageCount);
    for (int page = 0; page < pageCount; page++) {
      file.fillEmpty(page);
    }
    file.fillDirectory(blocks);
    return file;
  }

  /** Puts an empty directory, then these blocks. */
  void fillDirectory(Collection<Long> blocks) throws IOException {
    write(little((int) (dictionaryOffset - directoryOffset)), directoryOffset);
    for (int bucket = 0; bucket < pages.directory().pageCount() << buckets().pageBits(); bucket++) {
      clearBucket(bucket);
    }
    indexByBlock.clear();
    List<Long> inOrder = new ArrayList<>(blocks);
    inOrder.sort((a, b) -> Long.compareUnsigned(mixed(a, 0), mixed(b, 0)));
    for (long block : inOrder) {
      putBlock(block, indexByBlock.size());
    }
  }

  /** Puts a block into the directory. Returns the bucket. */
  int putBlock(long block, int index) throws IOException {
    indexByBlock.put(block, index);
    return putHashed(block, index);
  }

  /** The layout of what has buckets: pages, or the directory of blocks. */
  PageLayout buckets() {
    return pages.directory() == null ? pages : pages.directory().pages();
  }

  private HashedPages hashedPages() {
    return new HashedPages(
        buckets(), pages.directory() == null ? entryCount : pages.directory().pageCount());
  }

  /** Empties a bucket. */
  void clearBucket(int bucket) throws IOException {
    for (int slot = 0; slot < 64 / (buckets().slotBytes() + 1); slot++) {
      putByte(slotEnd(bucket, slot), 0x70);
    }
  }

  private void fillEmpty(int page) throws IOException {
    ByteBuffer data = little((int) pages.dataBytes());
    if (!pages.isHashed()) {
      while (data.hasRemaining()) {
        data.put((byte) -1);
      }
    } else {
      int slots = 64 / (pages.slotBytes() + 1);
      for (int at = 0; at < data.capacity(); at += 64) {
        for (int i = 0; i < slots; i++) {
          data.put(at + 63 - i * pages.slotBytes(), (byte) 0x70);
        }
      }
    }
    write(data.position(0).limit(data.capacity()), dataOffset(page));
  }

  /** Where the data of a page begins. */
  long dataOffset(int page) {
    return PageLayout.dataOffset(g) + (long) page * g.chunkBytes();
  }

  private void count(long id) {
    idCount++;
    if (pages.lowKeyBits() > 0) {
      return;
    }
    lowestId = Math.min(lowestId, id);
    highestId = Math.max(highestId, id);
  }

  /** Puts a code into direct pages. */
  void putDirect(long id, int code) throws IOException {
    putAt(id - pages.firstKey(), code);
    count(id);
  }

  /** Puts a code into its block. */
  void putInBlock(long id, int code) throws IOException {
    putAt(indexInBlocks(id), code);
    count(id);
  }

  /** Where in the blocks the code of an ID is. */
  long indexInBlocks(long id) {
    int bits = pages.directory().blockBits();
    long key = id - pages.firstKey();
    return ((long) indexByBlock.get(key >>> bits) << bits) + (key & (1L << bits) - 1);
  }

  /** Puts a code, or all ones, at its index. */
  void putAt(long index, int code) throws IOException {
    long from = dataOffset((int) (index >> pages.pageBits()));
    long place = index & (1L << pages.pageBits()) - 1;
    long bit = place * pages.codeBits();
    // One read and one write for each code: there are many.
    long word = read(from + bit / 8, Long.BYTES).getLong();
    long bits = (1L << pages.codeBits()) - 1 << bit % 8;
    putLong(from + bit / 8, word & ~bits | (long) code << bit % 8 & bits);
  }

  /** The bucket of page and place in the page at which the search for an ID begins. */
  int home(long id) {
    return home(id, 0);
  }

  private int home(long id, long low) {
    return (int) hashedPages().bucket(mixed(id, low));
  }

  private long mixed(long id, long low) {
    long key = id - buckets().firstKey();
    return pages.lowKeyBits() == 0 ? hashedPages().mix(key) : hashedPages().mix(key, low);
  }

  /** Puts a text of the shape into pages of its layout. Returns the bucket. */
  int putPacked(String id, int code) throws IOException {
    byte[] utf8 = id.getBytes(StandardCharsets.UTF_8);
    long[] key = {0};
    long[] low = {0};
    if (!shape.encode(utf8, 0, utf8.length, key, low, 0)) {
      throw new IllegalArgumentException("a text must be of the shape: id=" + id);
    }
    if (pages.directory() != null) {
      putInBlock(key[0], code);
      return 0;
    }
    if (pages.layout() == Layout.DIRECT) {
      putDirect(key[0], code);
      return 0;
    }
    return putHashed(key[0], low[0], code);
  }

  long bucketOffset(int bucket) {
    int page = bucket >> buckets().pageBits();
    long pageAt =
        pages.directory() == null
            ? dataOffset(page)
            : directoryOffset + page * buckets().entryBytes();
    return pageAt + 64L * (bucket & (1 << buckets().pageBits()) - 1);
  }

  /** Where the highest byte of a slot lies. */
  long slotEnd(int bucket, int slot) {
    return bucketOffset(bucket) + 63 - (long) slot * buckets().slotBytes();
  }

  /**
   * Puts an ID into the first bucket with room from its home on, as far as distances go. Returns
   * the bucket.
   */
  int putHashed(long id, int code) throws IOException {
    return putHashed(id, 0, code);
  }

  /** Likewise a key of more than 64 bits. */
  int putHashed(long id, long low, int code) throws IOException {
    for (int distance = 0; distance <= HashedPages.MAX_DISTANCE; distance++) {
      int home = home(id, low);
      int mask = (1 << buckets().pageBits()) - 1;
      int bucket = home & ~mask | home + distance & mask;
      for (int slot = 0; slot < 64 / (buckets().slotBytes() + 1); slot++) {
        if ((read(slotEnd(bucket, slot), 1).get() & 0x70) == 0x70) {
          putHashed(id, low, code, distance, bucket, slot);
          return bucket;
        }
      }
    }
    throw new IllegalStateException("the buckets must hold what is put: id=" + id);
  }

  private void putHashed(long id, long low, int code, int distance, int bucket, int slot)
      throws IOException {
    HashedPages hashed = hashedPages();
    long rest = hashed.rest(mixed(id, low));
    putByte(bucketOffset(bucket) + slot, hashed.tag(rest));
    BigInteger value =
        unsigned(hashed.restBelowTag(rest))
            .shiftLeft(pages.lowKeyBits())
            .or(unsigned(low))
            .shiftLeft(buckets().codeBits())
            .or(unsigned(code));
    int bytes = buckets().slotBytes();
    for (int i = 0; i < bytes; i++) {
      long at = slotEnd(bucket, slot) - bytes + 1 + i;
      int reach = i == bytes - 1 ? read(at, 1).get() & 0x80 | distance << 4 : 0;
      putByte(at, value.shiftRight(8 * i).intValue() | reach);
    }
    int home = home(id, low);
    int marks = HashedPages.reachMarks(distance);
    for (int i = 0; i < 3; i++) {
      int highest = read(slotEnd(home, i), 1).get();
      // Greedy from the home on, so a later key is never nearer than an earlier one.
      putByte(slotEnd(home, i), highest & 0x7F | (marks >> i & 1) << 7);
    }
    if (pages.directory() == null) {
      longestProbe = Math.max(longestProbe, distance + 1);
      count(id);
    } else {
      directory =
          new Directory(
              directory.blockBits(),
              directory.blockCount(),
              directory.pages(),
              directory.pageCount(),
              Math.max(directory.longestProbe(), distance + 1));
    }
  }

  private static BigInteger unsigned(long number) {
    return new BigInteger(Long.toUnsignedString(number));
  }

  int allOnes() {
    return codeBytes == 4 ? -1 : (1 << 8 * codeBytes) - 1;
  }

  /** Puts a number where a build of entries would. Returns its slot. */
  int put(long id, int code) throws IOException {
    ByteBuffer entry = little(g.chunkBytes()).putLong(id);
    putCode(entry, code);
    idCount++;
    return put(Xxh64.hash(id), entry);
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

  long contentBytes() {
    return Footer.contentBytes(dictionaryEnd(), shapeBytes);
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

  ByteBuffer read(long offset, int length) throws IOException {
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
            shapeBytes,
            BlockChecksums.crc(read(dictionaryOffset, (int) (contentBytes - dictionaryOffset)))
                ^ wrongDictionaryBits,
            BlockChecksums.crc(checksums.duplicate()) ^ wrongChecksumsBits,
            idKind,
            directory == pages.directory() ? pages : pagesWithDirectory(),
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
    write(FooterBytes.encode(footer), footer.footerOffset());
    if (hashed) {
      footer = footer.withEdition(digest(footer));
      write(FooterBytes.encode(footer), footer.footerOffset());
    }
    return footer;
  }

  private PageLayout pagesWithDirectory() {
    return new PageLayout(
        pages.layout(),
        pages.firstKey(),
        pages.keyBits(),
        pages.lowKeyBits(),
        pages.codeBits(),
        pages.pageBits(),
        pages.slotBytes(),
        pages.seed(),
        directory);
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
