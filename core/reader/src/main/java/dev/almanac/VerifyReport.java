package dev.almanac;

import java.nio.file.Path;
import java.util.List;

/**
 * What a full check of a file found.
 *
 * @param path the file
 * @param fileBytes its size
 * @param blockCount blocks whose checksum was computed
 * @param idCount IDs that were read back
 * @param edition the edition that the footer states, or an empty text where there is no readable
 *     footer
 * @param damages one sentence for each thing that is wrong, each naming the block or section; empty
 *     for a whole file
 */
public record VerifyReport(
    Path path,
    long fileBytes,
    long blockCount,
    long idCount,
    String edition,
    List<String> damages) {

  /** Keeps a copy of the list. */
  public VerifyReport {
    damages = List.copyOf(damages);
  }

  /** Whether the file is whole. */
  public boolean ok() {
    return damages.isEmpty();
  }
}
