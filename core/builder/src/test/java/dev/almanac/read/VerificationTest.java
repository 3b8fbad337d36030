package dev.almanac.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.VerifyReport;
import dev.almanac.format.Footer;
import dev.almanac.format.FooterBytes;
import dev.almanac.format.Xxh64;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each damage alone, and that the report names it and nothing else. */
class VerificationTest {
  @TempDir private Path folder;

  /** One segment or more of 16 slots; keys of 8 bits. */
  private HandmadeFile numbers(int dateCount, int segmentCount) throws IOException {
    return HandmadeFile.ofNumbers(
        folder.resolve("handmade.almanac"), dateCount, segmentCount, 16, 8);
  }

  private HandmadeFile texts(int chunkBytes, int chunkCount) throws IOException {
    return HandmadeFile.ofTexts(
        folder.resolve("handmade.almanac"), 3, 1, 16, 8, chunkBytes, chunkCount, 0);
  }

  private static VerifyReport assertDamages(HandmadeFile file, String... damages)
      throws IOException {
    file.seal();
    VerifyReport report = Verification.of(file.path);
    assertEquals(List.of(damages), report.damages());
    return report;
  }

  @Test
  void theReportCountsWhatItWentThrough() throws IOException {
    try (HandmadeFile file = numbers(3, 2)) {
      for (int id = 5; id < 10; id++) {
        file.put(id, id % 3);
      }
      Footer footer = file.seal();
      VerifyReport report = assertDamages(file);
      assertEquals(5, report.idCount());
      assertEquals(1, report.blockCount());
      assertEquals(footer.edition(), report.edition());
      assertEquals(Files.size(file.path), report.fileBytes());
      assertEquals(file.path, report.path());
    }
  }

  @Test
  void aFileMayEndAtTheEndOfABlock() throws IOException {
    // 186 dates take a page; the tier is what makes store and dictionary a block.
    try (HandmadeFile file =
        HandmadeFile.ofNumbers(folder.resolve("block.almanac"), 186, 1, 16, 8, 61_184)) {
      file.put(5, 185);
      assertEquals(65_536, file.contentBytes());
      assertEquals(1, assertDamages(file).blockCount());
    }
  }

  @Test
  void aDamagedBlockIsNamedWithItsSections() throws IOException {
    try (HandmadeFile file =
        HandmadeFile.ofNumbers(folder.resolve("blocks.almanac"), 3, 2, 64, 8, 525_376)) {
      file.put(5, 1);
      file.seal();
      long contentBytes = file.contentBytes();
      long segmentEnd = file.g.tierOffset(1);
      long blocks = (contentBytes + 65_535) / 65_536;
      assertBlock(file, 0, 0, 65_535, "Chronicle Map header to segment 0 of 2");
      assertBlock(file, 2 * 65_536 + 30_000, 131_072, 196_607, "segment 0 of 2");
      long across = segmentEnd / 65_536 * 65_536;
      assertBlock(file, segmentEnd + 100_000, across + 65_536, across + 131_071, "segment 1 of 2");
      assertBlock(
          file, segmentEnd - 1, across, across + 65_535, "segment 0 of 2 to segment 1 of 2");
      // Between the store and the dictionary, whose block is cut short by its end.
      assertBlock(
          file,
          file.dictionaryOffset - 1,
          (blocks - 1) * 65_536,
          contentBytes - 1,
          "segment 1 of 2 to dictionary");
    }
  }

  private static void assertBlock(
      HandmadeFile file, long at, long first, long last, String sections) throws IOException {
    ByteBuffer before = ByteBuffer.allocate(1);
    file.channel.read(before, at);
    file.putByte(at, before.get(0) ^ 0x40);
    VerifyReport report = Verification.of(file.path);
    file.putByte(at, before.get(0));
    long blocks = (file.contentBytes() + 65_535) / 65_536;
    String start =
        "block %d of %d (bytes %d to %d, %s): its checksum must match: found="
            .formatted(first / 65_536, blocks, first, last, sections);
    assertTrue(report.damages().get(0).startsWith(start), () -> start + " in " + report.damages());
    assertTrue(report.damages().get(1).startsWith("edition: "), report.damages()::toString);
    assertEquals(2, report.damages().size(), report.damages()::toString);
    assertEquals(blocks, report.blockCount());
  }

