package dev.almanac.read;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.CorruptAlmanacException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lookups through the index of pages, and what {@code verify} says of one that is wrong. */
class IndexedPagesTest {
  private static final int PAGE_BITS = 2;
  private static final int HOLE = 255;

  @TempDir private Path folder;

  /** Pages -2, 0 and 3 of four IDs in two tiers; page 0 has a hole. */
  private HandmadeFile file;

  @BeforeEach
  void put() throws IOException {
    file = HandmadeFile.ofNumbers(folder.resolve("pages.almanac"), PAGE_BITS, 20, 2, 64, 10);
    file.put(-2, 1, 2, 3, 4);
    file.put(0, 5, HOLE, 6, 7);
    file.put(3, 8, 9, 10, 11);
    file.index(-2, 3);
    assertEquals(6 * Long.BYTES, file.pageIndexBytes);
  }

  @AfterEach
  void close() throws IOException {
    file.close();
  }

  private static int[] inBatch(LongTable table, long... ids) {
    int[] codes = new int[ids.length];
    table.codes(ids, 0, codes, 0, ids.length);
    return codes;
  }

  private static void assertCode(int expected, LongTable table, long id) {
    assertEquals(expected, table.code(id), () -> "id=" + id);
    assertEquals(expected, inBatch(table, id)[0], () -> "alone in a batch: id=" + id);
    // Beside one of another page, so that the batch is not of one page.
    assertEquals(expected, inBatch(table, id, id > 0 ? -8 : 12)[0], () -> "in a batch: id=" + id);
  }

  @Test
  void everyIdFromBeforeTheFirstPageToBehindTheLastHasItsCode() throws IOException {
    LongTable table = new LongTable(file.open());
    int[] expected = {
      -1, -1, -1, -1, 1, 2, 3, 4, -1, -1, -1, -1, 5, -1, 6, 7, -1, -1, -1, -1, -1, -1, -1, -1, 8, 9,
      10, 11, -1, -1, -1, -1
    };
    for (int i = 0; i < expected.length; i++) {
      assertCode(expected[i], table, i - 12);
    }
    assertArrayEquals(expected, inBatch(table, LongStream.range(-12, 20).toArray()));
    for (long id : new long[] {Long.MIN_VALUE, Long.MAX_VALUE, 1L << 40, -1L << 40}) {
      assertCode(-1, table, id);
    }
    assertTrue(Verification.of(file.path).ok(), () -> "an index that is right must verify");
  }

  @Test
  void theIndexAloneSaysWhereAPageLies() throws IOException {
    // The control of the test above: with other places there are other answers.
    long place =
        file.getInt(file.pageIndexOffset()) | (long) file.getInt(file.pageIndexOffset() + 4) << 32;
    file.place(3, place);
    file.place(0, 0);
    LongTable table = new LongTable(file.open());
    assertCode(1, table, 12);
    assertCode(-1, table, 0);
  }

  @Test
  void aPlaceOutsideTheTiersIsDamage() throws IOException {
    for (long place :
        new long[] {2L << 32 | 8, 1L << 32 | 1 << 20, -1, 1L << 63 | 8, 0xFFFFFFF0L}) {
      file.place(3, place);
      LongTable table = new LongTable(file.open());
      for (int i = 0; i < 2; i++) {
        boolean batch = i == 1;
        UncheckedIOException thrown =
            assertThrows(
                UncheckedIOException.class,
                () -> {
                  if (batch) {
                    inBatch(table, 12, -8);
                  } else {
                    table.code(12);
                  }
                },
                () -> "place=" + Long.toHexString(place));
        assertTrue(thrown.getCause() instanceof CorruptAlmanacException, thrown::toString);
      }
    }
  }

  @Test
  void aClosedFileIsNamedForPagesThatAreThereAndThatAreNot() throws IOException {
    SealedFile sealed = file.open();
    LongTable table = new LongTable(sealed);
    sealed.close();
    for (long id : new long[] {-8, 0, 4, 1000}) {
      assertThrows(IllegalStateException.class, () -> table.code(id), () -> "id=" + id);
      assertThrows(IllegalStateException.class, () -> inBatch(table, id, 12), () -> "id=" + id);
    }
  }

  @Test
  void aLookupInACutFileIsRefused() throws IOException {
    SealedFile sealed = file.open();
    file.takeSeal();
    LongTable table = new LongTable(sealed);
    for (long id : new long[] {-8, 1, 4, 1000}) {
      assertThrows(UncheckedIOException.class, () -> table.code(id), () -> "id=" + id);
      assertThrows(UncheckedIOException.class, () -> inBatch(table, id, 12), () -> "id=" + id);
    }
  }

  private List<String> damages() throws IOException {
    file.seal();
    return Verification.of(file.path).damages();
  }

  @Test
  void verifyNamesAPlaceThatIsWrong() throws IOException {
    long right = file.entryOffset(1, 0) - file.g.tierOffset(1);
    file.place(3, 1L << 32 | right + 1);
    List<String> damages = damages();
    assertEquals(1, damages.size(), damages::toString);
    assertTrue(
        damages
            .get(0)
            .startsWith("page index: a page must lie where it says: page=3 segment=1 offset="),
        damages::toString);
  }

  @Test
  void verifyNamesAPageThatTheIndexLeavesOut() throws IOException {
    file.place(0, 0);
    List<String> damages = damages();
    assertEquals(2, damages.size(), damages::toString);
    assertTrue(
        damages.get(0).contains("page=0 segment=0 offset=0 found: segment="), damages::toString);
    assertEquals(
        "page index: it must have as many pages as the file has entries: found=2 expected=3",
        damages.get(1));
  }

  @Test
  void verifyNamesAPageThatIsNone() throws IOException {
    file.place(1, 100);
    assertEquals(
        List.of(
            "page index: it must have as many pages as the file has entries: found=4 expected=3"),
        damages());
  }

  @Test
  void verifyNamesAPageOutsideTheIndex() throws IOException {
    file.lowestId = 0;
    file.pageIndexBytes = 4 * Long.BYTES;
    assertTrue(
        damages().stream().anyMatch(d -> d.contains("a page must lie where it says: page=-2")));
  }

  @Test
  void verifyNamesPaddingBeforeTheIndex() throws IOException {
    long padding = file.pageIndexOffset() - 1;
    assertTrue(padding >= file.dictionaryOffset + file.dictionaryBytes, "there must be padding");
    file.putByte(padding, 7);
    assertEquals(
        List.of(
            "padding: the bytes between two sections must be 0: offset=" + padding + " found=7"),
        damages());
  }
}
