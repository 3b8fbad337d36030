package dev.almanac;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/** Rows of delimited text, from files or a stream. */
public final class DelimitedRows implements RowSource {
  /** The longest row that is read, in bytes. */
  public static final int MAX_ROW_BYTES = 1 << 20;

  private DelimitedRows() {}

  public static DelimitedRows of(Path file) {
    throw new UnsupportedOperationException();
  }

  public static DelimitedRows of(List<Path> files) {
    throw new UnsupportedOperationException();
  }

  public static DelimitedRows of(InputStream input, String name) {
    throw new UnsupportedOperationException();
  }

  public DelimitedRows delimiter(char delimiter) {
    return this;
  }

  public DelimitedRows header(boolean header) {
    return this;
  }

  public DelimitedRows quoted(boolean quoted) {
    return this;
  }

  public DelimitedRows idColumn(int column) {
    return this;
  }

  public DelimitedRows idColumn(String name) {
    return this;
  }

  public DelimitedRows idIsRowNumber() {
    return this;
  }

  public DelimitedRows dateColumn(int column) {
    return this;
  }

  public DelimitedRows dateColumn(String name) {
    return this;
  }

  @Override
  public Stretches open() throws IOException {
    throw new UnsupportedOperationException();
  }
}
