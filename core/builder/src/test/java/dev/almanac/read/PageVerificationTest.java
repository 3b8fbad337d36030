package dev.almanac.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Layout;
import dev.almanac.VerifyReport;
import dev.almanac.format.HashedPages;
import dev.almanac.format.PageLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each damage of pages alone, and that the report names it and nothing else. */
class PageVerificationTest {
  @TempDir private Path folder;

  /** Two pages of 512 codes of 3 bits, and codes for 10 to 20. */
  private HandmadeFile direct() throws IOException {
    PageLayout layout = new PageLayout(Layout.DIRECT, 10, 10, 0, PageLayout.codeBits(5), 9, 0, 0);
    HandmadeFile file = HandmadeFile.ofPages(folder.resolve("direct.almanac"), layout, 5, 2);
    for (int id = 10; id <= 20; id++) {
      file.putDirect(id, id % 5);
    }
    file.putDirect(1_000, 4);
    return file;
  }

  /** Two pages of four buckets of eight slots, some of them full. */
  private HandmadeFile hashed() throws IOException {
    int codeBits = PageLayout.codeBits(5);
    PageLayout layout =
        new PageLayout(
            Layout.HASHED, 10, 56, 0, codeBits, 2, HashedPages.slotBytes(56, 0, codeBits, 8), 0);
    HandmadeFile file = HandmadeFile.ofPages(folder.resolve("hashed.almanac"), layout, 5, 2);
    assertEquals(7, layout.slotBytes());
    for (int i = 0; i < 30; i++) {
      file.putHashed(10 + i * 1_000_003L, i % 5);
    }
    return file;
  }

  private static void assertDamages(HandmadeFile file, String... damages) throws IOException {
    file.seal();
    assertEquals(Arrays.asList(damages), Verification.of(file.path).damages());
  }

  private static void assertFirst(HandmadeFile file, String damage) throws IOException {
    file.seal();
    List<String> damages = Verification.of(file.path).damages();
    assertTrue(damages.size() > 0 && damages.get(0).startsWith(damage), damages::toString);
  }

  @Test
  void aWholeFileIsCounted() throws IOException {
    try (HandmadeFile file = direct()) {
      file.seal();
      VerifyReport report = Verification.of(file.path);
      assertEquals(List.of(), report.damages());
      assertEquals(12, report.idCount());
    }
    try (HandmadeFile file = hashed()) {
      file.seal();
      VerifyReport report = Verification.of(file.path);
      assertEquals(List.of(), report.damages());
      assertEquals(30, report.idCount());
    }
  }

  /** What one page needs is not expected of the next. */
  @Test
  void eachPageIsCheckedByItself() throws IOException {
    try (HandmadeFile file = hashed()) {
      for (long id = 11; file.longestProbe < 3; id++) {
        if (file.home(id) == 1) {
          file.putHashed(id, 1);
        }
      }
      file.seal();
      VerifyReport report = Verification.of(file.path);
      assertEquals(List.of(), report.damages());
      assertEquals(file.idCount, report.idCount());
    }
  }

  /** Nine slots of six bytes and their tags leave one byte. */
  @Test
  void whatNoSlotTakesIsZero() throws IOException {
    int codeBits = PageLayout.codeBits(5);
    int slotBytes = HashedPages.slotBytes(48, 0, codeBits, 8);
    assertEquals(6, slotBytes);
    PageLayout layout = new PageLayout(Layout.HASHED, 10, 48, 0, codeBits, 2, slotBytes, 0);
    try (HandmadeFile file = HandmadeFile.ofPages(folder.resolve("unused.almanac"), layout, 5, 2)) {
      file.putHashed(12, 3);
      assertDamages(file);
      file.putByte(file.bucketOffset(6) + 9, 1);
      file.seal();
      List<String> damages = Verification.of(file.path).damages();
      assertEquals(1, damages.size());
      assertTrue(damages.get(0).startsWith("page 1 bucket 2"), damages::toString);
    }
  }

