package dev.almanac;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Builds a file, see {@link Almanac#builder()}. Every option has a default. Not thread-safe; one builder may build many files.
 */
public final class AlmanacBuilder {
  DuplicatePolicy duplicatePolicy = DuplicatePolicy.LAST;

  AlmanacBuilder() {}

  /** Which row wins when an ID comes twice. Default {@link DuplicatePolicy#LAST}. */
  public AlmanacBuilder onDuplicate(DuplicatePolicy policy) {
    return this;
  }

  /** What happens to a row that cannot be used. Default {@link BadRowPolicy#fail()}. */
  public AlmanacBuilder onBadRow(BadRowPolicy policy) {
    return this;
  }

  /** Whether IDs are numbers or texts. Default {@link IdKind#AUTO}. */
  public AlmanacBuilder ids(IdKind kind) {
    return this;
  }

  /** How the dates are written. Default {@link DateFormat#iso()}. */
  public AlmanacBuilder dateFormat(DateFormat format) {
    return this;
  }

  /** Sets the IDs per page, as a power of two from 0 to 16, instead of the cheapest. Numeric IDs only. */
  public AlmanacBuilder pageBits(int pageBits) {
    return this;
  }

  /** How many threads work. Default: the processors. The file does not depend on it. */
  public AlmanacBuilder threads(int threadCount) {
    return this;
  }

  /** Where temporary files go. Default: the folder of the target. The sealed file itself is always made beside its target. */
  public AlmanacBuilder temporaryDirectory(Path directory) {
    return this;
  }

  /** Who hears of the progress. Default: nobody. */
  public AlmanacBuilder onProgress(BuildProgress progress) {
    return this;
  }

  /** Builds. */
  public BuildReport build(RowSource rows, Path target) throws IOException {
    throw new UnsupportedOperationException();
  }
}
