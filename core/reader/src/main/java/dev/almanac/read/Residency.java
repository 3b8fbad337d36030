package dev.almanac.read;

import java.nio.MappedByteBuffer;
import java.util.function.LongConsumer;

/** Brings mapped pages into memory, and counts those that are there. */
final class Residency {
  private static final int WINDOW_BYTES = 1 << 16;
  private static final int LOADED_BYTES = 64 << 20;

  private Residency() {}

  /**
   * Asks the operating system to bring every page into memory, in pieces.
   *
   * @param progress takes the bytes of the file that have been asked for so far
   */
  static void load(
      MappedByteBuffer[] regions, MappedByteBuffer tail, long fileBytes, LongConsumer progress) {
    long loaded = 0;
    for (MappedByteBuffer region : regions) {
      // A long, because a region may end less than a piece below 2 GiB.
      for (long from = 0; from < region.capacity(); from += LOADED_BYTES) {
        MappedByteBuffer piece = piece(region, from, LOADED_BYTES);
        piece.load();
        loaded = Math.min(fileBytes, loaded + piece.capacity());
        progress.accept(loaded);
      }
    }
    tail.load();
    progress.accept(fileBytes);
  }

  /** How many bytes are in memory, counted by windows of 64 KiB that are wholly there. */
  static long bytes(MappedByteBuffer[] regions) {
    long resident = 0;
    for (MappedByteBuffer region : regions) {
      for (long from = 0; from < region.capacity(); from += WINDOW_BYTES) {
        MappedByteBuffer piece = piece(region, from, WINDOW_BYTES);
        resident += piece.isLoaded() ? piece.capacity() : 0;
      }
    }
    return resident;
  }

  /** A piece of a region, cut off at the region's end. */
  private static MappedByteBuffer piece(MappedByteBuffer region, long from, int bytes) {
    return region.slice((int) from, (int) Math.min(bytes, region.capacity() - from));
  }
}
