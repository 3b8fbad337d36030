package dev.almanac.build.chronicle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.almanac.format.StoreGeometry;
import java.io.IOException;
import java.nio.file.Path;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import net.openhft.chronicle.map.VanillaChronicleMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Maps of stock Chronicle Map that are, or are not, laid out as this library reads them. */
class ChronicleStoreTest {
  private static final StorePlan PLAN = new StorePlan(2, 30, 40, 12, 4, false, 50);

  @TempDir Path folder;

  private static <K> ChronicleMapBuilder<K, byte[]> builder(Class<K> key) {
    return ChronicleMapBuilder.of(key, byte[].class)
        .constantValueSizeBySample(new byte[PLAN.valueBytes()])
        .entries(PLAN.entryCount())
        .actualSegments(PLAN.segmentCount())
        .entriesPerSegment(PLAN.entriesPerSegment())
        .actualChunksPerSegmentTier(PLAN.chunksPerSegment())
        .checksumEntries(false);
  }

  private String refusal(ChronicleMapBuilder<?, byte[]> builder) throws IOException {
    try (ChronicleMap<?, byte[]> map = builder.createPersistedTo(folder.resolve("map").toFile())) {
      return assertThrows(
              IllegalStateException.class,
              () -> ChronicleStore.created((VanillaChronicleMap<?, ?, ?>) map, PLAN))
          .getMessage();
    }
  }

  @Test
  void aMapAsItIsPlannedIsTheStoreThatIsCreated() throws IOException {
    try (ChronicleMap<Long, byte[]> map =
        builder(Long.class).createPersistedTo(folder.resolve("map").toFile())) {
      StoreGeometry geometry =
          ChronicleStore.created((VanillaChronicleMap<?, ?, ?>) map, PLAN).geometry();
      assertEquals(ChronicleStore.create(PLAN, folder.resolve("store")).geometry(), geometry);
      assertEquals(PLAN.segmentCount(), geometry.segmentCount());
      assertEquals(PLAN.chunkBytes(), geometry.chunkBytes());
    }
  }

  @Test
  void entriesWithAChecksumEachAreRefused() throws IOException {
    assertEquals(
        "Chronicle Map must give no checksum for each entry: checksumEntries=1 expected=0",
        refusal(builder(Long.class).checksumEntries(true)));
  }

  @Test
  void anotherNumberOfSegmentsIsRefused() throws IOException {
    assertEquals(
        "Chronicle Map must give the segments asked for: segmentCount=4 expected=2",
        refusal(builder(Long.class).actualSegments(4)));
  }

  @Test
  void entriesThatDoNotBeginWithTheirChunkAreRefused() throws IOException {
    assertEquals(
        "Chronicle Map must give chunks from the start of the entry space: offset=4 expected=0",
        refusal(builder(Integer.class).entryAndValueOffsetAlignment(8)));
  }

  @Test
  void slotsOfEightBytesAreRefused() {
    StorePlan large = new StorePlan(1, 1 << 15, 1 << 16, 12, 4, false, 1 << 15);
    assertEquals(
        "Chronicle Map must give 4-byte slots: slotBytes=8 expected=4",
        assertThrows(
                IllegalStateException.class,
                () -> ChronicleStore.create(large, folder.resolve("store")))
            .getMessage());
  }
}
