package dev.almanac.format;

import dev.almanac.IdKind;

/**
 * The last {@value #BYTES} bytes of a sealed file, a file that does not end in {@link #SEAL} is not
 * sealed.
 *
 * @param geometry the Chronicle Map data store at the start of the file
 * @param dictionaryOffset offset of the {@link DictionarySection}
 * @param dictionaryBytes its size
 * @param shapeBytes size of the {@link IdShape} of packed texts, which follows the dictionary at
 *     the next multiple of 8; 0 unless the IDs are texts that lie in pages as numbers
 * @param dictionaryCrc CRC32C of the dictionary and, where there is one, of the shape, with the
 *     zeros between
 * @param checksumsCrc CRC32C of the {@link BlockChecksums}
 * @param idKind {@link IdKind#LONG} or {@link IdKind#TEXT}
 * @param pages how the codes lie in the data store
 * @param dateCount distinct dates
 * @param idCount distinct IDs
 * @param entryCount entries of the Chronicle Map: IDs, or pages
 * @param lowestId lowest numeric ID, or lowest key of a narrow shape; 0 for other text IDs and for
 *     a file without IDs
 * @param highestId highest numeric ID or key; 0 likewise
 * @param longestIdBytes size of the longest text ID; 8 for numeric IDs
 * @param longestProbe most slots (of a file of entries) or buckets (of hashed pages) that a lookup
 *     of an ID of this file inspects, and so the most that a lookup of any ID needs to; 1 for other
 *     pages
 * @param chronicleVersion version of Chronicle Map that created the store
 * @param edition SHA-256 of everything before it, 64 hexadecimal digits
 */
public record Footer(
    StoreGeometry geometry,
    long dictionaryOffset,
    long dictionaryBytes,
    int shapeBytes,
    int dictionaryCrc,
    int checksumsCrc,
    IdKind idKind,
    PageLayout pages,
    int dateCount,
    long idCount,
    long entryCount,
    long lowestId,
    long highestId,
    int longestIdBytes,
    int longestProbe,
    String chronicleVersion,
    String edition) {

  /** Size of the footer. */
  public static final int BYTES = 312;

  /** The format version that this library writes and reads. */
  public static final int FORMAT_VERSION = 1;

  /** The first eight bytes of a footer, as a little-endian number: {@code ALMANAC1}. */
  static final long MAGIC = 0x3143414E414D4C41L;

  /** The last eight bytes of every sealed file, likewise: those of the magic, each inverted. */
  public static final long SEAL = ~MAGIC;

  /** Where sections after the store begin: a multiple of this, the size of a memory page. */
  public static final int PAGE_BYTES = 4096;

  /** The longest text ID, in bytes. */
  public static final int MAX_ID_BYTES = 1024;

  /**
   * The most slots that a lookup of an ID may inspect, whatever the file says. Rows that come by
   * chance stay far below; the build refuses those that were chosen to fall together.
   */
  public static final int MAX_LONGEST_PROBE = 1024;

  /** Bytes of the footer before the edition, and so in it. */
  public static final int EDITION_OFFSET = 264;

  /** Stands in for the edition until it is known. */
  public static final String NO_EDITION = "00".repeat(32);

  /** Size of the whole file. */
  public long fileBytes() {
    return footerOffset() + BYTES;
  }

  /** Where the footer begins. */
  public long footerOffset() {
    return StoreGeometry.align(checksumsOffset() + checksumsBytes(), Long.BYTES);
  }

  /** Where the block checksums begin. */
  public long checksumsOffset() {
    return checksumsOffset(contentBytes());
  }

  /** Bytes of the block checksums. */
  public long checksumsBytes() {
    return BlockChecksums.sectionBytes(contentBytes());
  }

  /** Bytes that the block checksums cover: up to the end of the dictionary, or of the shape. */
  public long contentBytes() {
    return contentBytes(dictionaryOffset + dictionaryBytes, shapeBytes);
  }

  /** Likewise, of a file whose dictionary ends at {@code dictionaryEnd}. */
  public static long contentBytes(long dictionaryEnd, int shapeBytes) {
    return shapeBytes == 0 ? dictionaryEnd : shapeOffset(dictionaryEnd) + shapeBytes;
  }

  /** Where the shape begins, if there is one. */
  public long shapeOffset() {
    return shapeOffset(dictionaryOffset + dictionaryBytes);
  }

  private static long shapeOffset(long dictionaryEnd) {
    return StoreGeometry.align(dictionaryEnd, Long.BYTES);
  }

  /** Where the directory of blocks begins, if there is one. */
  public long directoryOffset() {
    return directoryOffset(geometry.storeBytes());
  }

  /** Likewise, after a data store of {@code storeBytes}. */
  public static long directoryOffset(long storeBytes) {
    return StoreGeometry.align(storeBytes, PAGE_BYTES);
  }

  /** Where the data store ends and, where there is one, the directory. */
  public long pagesEnd() {
    return pagesEnd(geometry.storeBytes(), pages);
  }

  private static long pagesEnd(long storeBytes, PageLayout pages) {
    Directory directory = pages.directory();
    return directory == null ? storeBytes : directoryOffset(storeBytes) + directory.bytes();
  }

  /** Where the dictionary begins after a data store and, where there is one, a directory. */
  public static long dictionaryOffset(long storeBytes, PageLayout pages) {
    return StoreGeometry.align(pagesEnd(storeBytes, pages), PAGE_BYTES);
  }

  /** Whether the IDs are texts that lie in pages as numbers. */
  public boolean isPacked() {
    return shapeBytes > 0;
  }

  /** Bytes of the code of an entry, where {@link #pages} are entries. */
  public int codeBytes() {
    return DictionarySection.codeBytes(dateCount);
  }

  /**
   * Where the checksums begin: at a page, so that the seal is in no page that lookups read. A file
   * that is cut loses whole pages in one step, but the page with the cut from front to back.
   */
  public static long checksumsOffset(long contentBytes) {
    return StoreGeometry.align(contentBytes, PAGE_BYTES);
  }

  /** The same footer with its edition. */
  public Footer withEdition(String sha256) {
    return sealed(longestProbe, checksumsCrc, sha256);
  }

  /** The same footer with what is known once the content is written. */
  public Footer sealed(int probe, int crc, String sha256) {
    return new Footer(
        geometry,
        dictionaryOffset,
        dictionaryBytes,
        shapeBytes,
        dictionaryCrc,
        crc,
        idKind,
        pages,
        dateCount,
        idCount,
        entryCount,
        lowestId,
        highestId,
        longestIdBytes,
        probe,
        chronicleVersion,
        sha256);
  }
}
