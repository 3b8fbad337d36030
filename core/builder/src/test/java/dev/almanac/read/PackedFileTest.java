package dev.almanac.read;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.CorruptAlmanacException;
import dev.almanac.Layout;
import dev.almanac.format.Footer;
import dev.almanac.format.HashedPages;
import dev.almanac.format.IdShape;
import dev.almanac.format.PageLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Files of packed texts in which one thing is wrong: what open refuses, what a walk meets, and what
 * the check reports.
 */
class PackedFileTest {
  private static final String OF_EIGHT_DIGITS =
      ", of the shape keyBits=27 lowKeyBits=0 highestKey="
          + (Long.MIN_VALUE + 99_999_999)
          + " longestIdBytes=8";

  @TempDir private Path folder;

  private static IdShape shape(String... texts) {
    IdShape.Collector collector = new IdShape.Collector();
    for (String text : texts) {
      byte[] utf8 = text.getBytes(UTF_8);
      collector.add(utf8, 0, utf8.length);
    }
    return collector.shape();
  }

  /** Texts of as many digits, of which none is written otherwise. */
  static IdShape digits(int count) {
    String[] texts = new String[10];
    for (int digit = 0; digit < 10; digit++) {
      texts[digit] = Integer.toString(digit).repeat(count);
    }
    return shape(texts);
  }

  private HandmadeFile file(IdShape shape, PageLayout layout, int pageCount) throws IOException {
    return HandmadeFile.ofPackedTexts(
        folder.resolve("packed.almanac"), shape, layout, 3, pageCount);
  }

  private static PageLayout hashed(int keyBits, int lowKeyBits, long firstKey) {
    return new PageLayout(
        Layout.HASHED,
        firstKey,
        keyBits,
        lowKeyBits,
        2,
        2,
        HashedPages.slotBytes(keyBits, lowKeyBits, 2, 8),
        0);
  }

  private HandmadeFile narrow() throws IOException {
    IdShape shape = digits(8);
    HandmadeFile file = file(shape, hashed(shape.keyBits(), 0, Long.MIN_VALUE), 2);
    file.putPacked("00000007", 1);
    file.putPacked("12345678", 2);
    return file;
  }

  private HandmadeFile wide() throws IOException {
    IdShape shape = digits(29);
    HandmadeFile file = file(shape, hashed(shape.keyBits(), shape.lowKeyBits(), 0), 2);
    file.putPacked("12345678901234567890123456789", 1);
    file.putPacked("00000000000000000000000000007", 2);
    return file;
  }

  private HandmadeFile direct() throws IOException {
    IdShape shape = digits(3);
    HandmadeFile file =
        file(shape, new PageLayout(Layout.DIRECT, Long.MIN_VALUE, 10, 0, 2, 9, 0, 0), 2);
    file.putPacked("007", 1);
    file.putPacked("999", 2);
    return file;
  }

  private static void assertDamages(HandmadeFile file, String... damages) throws IOException {
    file.seal();
    assertEquals(List.of(damages), Verification.of(file.path).damages());
  }

  /** That open refuses the file with this message, and that the check says the same. */
  private static void assertRefused(HandmadeFile file, String message) throws IOException {
    String refused = assertThrows(CorruptAlmanacException.class, file::open).getMessage();
    assertEquals(message + ", path=" + file.path, refused);
    List<String> damages = Verification.of(file.path).damages();
    assertEquals(1, damages.size(), damages::toString);
    assertTrue(damages.get(0).endsWith(refused), damages::toString);
  }

  @Test
  void aWholeFileIsCounted() throws IOException {
    try (HandmadeFile file = narrow()) {
      assertDamages(file);
    }
    try (HandmadeFile file = wide()) {
      assertDamages(file);
    }
    try (HandmadeFile file = direct()) {
      assertDamages(file);
      assertEquals(2, Verification.of(file.path).idCount());
    }
  }

  /**
   * Without a longest length that the shape's texts have, IDs would be cut before they are read.
   */
  @Test
  void theLongestIdIsTheShapes() throws IOException {
    try (HandmadeFile file = narrow()) {
      file.longestIdBytes = 9;
      assertRefused(
          file,
          "keys must be numbers of the texts of the shape: keyBits=27 lowKeyBits=0 lowestId="
              + (Long.MIN_VALUE + 7)
              + " highestId="
              + (Long.MIN_VALUE + 12_345_678)
              + " longestIdBytes=9"
              + OF_EIGHT_DIGITS);
    }
  }