  @Test
  void aBlockThatBeginsWithASectionIsNamedAfterIt() throws IOException {
    // The tier ends with the first block.
    try (HandmadeFile file =
        HandmadeFile.ofNumbers(folder.resolve("dates.almanac"), 3, 1, 16, 8, 65_280)) {
      file.seal();
      assertEquals(65_536, file.dictionaryOffset);
      long at = file.contentBytes() - 1;
      file.putByte(at, '7');
      List<String> damages = Verification.of(file.path).damages();
      assertTrue(
          damages.get(0).startsWith("block 1 of 2 (bytes 65536 to " + at + ", dictionary): "),
          damages::toString);
      assertTrue(damages.get(1).startsWith("edition: "), damages::toString);
      assertTrue(damages.get(2).startsWith("dictionary: its checksum"), damages::toString);
      assertEquals(3, damages.size());
    }
    // The segment headers end with the first block.
    try (HandmadeFile file = numbers(3, 1021)) {
      file.seal();
      assertEquals(65_536, file.g.tiersOffset());
      // The counters, which nobody reads.
      file.putByte(file.g.tiersOffset() + file.g.countersOffset(), 1);
      List<String> damages = Verification.of(file.path).damages();
      assertTrue(
          damages
              .get(0)
              .startsWith("block 1 of 7 (bytes 65536 to 131071, segment 0 of 1021 to segment 204"),
          damages::toString);
    }
  }

  /** Behind the last tier, up to the page at which the dictionary begins, there is no segment. */
  @Test
  void whatLiesBehindTheLastTierIsNamedAfterIt() throws IOException {
    try (HandmadeFile file = numbers(3, 169)) {
      file.seal();
      assertEquals(65_536, file.dictionaryOffset);
      assertTrue(file.g.storeBytes() + file.g.tierBytes() < file.dictionaryOffset);
      assertBlock(file, 1, 0, 65_535, "Chronicle Map header to segment 168 of 169");
    }
  }

  @Test
  void theChecksumsHaveOneOfTheirOwn() throws IOException {
    try (HandmadeFile file = numbers(3, 1)) {
      int crc = file.seal().checksumsCrc();
      file.wrongChecksumsBits = 0x10;
      assertDamages(
          file,
          String.format(
              "checksums: their own checksum must match: found=%08x computed=%08x",
              crc ^ 0x10, crc));
    }
  }

  @Test
  void theDictionaryHasOneOfItsOwn() throws IOException {
    try (HandmadeFile file = numbers(3, 1)) {
      int crc = file.seal().dictionaryCrc();
      file.wrongDictionaryBits = 0x10;
      assertDamages(
          file,
          String.format(
              "dictionary: its checksum must match: found=%08x expected=%08x", crc, crc ^ 0x10));
    }
  }

  @Test
  void aDictionaryThatBreaksARuleEndsTheCheck() throws IOException {
    try (HandmadeFile file = numbers(3, 1)) {
      file.put(5, 1);
      file.putLong(file.dictionaryOffset + 16, -1);
      VerifyReport report =
          assertDamages(
              file, "dates must ascend and be dates: code=2 epochDay=-1, path=" + file.path);
      assertEquals(0, report.idCount());
      assertEquals(1, report.blockCount());
    }
  }

  @Test
  void paddingIsZero() throws IOException {
    // 3 dates end in the midst of the first page of the dictionary, and one block has 4 bytes of
    // checksums.
    try (HandmadeFile file = numbers(3, 1)) {
      Footer footer = file.seal();
      long behindDictionary = file.contentBytes();
      assertEquals(file.dictionaryOffset + Footer.PAGE_BYTES, footer.checksumsOffset());
      long behindChecksums = footer.checksumsOffset() + 4;
      assertEquals(behindChecksums + 4, footer.footerOffset());
      file.putByte(behindDictionary + 1, 200);
      file.putByte(behindChecksums, 1);
      file.putByte(behindChecksums + 3, 3);
      String rule = "padding: the bytes between two sections must be 0: offset=";
      assertDamages(
          file,
          rule + (behindDictionary + 1) + " found=200",
          rule + behindChecksums + " found=1",
          rule + (behindChecksums + 3) + " found=3");
    }
  }

