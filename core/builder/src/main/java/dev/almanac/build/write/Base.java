package dev.almanac.build.write;

import dev.almanac.Almanac;
import dev.almanac.CorruptAlmanacException;
import dev.almanac.IdKind;
import dev.almanac.VerifyReport;
import dev.almanac.build.BuildException;
import dev.almanac.build.RowSource;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/** The file that a build begins with, see {@link dev.almanac.build.AlmanacBuilder#base}. */
final class Base implements Closeable {
  private final Almanac almanac;

  private Base(Almanac almanac) {
    this.almanac = almanac;
  }

  /** Opens the base; {@link #verify} comes before its entries are used. */
  static Base open(Path path, IdKind kind) throws IOException {
    Base base = new Base(Almanac.open(path));
    if (kind == IdKind.LONG && base.almanac.idKind() == IdKind.TEXT) {
      base.close();
      throw new BuildException(
          "a base of text IDs cannot become a file of numbers: ids=LONG base=TEXT, path=" + path);
    }
    return base;
  }

  /**
   * Reads every byte of the base.
   *
   * @throws CorruptAlmanacException if it is damaged
   */
  void verify() throws IOException {
    VerifyReport report = Almanac.verify(almanac.path());
    if (!report.ok()) {
      throw new CorruptAlmanacException(
          "a base must be whole: " + report.damages(), almanac.path());
    }
    if (!almanac.edition().equals(report.edition())) {
      throw new IOException(
          "the name of a base must stand for one file while it is read: opened="
              + almanac.edition()
              + " verified="
              + report.edition()
              + ", path="
              + almanac.path());
    }
  }

  /** All entries as rows, then {@code rows}. */
  RowSource before(RowSource rows) {
    return RowSource.concat(RowSource.of(almanac), rows);
  }

  long idCount() {
    return almanac.size();
  }

  @Override
  public void close() {
    almanac.close();
  }
}