  @Test
  void theHighestKeyIsTheNumberOfAText() throws IOException {
    try (HandmadeFile file = narrow()) {
      file.highestId = Long.MIN_VALUE + 99_999_999;
      SealedFile sealed = file.open();
      assertEquals(2, TextTable.of(sealed).code("12345678"));
      sealed.close();
      file.highestId++;
      assertRefused(
          file,
          "keys must be numbers of the texts of the shape: keyBits=27 lowKeyBits=0 lowestId="
              + (Long.MIN_VALUE + 7)
              + " highestId="
              + (Long.MIN_VALUE + 100_000_000)
              + " longestIdBytes=8"
              + OF_EIGHT_DIGITS);
    }
  }

  /** Over a shape of another kind or with other bits the pages mean something else. */
  @ParameterizedTest
  @CsvSource({"30, 64, 36", "30, 63, 37", "30, 27, 0", "8, 27, 1", "21, 64, 37"})
  void theBitsOfTheKeysAreTheShapes(int digits, int keyBits, int lowKeyBits) throws IOException {
    IdShape shape = digits(digits);
    boolean fits =
        shape.isWide()
            ? keyBits == shape.keyBits() && lowKeyBits == shape.lowKeyBits()
            : lowKeyBits == 0;
    PageLayout layout = hashed(keyBits, lowKeyBits, lowKeyBits > 0 ? 0 : Long.MIN_VALUE);
    try (HandmadeFile file = file(shape, layout, 2)) {
      file.lowestId = 0;
      file.highestId = 0;
      assertTrue(!fits, "keyBits=" + shape.keyBits() + " lowKeyBits=" + shape.lowKeyBits());
      String start = "keys must be numbers of the texts of the shape: keyBits=" + keyBits;
      String refused = assertThrows(CorruptAlmanacException.class, file::open).getMessage();
      assertTrue(refused.startsWith(start), refused);
    }
  }

  @ParameterizedTest
  @CsvSource({"firstKey, 1, 0, 0", "lowestId, 0, 1, 0", "highestId, 0, 0, 1"})
  void wideKeysHaveNoRange(String name, long firstKey, long lowestId, long highestId)
      throws IOException {
    IdShape shape = digits(30);
    PageLayout layout = hashed(shape.keyBits(), shape.lowKeyBits(), firstKey);
    try (HandmadeFile file = file(shape, layout, 2)) {
      file.lowestId = lowestId;
      file.highestId = highestId;
      assertRefused(
          file,
          "keys of more than 64 bits must be those of texts, and have no range: lowKeyBits="
              + shape.lowKeyBits()
              + " firstKey="
              + firstKey
              + " lowestId="
              + lowestId
              + " highestId="
              + highestId);
    }
  }

  @Test
  void numbersHaveNoLowBits() throws IOException {
    PageLayout layout = hashed(30, 10, 0);
    try (HandmadeFile file =
        HandmadeFile.ofPages(folder.resolve("numbers.almanac"), layout, 3, 2)) {
      file.lowestId = 0;
      file.highestId = 0;
      assertRefused(
          file,
          "keys of more than 64 bits must be those of texts, and have no range: lowKeyBits=10"
              + " firstKey=0 lowestId=0 highestId=0");
    }
  }

  @Test
  void aShapeBelongsToTextsInPages() throws IOException {
    String rule =
        "texts in pages must have a shape of at most "
            + IdShape.MAX_SECTION_BYTES
            + " bytes, and other IDs no shape: shapeBytes=";
    ByteBuffer section = digits(3).encodeSection();
    PageLayout layout = new PageLayout(Layout.DIRECT, 0, 10, 0, 2, 9, 0, 0);
    try (HandmadeFile file =
        HandmadeFile.ofPages(folder.resolve("numbers.almanac"), layout, 3, 2)) {
      file.shapeSection(section.duplicate());
      assertRefused(file, rule + section.capacity());
    }
    try (HandmadeFile file =
        HandmadeFile.ofTexts(folder.resolve("entries.almanac"), 3, 1, 16, 8, 16, 16, 0)) {
      file.shapeSection(section.duplicate());
      assertRefused(file, rule + section.capacity());
    }
    try (HandmadeFile file = direct()) {
      file.shapeBytes = 0;
      assertRefused(file, rule + 0);
    }
    try (HandmadeFile file = direct()) {
      file.putByte(file.shapeOffset() + IdShape.MAX_SECTION_BYTES, 0);
      file.shapeBytes = IdShape.MAX_SECTION_BYTES + 1;
      assertRefused(file, rule + (IdShape.MAX_SECTION_BYTES + 1));
    }
    try (HandmadeFile file = direct()) {
      file.shapeBytes = -8;
      assertRefused(file, rule + -8);
    }
  }

