package dev.almanac.build.pages;

import dev.almanac.build.workspace.Parallel;
import dev.almanac.build.workspace.Spool;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Supplier;

/** How many entries and chunks fall into the fullest of some number of segments. */
public record SegmentCounts(int mostEntries, int mostChunks) {
  public static SegmentCounts of(
      Parallel threads,
      Spool entries,
      int segmentCount,
      int chunkBytes,
      Supplier<EntryReader> readers)
      throws IOException {
    // Two partitions may share segments when there are more partitions than groups: hence the
    // atomic arrays.
    AtomicIntegerArray entryCounts = new AtomicIntegerArray(segmentCount);
    AtomicIntegerArray chunkCounts = new AtomicIntegerArray(segmentCount);
    threads.forEachIndex(
        entries.partitionCount(),
        readers::get,
        (reader, partition) -> {
          int[] entriesHere = new int[segmentCount];
          int[] chunksHere = new int[segmentCount];
          for (int b = 0; b < entries.blockCount(partition); b++) {
            for (reader.open(partition, b); reader.next(); ) {
              int segment = ((int) reader.hash() & 0x7FFFFFFF) % segmentCount;
              entriesHere[segment]++;
              chunksHere[segment] += (reader.bytes() + chunkBytes - 1) / chunkBytes;
            }
          }
          for (int s = 0; s < segmentCount; s++) {
            if (entriesHere[s] > 0) {
              entryCounts.addAndGet(s, entriesHere[s]);
              chunkCounts.addAndGet(s, chunksHere[s]);
            }
          }
        });
    int mostEntries = 0;
    int mostChunks = 0;
    for (int s = 0; s < segmentCount; s++) {
      mostEntries = Math.max(mostEntries, entryCounts.get(s));
      mostChunks = Math.max(mostChunks, chunkCounts.get(s));
    }
    return new SegmentCounts(mostEntries, mostChunks);
  }
}