  @Test
  void theContentMustHaveTheFootersEdition() throws IOException {
    try (HandmadeFile file = numbers(3, 1)) {
      Footer footer = file.seal();
      file.write(FooterBytes.encode(footer.withEdition(Footer.NO_EDITION)), footer.footerOffset());
      assertEquals(
          List.of(
              "edition: the content must have the digest that the footer states: found="
                  + footer.edition()
                  + " expected="
                  + Footer.NO_EDITION),
          Verification.of(file.path).damages());
    }
  }

  @Test
  void withoutAFooterThereIsNothingToGoThrough() throws IOException {
    try (HandmadeFile file = numbers(3, 1)) {
      file.seal();
      file.takeSeal();
      VerifyReport report = Verification.of(file.path);
      assertEquals(1, report.damages().size());
      assertTrue(
          report.damages().get(0).startsWith("footer: not an almanac file"),
          report.damages()::toString);
      assertEquals("", report.edition());
      assertEquals(0, report.blockCount());
      assertEquals(0, report.idCount());
      assertEquals(Files.size(file.path), report.fileBytes());
      Footer footer = file.seal();
      file.putInt(footer.footerOffset() + 300, 9);
      assertTrue(
          Verification.of(file.path)
              .damages()
              .get(0)
              .startsWith("footer: the format version must be one that this library reads"));
    }
  }

  @Test
  void manyDamagesAreCountedAndTheFirstTwentyListed() throws IOException {
    for (int bad : new int[] {18, 19, 30}) {
      try (HandmadeFile file =
          HandmadeFile.ofNumbers(folder.resolve("many.almanac"), 3, 1, 64, 8)) {
        for (int id = 0; id < 40; id++) {
          file.put(id, id < bad ? 3 : 1);
        }
        file.seal();
        List<String> damages = Verification.of(file.path).damages();
        // The last says that IDs are fewer.
        assertEquals(bad < 20 ? bad + 1 : 21, damages.size());
        assertTrue(damages.get(17).endsWith("code=3 dateCount=3"));
        assertTrue(bad < 20 || damages.get(20).equals("and 11 more"), damages::toString);
      }
    }
  }

  @Test
  void aMissingSlotIsMissedInEveryCount() throws IOException {
    try (HandmadeFile file = numbers(3, 1)) {
      file.put(file.numbersAtHome(3, 1)[0], 1);
      file.put(file.numbersAtHome(8, 1)[0], 2);
      assertDamages(file);
      file.slot(0, 3, 0);
      assertDamages(
          file,
          "segment 0: slots must be as many as the header's entries: found=1 expected=2",
          "footer: entries must be as many as it says: found=1 expected=2",
          "footer: IDs must be as many as it says: found=1 expected=2");
    }
  }

  @Test
  void aSlotBehindAnEmptyOneIsNotReached() throws IOException {
    try (HandmadeFile file = numbers(3, 1)) {
      int position = file.put(file.numbersAtHome(3, 1)[0], 1);
      assertEquals(3, position);
      file.slot(0, 5, file.slot(0, 3));
      file.slot(0, 3, 0);
      assertDamages(
          file,
          "segment 0 slot 5: a lookup must reach the slot from its home: home=3",
          "footer: the longest probe must be what it says: found=3 expected=1");
    }
  }

  @Test
  void aSlotBehindTheFirstEmptyOneIsNotReached() throws IOException {
    try (HandmadeFile file = numbers(3, 1)) {
      file.put(file.numbersAtHome(0, 1)[0], 1);
      file.slot(0, 1, file.slot(0, 0));
      file.slot(0, 0, 0);
      assertDamages(
          file,
          "segment 0 slot 1: a lookup must reach the slot from its home: home=0",
          "footer: the longest probe must be what it says: found=2 expected=1");
    }
  }

  /** A run of full slots that goes on at the first, with an empty one at each of its ends. */
  @Test
  void aRunMayGoRoundTheEndOfTheTable() throws IOException {
    try (HandmadeFile file = numbers(3, 1)) {
      for (long id : file.numbersAtHome(14, 5)) {
        file.put(id, 1);
      }
      assertEquals(5, file.longestProbe);
      assertEquals(0, file.slot(0, 13));
      assertEquals(0, file.slot(0, 3));
      assertDamages(file);
      // The last of the run moves one on, and no lookup reaches it.
      file.slot(0, 4, file.slot(0, 2));
      file.slot(0, 2, 0);
      assertDamages(
          file,
          "segment 0 slot 4: a lookup must reach the slot from its home: home=14",
          "footer: the longest probe must be what it says: found=7 expected=5");
    }
  }

