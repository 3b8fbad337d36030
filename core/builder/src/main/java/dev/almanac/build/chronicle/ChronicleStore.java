package dev.almanac.build.chronicle;

import dev.almanac.format.StoreGeometry;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import net.openhft.chronicle.hash.impl.util.BuildVersion;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import net.openhft.chronicle.map.VanillaChronicleMap;

/**
 * Asks stock Chronicle Map for a store: empty, with the exact shape that the entries need.
 * Chronicle writes the header and decides where everything lies; its answer is read off the map
 * itself. The only class of the library that names Chronicle Map.
 */
public final class ChronicleStore {
  private ChronicleStore() {}

  /** What Chronicle made. */
  public record Created(StoreGeometry geometry, String version) implements Serializable {}

  /** The version that {@link #create} would state. */
  public static String version() {
    return BuildVersion.version();
  }

  /**
   * Creates the store in a file that does not exist yet, and closes it.
   *
   * @throws IllegalStateException if Chronicle laid it out in a way that this library does not read
   */
  static Created create(StorePlan plan, Path file) throws IOException {
    if (plan.text()) {
      return create(
          ChronicleMapBuilder.of(byte[].class, byte[].class).actualChunkSize(plan.chunkBytes()),
          plan,
          file);
    }
    return create(ChronicleMapBuilder.of(Long.class, byte[].class), plan, file);
  }

  private static <K> Created create(
      ChronicleMapBuilder<K, byte[]> builder, StorePlan plan, Path file) throws IOException {
    builder
        .constantValueSizeBySample(new byte[plan.valueBytes()])
        .entries(Math.max(1, plan.entryCount()))
        .actualSegments(plan.segmentCount())
        .entriesPerSegment(plan.entriesPerSegment())
        .actualChunksPerSegmentTier(plan.chunksPerSegment())
        // Every block of the finished file has a checksum; one more for each entry would cost 4
        // bytes an ID.
        .checksumEntries(false);
    try (ChronicleMap<K, byte[]> map = builder.createPersistedTo(file.toFile())) {
      return created((VanillaChronicleMap<?, ?, ?>) map, plan);
    } catch (IOException e) {
      // What it says may name neither the file nor the step: "Mount point not found".
      throw new IOException(
          "Chronicle Map must be able to create its store: " + e.getMessage() + ", file=" + file,
          e);
    }
  }

  /**
   * Reads off a map, open and empty, where everything lies in it.
   *
   * @throws IllegalStateException if that is not what this library reads
   */
  static Created created(VanillaChronicleMap<?, ?, ?> layout, StorePlan plan) {
    long tiersOffset = layout.segmentBaseAddr(0) - layout.bsAddress();
    require("4-byte slots: slotBytes", layout.tierHashLookupSlotSize, StoreGeometry.SLOT_BYTES);
    require("the segments asked for: segmentCount", layout.actualSegments, plan.segmentCount());
    require(
        "chunks from the start of the entry space: offset", layout.tierEntrySpaceInnerOffset, 0);
    require("no checksum for each entry: checksumEntries", layout.checksumEntries ? 1 : 0, 0);
    StoreGeometry geometry =
        new StoreGeometry(
            layout.actualSegments,
            layout.segmentHeadersOffset,
            Math.toIntExact((tiersOffset - layout.segmentHeadersOffset) / layout.actualSegments),
            tiersOffset,
            layout.tierSize,
            Math.toIntExact(layout.tierHashLookupCapacity),
            layout.tierHashLookupKeyBits,
            Math.toIntExact(layout.tierHashLookupOuterSize),
            Math.toIntExact(
                layout.tierHashLookupOuterSize
                    + StoreGeometry.COUNTERS_BYTES
                    + layout.tierFreeListOuterSize),
            Math.toIntExact(layout.chunkSize),
            Math.toIntExact(layout.actualChunksPerSegmentTier));
    require(
        "nothing after the last tier: storeBytes", layout.dataStoreSize(), geometry.storeBytes());
    String fault = geometry.fault(geometry.storeBytes());
    if (fault != null) {
      throw new IllegalStateException(
          "Chronicle Map must lay a store out as its specification says: " + fault);
    }
    return new Created(geometry, layout.persistedDataVersion());
  }

  private static void require(String what, long found, long expected) {
    if (found != expected) {
      throw new IllegalStateException(
          "Chronicle Map must give " + what + "=" + found + " expected=" + expected);
    }
  }
}
