package dev.almanac.format;

import dev.almanac.CorruptAlmanacException;
import dev.almanac.IdKind;
import dev.almanac.Layout;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Checks a footer against itself and the file, so that whoever follows it stays in the file. */
public final class FooterCheck {
  private final Footer f;
  private final StoreGeometry geometry;
  private final PageLayout pages;
  private final Path path;

  FooterCheck(Footer footer, Path path) {
    this.f = footer;
    this.geometry = footer.geometry();
    this.pages = footer.pages();
    this.path = path;
  }

  private CorruptAlmanacException broken(String rule, Object... found) {
    return Rule.broken(rule, path, found);
  }

  private void refuse(@Nullable String fault) throws CorruptAlmanacException {
    if (fault != null) {
      throw new CorruptAlmanacException(fault, path);
    }
  }

  /** Checks the footer, and what it says of sizes that follow from the others. */
  void run(
      long fileBytes, long storeBytes, int blockBytes, long checksumsOffset, long checksumsBytes)
      throws CorruptAlmanacException {
    checkStore(fileBytes, storeBytes);
    checkDictionary(fileBytes);
    if (blockBytes != BlockChecksums.BLOCK_BYTES) {
      throw broken("a block must take 65536 bytes: blockBytes=%s", blockBytes);
    }
    if (checksumsOffset != f.checksumsOffset() || checksumsBytes != f.checksumsBytes()) {
      throw broken(
          "the checksums must follow the content: checksumsOffset=%s checksumsBytes=%s",
          checksumsOffset, checksumsBytes);
    }
    if (f.fileBytes() != fileBytes) {
      throw broken(
          "the file must be as long as its footer says: found=%s expected=%s",
          fileBytes, f.fileBytes());
    }
    if (fileBytes - f.dictionaryOffset() > Integer.MAX_VALUE) {
      throw broken(
          "what follows the data store must take less than 2 GiB: bytes=%s",
          fileBytes - f.dictionaryOffset());
    }
    refuse(pages.fault(geometry, f.dateCount(), f.entryCount()));
    if (pages.hasPages()) {
      checkIdsOfPages();
    } else {
      checkEntries();
    }
    if (f.idKind() == IdKind.TEXT
        && (f.longestIdBytes() < 0 || f.longestIdBytes() > Footer.MAX_ID_BYTES)) {
      throw broken("a text ID must take at most 1024 bytes: longestIdBytes=%s", f.longestIdBytes());
    }
    if (f.idCount() != 0 && f.dateCount() == 0) {
      throw broken(
          "a file with IDs must have dates: idCount=%s dateCount=%s", f.idCount(), f.dateCount());
    }
  }

  private void checkStore(long fileBytes, long storeBytes) throws CorruptAlmanacException {
    long end = f.dictionaryOffset();
    if (end <= 0 || end % Footer.PAGE_BYTES != 0 || end >= fileBytes) {
      throw broken("the dictionary must begin at a page in the file: dictionaryOffset=%s", end);
    }
    refuse(geometry.fault(end));
    if (storeBytes != geometry.storeBytes() || Footer.dictionaryOffset(storeBytes, pages) != end) {
      throw broken(
          "the dictionary must follow the data store: storeBytes=%s geometry=%s"
              + " dictionaryOffset=%s",
          storeBytes, geometry.storeBytes(), end);
    }
  }

  private void checkDictionary(long fileBytes) throws CorruptAlmanacException {
    if (f.dateCount() < 0 || f.dateCount() > DictionarySection.MAX_DATE_COUNT) {
      throw broken("the number of dates must be from 0 to 2^28: dateCount=%s", f.dateCount());
    }
    if (f.dictionaryBytes() < DictionarySection.textsOffset(f.dateCount())
        || f.dictionaryBytes() > Integer.MAX_VALUE
        || f.dictionaryBytes() > fileBytes - f.dictionaryOffset()) {
      throw broken(
          "the dictionary must lie in the file: dictionaryOffset=%s dictionaryBytes=%s"
              + " dateCount=%s",
          f.dictionaryOffset(), f.dictionaryBytes(), f.dateCount());
    }
    if (f.shapeBytes() < 0
        || f.shapeBytes() > IdShape.MAX_SECTION_BYTES
        || f.isPacked() != (f.idKind() == IdKind.TEXT && pages.hasPages())) {
      throw broken(
          "texts in pages must have a shape of at most %s bytes, and other IDs no shape:"
              + " shapeBytes=%s",
          IdShape.MAX_SECTION_BYTES, f.shapeBytes());
    }
  }

