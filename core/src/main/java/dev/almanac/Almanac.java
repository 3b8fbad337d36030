package dev.almanac;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Map;

/** A sealed file, opened for reading. */
public final class Almanac implements AutoCloseable {
  /** The code of an ID that the file does not hold. */
  public static final int ABSENT = -1;

  private Almanac() {}

  public static AlmanacBuilder builder() {
    return new AlmanacBuilder();
  }

  public static Almanac open(Path path) throws IOException {
    throw new UnsupportedOperationException();
  }

  public static Almanac open(Path path, String expectedEdition) throws IOException {
    throw new UnsupportedOperationException();
  }

  public static VerifyReport verify(Path path) throws IOException {
    throw new UnsupportedOperationException();
  }

  public int code(long id) {
    throw new UnsupportedOperationException();
  }

  public int code(CharSequence id) {
    throw new UnsupportedOperationException();
  }

  public LocalDate date(long id) {
    throw new UnsupportedOperationException();
  }

  public LocalDate date(CharSequence id) {
    throw new UnsupportedOperationException();
  }

  public void codes(long[] ids, int[] codes) {
    throw new UnsupportedOperationException();
  }

  public void codes(long[] ids, int idsOffset, int[] codes, int codesOffset, int length) {
    throw new UnsupportedOperationException();
  }

  public void codes(CharSequence[] ids, int[] codes) {
    throw new UnsupportedOperationException();
  }

  public DateDictionary dictionary() {
    throw new UnsupportedOperationException();
  }

  public Map<Long, LocalDate> asMap() {
    throw new UnsupportedOperationException();
  }

  public Map<String, LocalDate> asTextMap() {
    throw new UnsupportedOperationException();
  }

  public void forEach(EntryConsumer consumer) {
    throw new UnsupportedOperationException();
  }

  public void forEachText(TextEntryConsumer consumer) {
    throw new UnsupportedOperationException();
  }

  public long size() {
    throw new UnsupportedOperationException();
  }

  public IdKind idKind() {
    throw new UnsupportedOperationException();
  }

  public String edition() {
    throw new UnsupportedOperationException();
  }

  public AlmanacInfo info() {
    throw new UnsupportedOperationException();
  }

  public void preload() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
