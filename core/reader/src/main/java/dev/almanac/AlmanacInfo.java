package dev.almanac;

import java.nio.file.Path;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * What the footer of a file says; nothing of it takes a scan.
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
 * @param pageBits IDs per page, as a power of two
 * @param codeBytes bytes of a date code: 1, 2 or 4
 * @param entryCount entries of the Chronicle Map: pages, or IDs when {@code pageBits} is 0
 * @param segmentCount segments of the Chronicle Map
 * @param slotsPerSegment capacity of a segment's hash lookup
 * @param fileBytes size of the file
 * @param storeBytes size of the Chronicle Map in it
 * @param pageIndexBytes size of the index of pages, or 0 if pages are found by their hash
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
    int pageBits,
    int codeBytes,
    long entryCount,
    int segmentCount,
    long slotsPerSegment,
    long fileBytes,
    long storeBytes,
    long pageIndexBytes) {

  /** Bytes of the file for each ID; 0 for a file without IDs. */
  public double bytesPerId() {
    return idCount == 0 ? 0 : (double) fileBytes / idCount;
  }

  /** How full the hash lookups are, from 0 to 1. */
  public double load() {
    return (double) entryCount / ((double) segmentCount * slotsPerSegment);
  }
}