  private void checkEntries() throws CorruptAlmanacException {
    if (geometry.tierBytes() > StoreGeometry.MAX_TIER_BYTES) {
      throw broken(
          "a tier of entries must take at most 2^30 bytes: tierBytes=%s", geometry.tierBytes());
    }
    int entryBytes = Long.BYTES + f.codeBytes();
    if (f.idKind() == IdKind.LONG && geometry.chunkBytes() != entryBytes) {
      throw broken(
          "a chunk must hold one entry: chunkBytes=%s expected=%s",
          geometry.chunkBytes(), entryBytes);
    }
    if (f.idCount() < 0
        || f.idCount() != f.entryCount()
        || f.idCount() > (long) geometry.segmentCount() * geometry.chunkCount()) {
      throw broken(
          "each ID must have an entry of the data store: entryCount=%s idCount=%s",
          f.entryCount(), f.idCount());
    }
    if (f.longestProbe() < 0
        || f.longestProbe() > geometry.slotCount()
        || f.longestProbe() > Footer.MAX_LONGEST_PROBE) {
      throw broken(
          "a lookup must inspect at most 1024 slots: longestProbe=%s slotCount=%s",
          f.longestProbe(), geometry.slotCount());
    }
  }

  private void checkIdsOfPages() throws CorruptAlmanacException {
    if (pages.lowKeyBits() != 0
        && (!f.isPacked() || pages.firstKey() != 0 || f.lowestId() != 0 || f.highestId() != 0)) {
      throw broken(
          "keys of more than 64 bits must be those of texts, and have no range: lowKeyBits=%s"
              + " firstKey=%s lowestId=%s highestId=%s",
          pages.lowKeyBits(), pages.firstKey(), f.lowestId(), f.highestId());
    }
    long placeCount = f.entryCount() << pages.pageBits();
    if (pages.isHashed()) {
      placeCount *= HashedPages.slotCount(pages.slotBytes());
    }
    Directory directory = pages.directory();
    if (f.idCount() < (directory == null ? 0 : directory.blockCount())
        || f.idCount() > placeCount) {
      throw broken(
          "the IDs must fit the pages: idCount=%s entryCount=%s", f.idCount(), f.entryCount());
    }
    // As unsigned numbers from the first key on, so that the range may be that of all numbers.
    long highest = f.highestId() - pages.firstKey();
    if (f.idCount() != 0
        && (f.lowestId() < pages.firstKey()
            || f.highestId() < f.lowestId()
            || PageLayout.bits(highest) > pages.keyBits()
            || pages.layout() == Layout.DIRECT && highest >>> pages.pageBits() >= f.entryCount())) {
      throw broken(
          "the range of the IDs must fit the keys: lowestId=%s highestId=%s firstKey=%s keyBits=%s",
          f.lowestId(), f.highestId(), pages.firstKey(), pages.keyBits());
    }
    if (f.longestProbe() < 1
        || f.longestProbe() > (pages.isHashed() ? HashedPages.MAX_DISTANCE + 1 : 1)) {
      throw broken("a lookup must inspect at most 7 buckets: longestProbe=%s", f.longestProbe());
    }
  }

  /** Checks what a footer says of the IDs against their shape. */
  public static void check(Footer f, IdShape shape, Path path) throws CorruptAlmanacException {
    PageLayout pages = f.pages();
    boolean fits =
        shape.isWide()
            ? pages.keyBits() == shape.keyBits() && pages.lowKeyBits() == shape.lowKeyBits()
            : pages.lowKeyBits() == 0 && (f.idCount() == 0 || f.highestId() <= shape.highestKey());
    if (!fits || f.longestIdBytes() != shape.longestIdBytes()) {
      throw Rule.broken(
          "keys must be numbers of the texts of the shape: keyBits=%s lowKeyBits=%s lowestId=%s"
              + " highestId=%s longestIdBytes=%s, of the shape keyBits=%s lowKeyBits=%s"
              + " highestKey=%s longestIdBytes=%s",
          path,
          pages.keyBits(),
          pages.lowKeyBits(),
          f.lowestId(),
          f.highestId(),
          f.longestIdBytes(),
          shape.keyBits(),
          shape.lowKeyBits(),
          shape.highestKey(),
          shape.longestIdBytes());
    }
  }
}