  /** The section of three digits: their count and length, and three sets of 32 bytes. */
  private void assertSectionRefused(Consumer<ByteBuffer> forge, String message) throws IOException {
    try (HandmadeFile file = direct()) {
      ByteBuffer section = digits(3).encodeSection().order(ByteOrder.LITTLE_ENDIAN);
      assertEquals(8 + 3 * 32, section.capacity());
      forge.accept(section);
      file.shapeSection(section);
      assertRefused(file, message);
    }
  }

  @Test
  void aShapeThatBreaksARuleIsRefused() throws IOException {
    String counts = "the shape of the IDs must have 1 to 255 lengths: lengthCount=";
    assertSectionRefused(section -> section.putInt(0, 0), counts + "0 shapeBytes=104");
    assertSectionRefused(section -> section.putInt(0, 256), counts + "256 shapeBytes=104");
    assertSectionRefused(section -> section.putInt(0, -1), counts + "-1 shapeBytes=104");
    String lengths = "the lengths of a shape must ascend to at most 255, and lie in it: length=";
    for (int length : new int[] {0, -3, 4, 256, Integer.MAX_VALUE}) {
      assertSectionRefused(
          section -> section.putInt(4, length), lengths + length + " before=0 shapeBytes=104");
    }
    String fill =
        "the texts of a shape must fit two numbers of 64 bits, and its lengths and sets must fill"
            + " it: shapeBytes=104 used=";
    assertSectionRefused(section -> section.putInt(4, 2), fill + 72);
    String sets = "each position of a shape must have 1 to 254 bytes: length=3 position=";
    assertSectionRefused(section -> section.putLong(8 + 32, 0), sets + "1 found=0");
    assertSectionRefused(
        section -> {
          for (int i = 0; i < 4; i++) {
            section.putLong(8 + 64 + 8 * i, -1);
          }
        },
        sets + "2 found=256");
  }

  @Test
  void aSectionThatIsCutOrExtendedIsRefused() throws IOException {
    try (HandmadeFile file = direct()) {
      file.shapeBytes -= 8;
      assertRefused(
          file,
          "the lengths of a shape must ascend to at most 255, and lie in it: length=3 before=0"
              + " shapeBytes=96");
      file.shapeSection(
          ByteBuffer.allocate(112).put(digits(3).encodeSection()).position(0).limit(112));
      assertRefused(
          file,
          "the texts of a shape must fit two numbers of 64 bits, and its lengths and sets must"
              + " fill it: shapeBytes=112 used=104");
      file.shapeSection(ByteBuffer.allocate(112));
      file.shapeSection(ByteBuffer.allocate(3));
      assertRefused(
          file, "the shape of the IDs must have 1 to 255 lengths: lengthCount=0 shapeBytes=3");
    }
  }

  /** 254 bytes at each of 17 positions are more than two numbers of 64 bits hold. */
  @Test
  void aShapeOfTooManyTextsIsRefused() throws IOException {
    try (HandmadeFile file = direct()) {
      ByteBuffer section = ByteBuffer.allocate(8 + 17 * 32).order(ByteOrder.LITTLE_ENDIAN);
      section.putInt(1).putInt(17);
      for (int position = 0; position < 17; position++) {
        section.putLong(-4).putLong(-1).putLong(-1).putLong(-1);
      }
      file.shapeSection(section.flip());
      assertRefused(
          file,
          "the texts of a shape must fit two numbers of 64 bits, and its lengths and sets must"
              + " fill it: shapeBytes=552 used=552");
    }
  }

  @Test
  void theBytesBeforeTheShapeAreZero() throws IOException {
    try (HandmadeFile file = direct()) {
      long before = file.shapeOffset() - 1;
      assertTrue(before >= file.dictionaryOffset + file.dictionaryBytes);
      file.putByte(before, 9);
      assertRefused(file, "the bytes between dictionary and shape must be 0: offset=" + before);
    }
  }

  @Test
  void theShapeHasAChecksumWithTheDictionary() throws IOException {
    try (HandmadeFile file = direct()) {
      Footer footer = file.seal();
      file.putByte(file.shapeOffset() + 8 + 6, 0);
      assertEquals(
          CorruptAlmanacException.class,
          assertThrows(IOException.class, () -> SealedFile.open(file.path)).getClass());
      List<String> damages = Verification.of(file.path).damages();
      assertTrue(damages.get(0).contains(" to shape)"), damages::toString);
      assertTrue(
          damages.get(2).endsWith(String.format(" expected=%08x", footer.dictionaryCrc())),
          damages::toString);
    }
  }