  @Test
  void theLastSlotMayBeTheEmptyOne() throws IOException {
    try (HandmadeFile file = numbers(3, 1)) {
      for (int home = 0; home < 15; home++) {
        file.put(file.numbersAtHome(home, 1)[0], 1);
      }
      assertEquals(0, file.slot(0, 15));
      assertDamages(file);
      file.slot(0, 15, 1);
      assertDamages(
          file,
          "segment 0: a hash lookup must have an empty slot: slotCount=16",
          "footer: entries must be as many as it says: found=0 expected=15",
          "footer: IDs must be as many as it says: found=0 expected=15",
          "footer: the longest probe must be what it says: found=0 expected=1");
    }
  }

  @Test
  void anEntryLiesWhereItsHashSays() throws IOException {
    try (HandmadeFile file = numbers(3, 2)) {
      long id = file.numbersAtHome(3, 1)[0];
      int position = file.put(id, 1);
      int key = file.g.slotKey(Xxh64.hash(id));
      String rule = "segment 0 slot " + position + ": an entry must lie where its ID's hash says: ";
      long otherKey = id;
      while (file.g.segment(Xxh64.hash(otherKey)) != 0
          || file.g.slotKey(Xxh64.hash(otherKey)) == key) {
        otherKey++;
      }
      file.putLong(file.entryOf(0, position), otherKey);
      assertDamages(
          file, rule + "segment=0 key=" + file.g.slotKey(Xxh64.hash(otherKey)) + " found=" + key);
      long otherSegment = 0;
      while (file.g.segment(Xxh64.hash(otherSegment)) != 1
          || file.g.slotKey(Xxh64.hash(otherSegment)) != key) {
        otherSegment++;
      }
      file.putLong(file.entryOf(0, position), otherSegment);
      assertDamages(file, rule + "segment=1 key=" + key + " found=" + key);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 300, 70_000})
  void aCodeIsInTheDictionary(int dateCount) throws IOException {
    try (HandmadeFile file = numbers(dateCount, 1)) {
      int position = file.put(5, dateCount);
      file.put(6, dateCount - 1);
      String rule = "segment 0 slot " + position + ": a code must be in the dictionary: code=";
      String count = "footer: IDs must be as many as it says: found=1 expected=2";
      assertDamages(file, rule + dateCount + " dateCount=" + dateCount, count);
      // All-ones is a hole in direct pages, but here there are none.
      for (int i = 0; i < file.codeBytes; i++) {
        file.putByte(file.entryOf(0, position) + 8 + i, 0xFF);
      }
      long allOnes = (1L << 8 * file.codeBytes) - 1;
      assertDamages(file, rule + allOnes + " dateCount=" + dateCount, count);
    }
  }

  @Test
  void aChunkIsInTheTier() throws IOException {
    try (HandmadeFile file = numbers(3, 1)) {
      long id = file.numbersAtHome(3, 1)[0];
      file.put(id, 1);
      int key = file.g.slotKey(Xxh64.hash(id));
      // The last chunk.
      file.putLong(file.entryOffset(0, 15), id);
      file.putByte(file.entryOffset(0, 15) + 8, 2);
      file.slot(0, 3, key | 15 << 8);
      assertDamages(file);
      file.slot(0, 3, key | 16 << 8);
      assertDamages(
          file,
          "segment 0 slot 3: a chunk must be in the tier: chunk=16 chunkCount=16",
          "footer: IDs must be as many as it says: found=0 expected=1",
          "footer: the longest probe must be what it says: found=0 expected=1");
    }
  }

  @Test
  void twoSlotsDoNotShareAnEntry() throws IOException {
    // Keys of 4 bits, so that those of one home are the same.
    try (HandmadeFile file =
        HandmadeFile.ofNumbers(folder.resolve("shared.almanac"), 3, 2, 16, 4)) {
      for (long id : file.numbersAtHome(3, 2)) {
        file.put(id, 1);
      }
      assertDamages(file);
      file.slot(0, 4, file.slot(0, 3));
      assertDamages(file, "segment 0 slot 4: two slots must not share an entry: chunk=0");
    }
  }

