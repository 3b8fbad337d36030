package dev.almanac.build.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Almanac;
import dev.almanac.CorruptAlmanacException;
import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.SampleRows;
import dev.almanac.VerifyReport;
import dev.almanac.build.pages.ForgedFile;
import dev.almanac.format.Footer;
import dev.almanac.format.FooterBytes;
import dev.almanac.format.StoreGeometry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files whose checksums are right and whose content is not: built wrong, or to mislead. */
class ForgedFileTest {
  @TempDir Path folder;

  private ForgedFile forged;
  private Path file;
  private ByteBuffer bytes;
  private Footer footer;
  private StoreGeometry g;

  private void open(Path built) throws IOException {
    forged = ForgedFile.of(built);
    file = built;
    bytes = forged.bytes;
    footer = forged.footer;
    g = footer.geometry();
    assertTrue(Almanac.verify(file).ok());
  }

  private void openNumbers() throws IOException {
    open(SampleRows.sparse(200, 20).build(folder, Layout.ENTRIES));
  }

  private void openTexts() throws IOException {
    open(SampleRows.texts(200, 20).build(folder, Layout.ENTRIES));
  }

  private void assertReported(String damage) throws IOException {
    forged.reseal();
    VerifyReport report = Almanac.verify(file);
    assertTrue(
        report.damages().stream().anyMatch(found -> found.contains(damage)),
        () -> damage + " must be among " + report.damages());
  }

  private int slotAt(int position) {
    return (int) g.tiersOffset() + position * StoreGeometry.SLOT_BYTES;
  }

  private int fullSlot(int from) {
    int position = from;
    while (bytes.getInt(slotAt(position)) == 0) {
      position++;
    }
    return position;
  }

  private int entryOf(int position) {
    return (int) g.tiersOffset()
        + g.entrySpaceOffset()
        + (bytes.getInt(slotAt(position)) >>> g.keyBits()) * g.chunkBytes();
  }

  @Test
  void aSlotThatIsMissingIsReported() throws IOException {
    openNumbers();
    bytes.putInt(slotAt(fullSlot(9)), 0);
    assertReported(
        "segment 0: slots must be as many as the header's entries: found=199 expected=200");
    assertReported("footer: IDs must be as many as it says: found=199 expected=200");
    assertReported("footer: entries must be as many as it says: found=199 expected=200");
  }

  @Test
  void aSlotThatNoLookupReachesIsReported() throws IOException {
    openNumbers();
    // The last full slot of a run, moved behind an empty one.
    int from = fullSlot(9);
    int to = from;
    while (bytes.getInt(slotAt(to)) != 0 || bytes.getInt(slotAt(to - 1)) != 0) {
      to++;
    }
    bytes.putInt(slotAt(to), bytes.getInt(slotAt(from)));
    bytes.putInt(slotAt(from), 0);
    assertReported("segment 0 slot " + to + ": a lookup must reach the slot from its home: home=");
  }

  @Test
  void anEntryOfAnotherIdIsReported() throws IOException {
    openNumbers();
    int position = fullSlot(9);
    bytes.putLong(entryOf(position), bytes.getLong(entryOf(position)) + 1);
    assertReported(
        "segment 0 slot "
            + position
            + ": an entry must lie where its ID's hash says: segment=0 key=");
  }

  @Test
  void aCodeThatIsNoneIsReported() throws IOException {
    openNumbers();
    int position = fullSlot(9);
    bytes.put(entryOf(position) + Long.BYTES, (byte) 20);
    assertReported(
        "segment 0 slot " + position + ": a code must be in the dictionary: code=20 dateCount=20");
    bytes.put(entryOf(position) + Long.BYTES, (byte) 0xFF);
    assertReported(
        "segment 0 slot " + position + ": a code must be in the dictionary: code=255 dateCount=20");
  }

  @Test
  void aChunkBeyondTheTierIsReported() throws IOException {
    openNumbers();
    int position = fullSlot(9);
    bytes.putInt(
        slotAt(position),
        bytes.getInt(slotAt(position)) & (1 << g.keyBits()) - 1 | g.chunkCount() << g.keyBits());
    assertReported(
        "segment 0 slot " + position + ": a chunk must be in the tier: chunk=200 chunkCount=200");
  }

  @Test
  void aTableWithoutAnEmptySlotIsReported() throws IOException {
    openNumbers();
    for (int position = 0; position < g.slotCount(); position++) {
      if (bytes.getInt(slotAt(position)) == 0) {
        bytes.putInt(slotAt(position), 1);
      }
    }
    assertReported("segment 0: a hash lookup must have an empty slot: slotCount=" + g.slotCount());
    try (Almanac almanac = Almanac.open(file)) {
      almanac.code(12_345); // Ends, whatever it answers.
    }
  }

  @Test
  void anExtraTierIsReported() throws IOException {
    openNumbers();
    bytes.putLong((int) g.segmentHeaderOffset(0) + 16, 1);
    assertReported("segment 0: a sealed file must not have extra tiers: nextTier=1");
  }

  @Test
  void aLockIsReported() throws IOException {
    openNumbers();
    bytes.putLong((int) g.segmentHeaderOffset(0), 0x80000000L);
    assertReported("segment 0: a sealed file must not be locked: lock=80000000");
  }

