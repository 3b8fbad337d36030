package dev.almanac;

import java.nio.file.Path;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * What the footer of a file says. Reading it takes no scan of the file.
 *
 * @param path the file
 * @param edition the SHA-256 of its content, 64 hexadecimal digits
 * @param formatVersion version of the file format
 * @param chronicleVersion version of Chronicle Map that wrote the data store's header
 * @param idKind {@link IdKind#LONG} or {@link IdKind#TEXT}
 * @param idCount distinct IDs
 * @param lowestId the lowest numeric ID, or null in a file of texts or without rows
 * @param highestId the highest numeric ID, or null in a file of texts or without rows
 * @param dateCount distinct dates
 * @param firstDate the earliest date, or null in a file without rows
 * @param lastDate the latest date, or null in a file without rows
 * @param layout how the file holds its codes
 * @param codeBits bits of a date code
 * @param blockCount blocks of numbers that have an ID, when the layout is BLOCKS; else 0
 * @param blockBits the numbers of a block, as a power of two; else 0
 * @param idPattern what all IDs look like, {@code INV-2024-[0-9]{6}} or {@code UUID, lower case},
 *     in a file of texts that are stored as numbers; else null
 * @param entryCount entries of the Chronicle Map: pages, or IDs when the layout is ENTRIES
 * @param segmentCount segments of the Chronicle Map
 * @param slotsPerSegment capacity of a segment's hash lookup
 * @param fileBytes size of the file
 * @param storeBytes size of the Chronicle Map in it
 */
public record AlmanacInfo(
    Path path,
    String edition,
    int formatVersion,
    String chronicleVersion,
    IdKind idKind,
    long idCount,
    @Nullable Long lowestId,
    @Nullable Long highestId,
    int dateCount,
    @Nullable LocalDate firstDate,
    @Nullable LocalDate lastDate,
    Layout layout,
    int codeBits,
    int blockCount,
    int blockBits,
    @Nullable String idPattern,
    long entryCount,
    int segmentCount,
    long slotsPerSegment,
    long fileBytes,
    long storeBytes) {

  /** Bytes of the file for each ID; 0 for a file without IDs. */
  public double bytesPerId() {
    return idCount == 0 ? 0 : (double) fileBytes / idCount;
  }

  /**
   * The share of the numbers from the lowest to the highest ID that are IDs, from 0 to 1; 0 for a
   * file of texts or without IDs. A build with {@link Layout#AUTO} chooses {@link Layout#DIRECT} if
   * this share is high.
   */
  public double fill() {
    // As doubles, since the range may be that of all 64 bits.
    return lowestId == null || highestId == null
        ? 0
        : idCount / ((double) highestId - (double) lowestId + 1);
  }

  /**
   * The share of the numbers of all blocks that are IDs, from 0 to 1; 0 when the layout is not
   * {@link Layout#BLOCKS}. A build with {@link Layout#AUTO} chooses blocks if this share is high
   * and {@link #fill} is low.
   */
  public double blockFill() {
    return blockCount == 0 ? 0 : (double) idCount / ((long) blockCount << blockBits);
  }

  /** The share of the slots of Chronicle Map's hash lookups that are used, from 0 to 1. */
  public double load() {
    return (double) entryCount / ((double) segmentCount * slotsPerSegment);
  }
}
