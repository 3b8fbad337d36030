package dev.almanac;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The file is an Almanac file of a format version that this library does not read. Update the
 * library, or build the file with the version of its readers.
 */
public final class UnsupportedFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int foundVersion;

  /** Names the version found in the file and the newest that this library reads. */
  public UnsupportedFormatException(int foundVersion, int supportedVersion, Path path) {
    super(
        "the format version must be one that this library reads: formatVersion="
            + foundVersion
            + " supported="
            + supportedVersion
            + ", path="
            + path);
    this.foundVersion = foundVersion;
  }

  /** The format version that the file states. */
  public int foundVersion() {
    return foundVersion;
  }
}