  @Test
  void twoSlotsOfOneEntryAreReported() throws IOException {
    openNumbers();
    int position = fullSlot(9);
    while (bytes.getInt(slotAt(position + 1)) == 0) {
      position = fullSlot(position + 1);
    }
    // As many slots and IDs as before, each reachable; but the entry of the second is lost.
    bytes.putInt(slotAt(position + 1), bytes.getInt(slotAt(position)));
    forged.reseal();
    assertEquals(false, Almanac.verify(file).ok());
  }

  @Test
  void aTextThatIsNoneIsReported() throws IOException {
    openTexts();
    int position = fullSlot(9);
    bytes.put(entryOf(position) + 1, (byte) 0xFF);
    assertReported(
        "segment 0 slot "
            + position
            + ": an ID must be UTF-8 of 1 to "
            + footer.longestIdBytes()
            + " bytes in the tier: length=");
    bytes.put(entryOf(position), (byte) 0);
    assertReported(
        "segment 0 slot "
            + position
            + ": an ID must be UTF-8 of 1 to "
            + footer.longestIdBytes()
            + " bytes in the tier: length=0");
  }

  @Test
  void aTextThatRunsBeyondTheTierIsReported() throws IOException {
    openTexts();
    // An entry that begins in the last chunk, with a length of two bytes.
    int position = fullSlot(9);
    bytes.putInt(
        slotAt(position),
        bytes.getInt(slotAt(position)) & (1 << g.keyBits()) - 1
            | g.chunkCount() - 1 << g.keyBits());
    bytes.put(entryOf(position), (byte) 0xFF);
    assertReported("segment 0 slot " + position + ": an ID must be UTF-8 of 1 to ");
  }

  /**
   * Whatever stands in slots, entries and segment headers: verify ends in a report, and a reader in
   * an answer or the named error.
   */
  @ParameterizedTest
  @EnumSource(
      value = IdKind.class,
      names = {"LONG", "TEXT"})
  void garbageUnderRightChecksumsEndsInAReport(IdKind kind) throws IOException {
    if (kind == IdKind.LONG) {
      openNumbers();
    } else {
      openTexts();
    }
    byte[] whole = Files.readAllBytes(file);
    SplittableRandom random = new SplittableRandom(13);
    for (int round = 0; round < 400; round++) {
      bytes.put(0, whole);
      for (int n = 1 + random.nextInt(20); n > 0; n--) {
        int at = random.nextInt((int) g.segmentHeadersOffset(), (int) g.storeBytes());
        bytes.put(at, (byte) (random.nextBoolean() ? 0xFF : random.nextInt(256)));
      }
      forged.reseal();
      Almanac.verify(file);
      try (Almanac almanac = Almanac.open(file)) {
        lookEverywhere(almanac);
      }
    }
  }

  private static void lookEverywhere(Almanac almanac) {
    for (int use = 0; use < 4; use++) {
      try {
        switch (use) {
          case 0 -> almanac.codes(new long[] {0, 1, -1, 77}, new int[4]);
          case 1 -> almanac.codes(new String[] {"ORD-1", "ORD-xx1", "ORD-7", ""}, new int[4]);
          case 2 -> SampleRows.sparse(200, 20).dateById().keySet().forEach(almanac::code);
          default -> {
            if (almanac.idKind() == IdKind.LONG) {
              almanac.asMap().forEach((id, date) -> {});
            } else {
              almanac.asTextMap().forEach((id, date) -> {});
            }
          }
        }
      } catch (UncheckedIOException e) {
        assertTrue(e.getCause() instanceof CorruptAlmanacException, e::toString);
      }
    }
  }

  /** A million segments whose headers take 4 GiB: the file has holes there, and takes no space. */
  @Test
  void headersThatAreTooLongToMapAreRefusedByName() throws IOException {
    openNumbers();
    int segmentCount = 1 << 20;
    int headerBytes = 1 << 12;
    long headersBytes = (long) segmentCount * headerBytes;
    StoreGeometry wide =
        new StoreGeometry(
            segmentCount,
            g.segmentHeadersOffset(),
            headerBytes,
            g.segmentHeadersOffset() + headersBytes,
            g.tierBytes(),
            g.slotCount(),
            g.keyBits(),
            g.countersOffset(),
            g.entrySpaceOffset(),
            g.chunkBytes(),
            g.chunkCount());
    Footer forged =
        new Footer(
            wide,
            Footer.dictionaryOffset(wide.storeBytes(), footer.pages()),
            footer.dictionaryBytes(),
            footer.shapeBytes(),
            footer.dictionaryCrc(),
            footer.checksumsCrc(),
            footer.idKind(),
            footer.pages(),
            footer.dateCount(),
            footer.idCount(),
            footer.entryCount(),
            footer.lowestId(),
            footer.highestId(),
            footer.longestIdBytes(),
            footer.longestProbe(),
            footer.chronicleVersion(),
            footer.edition());
    Path sparse = folder.resolve("sparse.almanac");
    try (FileChannel channel =
        FileChannel.open(
            sparse,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.SPARSE,
            StandardOpenOption.WRITE)) {
      channel.write(
          bytes.slice((int) footer.dictionaryOffset(), (int) footer.dictionaryBytes()),
          forged.dictionaryOffset());
      channel.write(FooterBytes.encode(forged), forged.footerOffset());
    }
    CorruptAlmanacException refused =
        assertThrows(CorruptAlmanacException.class, () -> Almanac.open(sparse));
    assertEquals(
        "a section that is mapped must be shorter than 2 GiB: offset="
            + g.segmentHeadersOffset()
            + " bytes="
            + headersBytes
            + ", path="
            + sparse,
        refused.getMessage());
  }
}