  /** A byte of each block in turn: the report names what lies at both of its ends. */
  @Test
  void aDamagedBlockIsNamedAfterItsPages() throws IOException {
    PageLayout layout = new PageLayout(Layout.DIRECT, 0, 20, 0, PageLayout.codeBits(5), 18, 0, 0);
    int pageCount = 3;
    try (HandmadeFile file =
        HandmadeFile.ofPages(folder.resolve("pages.almanac"), layout, 5, pageCount)) {
      file.putDirect(7, 4);
      file.putDirect(600_000, 4);
      file.seal();
      assertEquals(List.of(), Verification.of(file.path).damages());
      long end = file.contentBytes();
      long blockCount = (end + 65_535) / 65_536;
      assertEquals(5, blockCount);
      for (int block = 0; block < blockCount; block++) {
        long first = block * 65_536L;
        long last = Math.min(first + 65_535, end - 1);
        // In the last block a letter of a date, elsewhere codes.
        long at = block == blockCount - 1 ? end - 1 : first + 60_000;
        int before = file.read(at, 1).get(0);
        file.putByte(at, before ^ 1);
        String from = sectionAt(file, pageCount, first);
        String to = sectionAt(file, pageCount, last);
        String found = Verification.of(file.path).damages().get(0);
        assertTrue(
            found.startsWith(
                "block %d of %d (bytes %d to %d, %s): its checksum must match: "
                    .formatted(
                        block, blockCount, first, last, from.equals(to) ? to : from + " to " + to)),
            found);
        file.putByte(at, before);
      }
      assertEquals(List.of(), Verification.of(file.path).damages());
    }
  }

  private static String sectionAt(HandmadeFile file, int pageCount, long offset) {
    if (offset >= file.dictionaryOffset) {
      return "dictionary";
    }
    for (int page = pageCount - 1; page >= 0; page--) {
      if (offset >= file.entryOffset(0, page)) {
        return "page " + page + " of " + pageCount;
      }
    }
    return "Chronicle Map header";
  }

  @Test
  void whatTheFooterSaysOfTheIdsIsCounted() throws IOException {
    try (HandmadeFile file = direct()) {
      file.idCount++;
      file.lowestId++;
      file.highestId--;
      assertDamages(
          file,
          "footer: IDs must be as many as it says: found=12 expected=13",
          "footer: the lowest ID must be what it says: found=10 expected=11",
          "footer: the highest ID must be what it says: found=1000 expected=999");
    }
    try (HandmadeFile file = hashed()) {
      int longest = file.longestProbe;
      file.longestProbe = longest + 1;
      assertDamages(
          file,
          "footer: the longest probe must be what it says: found="
              + longest
              + " expected="
              + (longest + 1));
    }
  }

  @Test
  void aCodeIsInTheDictionary() throws IOException {
    try (HandmadeFile file = direct()) {
      file.putDirect(12, 5);
      file.putDirect(13, 6);
      file.idCount -= 2;
      assertDamages(
          file,
          "page 0 place 2: a code must be in the dictionary: code=5 dateCount=5",
          "page 0 place 3: a code must be in the dictionary: code=6 dateCount=5",
          "footer: IDs must be as many as it says: found=10 expected=12");
    }
    try (HandmadeFile file = hashed()) {
      long low = file.slotEnd(0, 0) - 6;
      ByteBuffer before = file.read(low, 1);
      file.putByte(low, before.get(0) | 7);
      assertDamages(
          file, "page 0 bucket 0 slot 0: a code must be in the dictionary: code=7 dateCount=5");
    }
  }

  @Test
  void aPageLiesWhereItsNumberSaysAndHasNothingBesideItsData() throws IOException {
    try (HandmadeFile file = direct()) {
      file.putByte(file.dataOffset(1) - 1, 9);
      assertFirst(file, "page 1: the bytes beside its data must be 0: offset=");
      file.putByte(file.dataOffset(1) - 1, 0);
      file.putByte(file.dataOffset(1) + file.pages.dataBytes(), 9);
      assertFirst(
          file,
          file.g.chunkBytes() - file.pages.dataBytes() - 8 > 0
              ? "page 1: the bytes beside its data must be 0: offset="
              : "");
      file.putByte(file.dataOffset(1) + file.pages.dataBytes(), 0);
      file.putLong(file.entryOffset(0, 0), 1);
      file.putLong(file.entryOffset(0, 1), 0);
      file.seal();
      assertTrue(
          Verification.of(file.path)
              .damages()
              .containsAll(
                  List.of(
                      "page 0: its key must be its number: key=1",
                      "page 1: its key must be its number: key=0")));
    }
  }

  @Test
  void anEmptySlotIsEmpty() throws IOException {
    try (HandmadeFile file = hashed()) {
      int bucket = bucketWithRoom(file);
      int empty = firstEmpty(file, bucket);
      String where = "page " + bucket / 4 + " bucket " + bucket % 4;
      String rule = where + ": an empty slot must be empty: slot=" + empty;
      file.putByte(file.slotEnd(bucket, empty) - 6, 1);
      assertDamages(file, rule);
      file.putByte(file.slotEnd(bucket, empty) - 6, 0);
      file.putByte(file.bucketOffset(bucket) + empty, 1);
      assertDamages(file, rule);
    }
  }

