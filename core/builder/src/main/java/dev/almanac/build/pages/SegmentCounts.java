package dev.almanac.build.pages;

import dev.almanac.build.BuildException;
import dev.almanac.build.chronicle.StorePlan;
import dev.almanac.build.workspace.Parallel;
import dev.almanac.build.workspace.Spool;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** How many entries and chunks fall into the fullest of some number of segments. */
public record SegmentCounts(int mostEntries, int mostChunks) {
  /**
   * Maps the entries spool and sizes all segments for the fullest of them, with more segments until
   * the entries fit.
   */
  public static StorePlan plan(
      Parallel threads, Spool entries, Shape shape, EntrySpooler.Totals totals) throws IOException {
    entries.map();
    long entryCount = totals.entryCount;
    int chunkBytes =
        shape.text()
            ? StorePlan.cheapestChunkBytes(totals.entryCountBySize, entryCount)
            : shape.numericEntryBytes();
    int segmentCount =
        shape.text()
            ? StorePlan.firstSegmentCount(totals.entryCountBySize, entryCount, chunkBytes)
            : StorePlan.firstSegmentCount(entryCount, StorePlan.ENTRIES_PER_SEGMENT, 1);
    for (int round = 0; ; round++) {
      segmentCount = StorePlan.roundedUp(segmentCount);
      SegmentCounts counts = of(threads, entries, shape, segmentCount, chunkBytes);
      int fullest = Math.max(1, counts.mostEntries);
      int mostChunks = Math.max(1, counts.mostChunks);
      if (fullest <= StorePlan.ENTRIES_PER_SEGMENT && mostChunks <= StorePlan.chunkLimit(fullest)) {
        return new StorePlan(
            segmentCount,
            fullest,
            mostChunks,
            chunkBytes,
            shape.codeBytes(),
            shape.text(),
            entryCount);
      }
      if (round == StorePlan.MAX_ROUNDS) {
        throw new BuildException(
            String.format(
                "IDs must spread over the segments, as all but chosen ones do: segmentCount=%s"
                    + " entryCount=%s entriesOfTheFullest=%s expectedAtMost=%s"
                    + " chunksOfTheFullest=%s expectedAtMost=%s",
                segmentCount,
                entryCount,
                fullest,
                StorePlan.ENTRIES_PER_SEGMENT,
                mostChunks,
                StorePlan.chunkLimit(fullest)));
      }
      segmentCount += Math.max(1, segmentCount / 64);
    }
  }

  private static SegmentCounts of(
      Parallel threads, Spool entries, Shape shape, int segmentCount, int chunkBytes)
      throws IOException {
    // Two partitions may share segments when there are more partitions than groups: hence the
    // atomic arrays.
    AtomicIntegerArray entryCounts = new AtomicIntegerArray(segmentCount);
    AtomicIntegerArray chunkCounts = new AtomicIntegerArray(segmentCount);
    threads.forEachIndex(
        entries.partitionCount(),
        () -> new EntryReader(entries, shape.text(), shape.codeBytes(), shape.numericEntryBytes()),
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