  /**
   * Numbers that no text has, in slots that a forger filled: a walk must not make a text of them.
   */
  @Test
  void aNumberOfNoTextIsDamage() throws IOException {
    try (HandmadeFile file = narrow()) {
      // A lookup compares with the highest key, a walk takes what is there.
      long highest = file.highestId;
      file.putHashed(Long.MIN_VALUE + 100_000_000, 1);
      file.highestId = highest;
      assertWalkFails(file, "a key must be the number of a text: key=8000000005f5e100 low=0");
      assertEquals(2, TextTable.of(file.open()).code("12345678"));
      String damage = Verification.of(file.path).damages().get(0);
      assertTrue(damage.contains(": a key must lie where a lookup looks for it: slot="), damage);
    }
    for (long[] key : new long[][] {{-1, 0}, {123, -1L >>> 30}, {1, 10_000_000_000L}}) {
      try (HandmadeFile file = wide()) {
        file.putHashed(key[0], key[1], 1);
        String rule =
            "a key must be the number of a text: key="
                + Long.toHexString(key[0])
                + " low="
                + Long.toHexString(key[1]);
        assertWalkFails(file, rule);
        String damage = Verification.of(file.path).damages().get(0);
        assertTrue(damage.endsWith(": " + rule), damage);
      }
    }
  }

  private static void assertWalkFails(HandmadeFile file, String rule) throws IOException {
    TableTest.assertDamaged(
        rule,
        file,
        () -> {
          for (TextCursor cursor = TextTable.of(file.open()).cursor(); cursor.next(); ) {
            cursor.id();
          }
        });
  }

  /** A shape allows each byte of a character alone; no build stores such texts. */
  @Test
  void aTextIsUtf8() throws IOException {
    IdShape shape = shape("\u00e9x", "abx", "abc");
    PageLayout layout = new PageLayout(Layout.DIRECT, Long.MIN_VALUE, 3, 0, 2, 9, 0, 0);
    try (HandmadeFile file = file(shape, layout, 1)) {
      file.putPacked("\u00e9x", 1);
      file.putPacked("abc", 1);
      assertDamages(file);
      byte[] halfACharacter = {(byte) 0xC3, 'b', 'x'};
      long[] key = {0};
      assertTrue(shape.encode(halfACharacter, 0, 3, key, key, 0));
      file.putDirect(key[0], 1);
      file.seal();
      assertEquals(
          List.of(
              "page 0 place "
                  + (key[0] - Long.MIN_VALUE)
                  + ": a key must be the number of a text: key="
                  + Long.toHexString(key[0])
                  + " low=0"),
          Verification.of(file.path).damages());
    }
  }

  @Test
  void aTextIsThereOnce() throws IOException {
    try (HandmadeFile file = wide()) {
      String id = "12345678901234567890123456789";
      file.putPacked(id, 2);
      file.seal();
      String damage = Verification.of(file.path).damages().get(0);
      assertTrue(damage.endsWith(": an ID must be there once: id=" + id), damage);
    }
    try (HandmadeFile file = narrow()) {
      file.putPacked("12345678", 2);
      file.seal();
      String damage = Verification.of(file.path).damages().get(0);
      assertTrue(damage.endsWith(": an ID must be there once: id=12345678"), damage);
    }
  }

  @Test
  void anEmptyWideSlotIsEmptyAndZerosStandBeforeTheRest() throws IOException {
    try (HandmadeFile file = wide()) {
      int bytes = file.pages.slotBytes();
      int bucket = 0;
      while ((file.read(file.slotEnd(bucket, 0), 1).get(0) & 0x70) == 0x70) {
        bucket++;
      }
      String where = "page " + bucket / 4 + " bucket " + bucket % 4;
      for (int at : new int[] {0, 5, bytes - 1}) {
        long offset = file.slotEnd(bucket, 3) - at;
        byte before = file.read(offset, 1).get(0);
        file.putByte(offset, before | 1);
        assertDamages(file, where + ": an empty slot must be empty: slot=3");
        file.putByte(offset, before);
      }
      // 64 - 3 - 8 bits of rest, the low ones and 2 of code leave some between them and the marks.
      assertTrue(8 * bytes - 4 - (53 + file.pages.lowKeyBits() + 2) > 0);
      long end = file.slotEnd(bucket, 0);
      byte before = file.read(end, 1).get(0);
      file.putByte(end, before | 8);
      file.seal();
      String damage = Verification.of(file.path).damages().get(0);
      assertEquals(
          where + ": slots must be filled from the first, with zeros before the rest: slot=0",
          damage);
    }
  }
}