  private static int bucketWithRoom(HandmadeFile file) throws IOException {
    int bucket = 0;
    while (firstEmpty(file, bucket) < 3 || firstEmpty(file, bucket) > 7) {
      bucket++;
    }
    return bucket;
  }

  private static int firstEmpty(HandmadeFile file, int bucket) throws IOException {
    int slot = 0;
    while (slot < 8 && (file.read(file.slotEnd(bucket, slot), 1).get(0) & 0x70) != 0x70) {
      slot++;
    }
    return slot;
  }

  @Test
  void slotsAreFilledFromTheFirst() throws IOException {
    try (HandmadeFile file = hashed()) {
      int bucket = bucketWithRoom(file);
      int last = firstEmpty(file, bucket) - 1;
      byte[] slot = bytes(file, file.slotEnd(bucket, last) - 6, 7);
      byte[] tag = bytes(file, file.bucketOffset(bucket) + last, 1);
      byte[] empty = bytes(file, file.slotEnd(bucket, last + 1) - 6, 7);
      file.write(ByteBuffer.wrap(slot), file.slotEnd(bucket, last + 1) - 6);
      file.write(ByteBuffer.wrap(tag), file.bucketOffset(bucket) + last + 1);
      file.write(ByteBuffer.wrap(empty), file.slotEnd(bucket, last) - 6);
      file.putByte(file.bucketOffset(bucket) + last, 0);
      assertFirst(
          file,
          "page "
              + bucket / 4
              + " bucket "
              + bucket % 4
              + ": slots must be filled from the first, with zeros before the rest: slot="
              + (last + 1));
    }
  }

  private static byte[] bytes(HandmadeFile file, long offset, int length) throws IOException {
    byte[] bytes = new byte[length];
    file.read(offset, length).get(bytes);
    return bytes;
  }

  @Test
  void aReachIsTheFarthestDistance() throws IOException {
    try (HandmadeFile file = hashed()) {
      int bucket = bucketWithRoom(file);
      for (int i = 0; i < 4; i++) {
        byte[] highest = bytes(file, file.slotEnd(bucket, i), 1);
        int before = 0;
        for (int k = 0; k < 3; k++) {
          before |= (bytes(file, file.slotEnd(bucket, k), 1)[0] >> 7 & 1) << k;
        }
        file.putByte(file.slotEnd(bucket, i), highest[0] ^ 0x80);
        file.seal();
        List<String> damages = new ArrayList<>(Verification.of(file.path).damages());
        damages.removeIf(damage -> damage.contains("an empty slot must be empty"));
        assertEquals(
            List.of(
                "page "
                    + bucket / 4
                    + " bucket "
                    + bucket % 4
                    + ": its reach must be that of its farthest key: marks="
                    + (before ^ 1 << Math.min(i, 3))
                    + " expected="
                    + before),
            damages);
        file.putByte(file.slotEnd(bucket, i), highest[0]);
      }
    }
  }

  @Test
  void aKeyLiesWhereALookupLooks() throws IOException {
    try (HandmadeFile file = hashed()) {
      // A distance that no lookup goes: the key of another home, most likely one outside the range.
      int bucket = bucketWithRoom(file);
      byte[] highest = bytes(file, file.slotEnd(bucket, 0), 1);
      file.putByte(file.slotEnd(bucket, 0), highest[0] & 0x8F | 3 << 4);
      file.seal();
      assertTrue(Verification.of(file.path).damages().size() > 0);
      file.putByte(file.slotEnd(bucket, 0), highest[0]);
      // The bit above the rest.
      file.putByte(file.slotEnd(bucket, 0), highest[0]);
      assertDamages(file);
    }
  }

  /** Copied from the slot before it, or from one with others between. */
  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void anIdIsThereOnce(int slot) throws IOException {
    try (HandmadeFile file = hashed()) {
      int bucket = bucketWithRoom(file);
      int empty = firstEmpty(file, bucket);
      file.write(
          ByteBuffer.wrap(bytes(file, file.slotEnd(bucket, slot) - 6, 7)),
          file.slotEnd(bucket, empty) - 6);
      // Without its bit of the reach.
      byte[] end = bytes(file, file.slotEnd(bucket, empty), 1);
      file.putByte(file.slotEnd(bucket, empty), end[0] & 0x7F);
      file.putByte(
          file.bucketOffset(bucket) + empty, bytes(file, file.bucketOffset(bucket) + slot, 1)[0]);
      file.idCount++;
      assertFirst(file, "page " + bucket / 4 + ": an ID must be there once: id=");
    }
  }
}