  @Test
  void aSegmentHasNeitherALockNorAnotherTierNorAnotherCount() throws IOException {
    try (HandmadeFile file = numbers(3, 2)) {
      long id = 0;
      while (file.g.segment(Xxh64.hash(id)) != 1) {
        id++;
      }
      file.put(id, 1);
      file.put(file.numbersAtHome(3, 1)[0], 1);
      long header = file.g.segmentHeaderOffset(1);
      file.putLong(header + 16, 7);
      assertDamages(file, "segment 1: a sealed file must not have extra tiers: nextTier=7");
      file.putLong(header + 16, 0);
      file.putLong(header, 0x180000000L);
      assertDamages(file, "segment 1: a sealed file must not be locked: lock=180000000");
      file.putLong(header, 0);
      file.putInt(header + 8, 2);
      assertDamages(
          file, "segment 1: slots must be as many as the header's entries: found=1 expected=2");
    }
  }

  @Test
  void aTextIsOneThatAnIdCanBe() throws IOException {
    try (HandmadeFile file = texts(8, 16)) {
      int position = file.put("abc", 1);
      assertDamages(file);
      long entry = file.entryOf(0, position);
      String rule =
          "segment 0 slot "
              + position
              + ": an ID must be UTF-8 of 1 to 3 bytes in the tier: length=";
      String count = "footer: IDs must be as many as it says: found=0 expected=1";
      file.putByte(entry + 1, 0xFF);
      assertDamages(file, rule + 3, count);
      file.putByte(entry + 1, 'a');
      file.putByte(entry + 3, 0xFF);
      assertDamages(file, rule + 3, count);
      file.putByte(entry + 3, 'c');
      file.putByte(entry, 0);
      assertDamages(file, rule + 0, count);
      file.putByte(entry, 4);
      assertDamages(file, rule + 4, count);
      // Of two bytes: 0x81 0x61 is 1 + 0x61 * 128.
      file.putByte(entry, 0x81);
      assertDamages(file, rule + (1 + 0x61 * 128), count);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 127, 128, 129, 1024})
  void aTextMayBeAsLongAsTheFormatAllows(int length) throws IOException {
    try (HandmadeFile file = texts(16, 200)) {
      file.put("x".repeat(length), 2);
      file.put("y", 2);
      assertEquals(2, assertDamages(file).idCount());
    }
  }

  @Test
  void aTierOfTextsMayBeLargerThanWhatIsReadOfItAtATime() throws IOException {
    try (HandmadeFile file =
        HandmadeFile.ofTexts(folder.resolve("large.almanac"), 3, 1, 2048, 11, 64, 40_000, 0)) {
      for (int i = 0; i < 1_500; i++) {
        file.put("x".repeat(500 + i % 500) + i, i % 3);
      }
      assertEquals(1_500, assertDamages(file).idCount());
    }
  }

  @Test
  void aTextEndsInItsTier() throws IOException {
    // 136 bytes before the entry space and 56 behind: the tier ends with the entry.
    try (HandmadeFile file = texts(56, 1)) {
      int position = file.put("x".repeat(54), 1);
      assertEquals(192, file.g.tierBytes());
      assertDamages(file);
      file.longestIdBytes = 60;
      file.putByte(file.entryOf(0, position), 55);
      assertDamages(
          file,
          "segment 0 slot "
              + position
              + ": an ID must be UTF-8 of 1 to 60 bytes in the tier: length=55",
          "footer: IDs must be as many as it says: found=0 expected=1");
    }
  }

  @Test
  void aLengthEndsInItsTier() throws IOException {
    // Chunks of a byte, of which the last is the last of the tier.
    try (HandmadeFile file = texts(1, 56)) {
      int position = file.put("ab", 1);
      assertEquals(192, file.g.tierBytes());
      file.putByte(file.entryOffset(0, 55), 0x80);
      file.slot(0, position, file.slot(0, position) & 0xFF | 55 << 8);
      assertDamages(
          file,
          "segment 0 slot " + position + ": an entry must end in its tier: chunk=55",
          "footer: IDs must be as many as it says: found=0 expected=1");
    }
  }

  @Test
  void everySegmentIsLookedAt() throws IOException {
    try (HandmadeFile file = numbers(3, 5)) {
      List<String> damages = new ArrayList<>();
      for (int segment = 0; segment < 5; segment++) {
        file.putInt(file.g.segmentHeaderOffset(segment) + 8, segment + 1);
        damages.add(
            "segment "
                + segment
                + ": slots must be as many as the header's entries: found=0 expected="
                + (segment + 1));
      }
      assertDamages(file, damages.toArray(String[]::new));
    }
  }
}
