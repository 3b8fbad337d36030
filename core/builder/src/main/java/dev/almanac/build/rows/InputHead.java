package dev.almanac.build.rows;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The first bytes of an input, which say how it is packed, or that it is not text at all. */
final class InputHead {
  /** Enough bytes to recognise a tar archive. */
  private static final int MAX_BYTES = 512;

  private static final int TAR_MAGIC_OFFSET = 257;

  /** What is recognised but not read: how it begins, what it is, and how to make rows of it. */
  private record Foreign(String magic, String name, String advice) {}

  private static final String GZIP = "\u001f\u008b";
  private static final String ZSTD = "(\u00b5/\u00fd";
  private static final String UTF8_MARK = "\u00ef\u00bb\u00bf";

  private static final List<Foreign> FOREIGN =
      List.of(
          new Foreign("PK\u0003\u0004", "a zip archive", "unzip -p FILE"),
          new Foreign("PK\u0005\u0006", "an empty zip archive", "look for the file that was meant"),
          new Foreign("BZh", "a bzip2 file", "bzcat FILE"),
          new Foreign("\u00fd7zXZ\0", "an xz file", "xzcat FILE"),
          new Foreign("\u0004\"M\u0018", "an lz4 file", "lz4cat FILE"),
          new Foreign("7z\u00bc\u00af'\u001c", "a 7z archive", "7z x -so FILE"),
          new Foreign("\u001f\u009d", "a compress (.Z) file", "zcat FILE"),
          new Foreign(
              "PAR1",
              "a Parquet file",
              "read it with JdbcRows and DuckDB, or duckdb -csv -c \"FROM 'FILE'\""),
          new Foreign("ORC", "an ORC file", "export its rows as text"),
          new Foreign("Obj\u0001", "an Avro file", "export its rows as text"),
          new Foreign(
              "SQLite format 3\0", "an SQLite database", "read it with JdbcRows, or sqlite3 -csv"),
          new Foreign("\u00d0\u00cf\u0011\u00e0", "an old Excel workbook", "save it as CSV"),
          new Foreign("\u00ff\u00fe\0\0", "UTF-32 text", "iconv -f UTF-32 -t UTF-8 FILE"),
          new Foreign("\u00ff\u00fe", "UTF-16 text", "iconv -f UTF-16 -t UTF-8 FILE"),
          new Foreign("\u00fe\u00ff", "UTF-16 text", "iconv -f UTF-16 -t UTF-8 FILE"));

  private final byte[] bytes;
  private final int count;
  private final String text;

  private InputHead(byte[] bytes, int count) {
    this.bytes = bytes;
    this.count = count;
    this.text = new String(bytes, 0, count, ISO_8859_1);
  }

  /**
   * Takes the first bytes of {@code in}, which {@link #andThen} gives back. Of text that is the
   * first line at most: whoever types it may wait for an answer.
   */
  static InputHead of(InputStream in) throws IOException {
    byte[] bytes = new byte[MAX_BYTES];
    int count = 0;
    boolean binary = false;
    while (count < MAX_BYTES) {
      int value = in.read();
      if (value < 0) {
        break;
      }
      bytes[count++] = (byte) value;
      binary |= value == 0;
      InputHead soFar = new InputHead(bytes, Math.min(count, 16));
      if (soFar.isGzip() || soFar.isZstd()) {
        break;
      }
      binary |= soFar.foreign() != null;
      if (value == '\n' && !binary) {
        break;
      }
    }
    return new InputHead(bytes, count);
  }

  /** The bytes of the head from {@code from} on, and then those of {@code in}. */
  InputStream andThen(InputStream in, int from) {
    return new BlockInputStream() {
      private int at = from;

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        if (at == count) {
          return in.read(into, offset, length);
        }
        int read = Math.min(length, count - at);
        System.arraycopy(bytes, at, into, offset, read);
        at += read;
        return read;
      }

      @Override
      public void close() throws IOException {
        in.close();
      }
    };
  }

  /**
   * Whether this is all of an input, and the beginning of a compressed one that no text in UTF-8
   * has.
   */
  private boolean isCut() {
    return count > 0
        && (GZIP.startsWith(text) && count < GZIP.length()
            || ZSTD.startsWith(text) && count > 1 && count < ZSTD.length());
  }

  boolean isGzip() {
    return text.startsWith(GZIP);
  }

  /** A frame, or one of the sixteen kinds of skippable frame, which some writers put in front. */
  boolean isZstd() {
    return text.startsWith(ZSTD) || (bytes[0] & 0xf0) == 0x50 && text.startsWith("*M\u0018", 1);
  }

  /** The bytes of the UTF-8 byte order mark in front, 3 or 0. */
  int markBytes() {
    return text.startsWith(UTF8_MARK) ? UTF8_MARK.length() : 0;
  }

  /**
   * Refuses what is not rows of text.
   *
   * @param unpack the command that unpacks what is around it, and a pipe; or empty
   */
  void requireText(String inputName, String unpack) throws IOException {
    if (isCut()) {
      throw new IOException(
          "a compressed input must be whole: found=end of file in its first bytes, file="
              + inputName);
    }
    Foreign foreign = isGzip() || isZstd() ? packedTwice() : foreign();
    if (foreign != null) {
      String advice =
          unpack.isEmpty()
              ? foreign.advice
              : unpack + " FILE > UNPACKED; " + foreign.advice.replace("FILE", "UNPACKED");
      throw new IOException(
          String.format(
              "an input must be rows of text, but this is %s; to get at its rows: %s, file=%s",
              foreign.name, advice, inputName));
    }
  }

  private Foreign packedTwice() {
    return isGzip()
        ? new Foreign(GZIP, "a gzip file in a compressed one", "zcat FILE")
        : new Foreign(ZSTD, "a zstd file in a compressed one", "zstdcat FILE");
  }

  private @Nullable Foreign foreign() {
    if (text.startsWith("ustar", TAR_MAGIC_OFFSET)) {
      return new Foreign("", "a tar archive", "tar -xOf FILE");
    }
    for (Foreign each : FOREIGN) {
      if (text.startsWith(each.magic)) {
        boolean workbook = text.contains("[Content_Types].xml") || text.contains("_rels/");
        return workbook && each.magic.startsWith("PK")
            ? new Foreign(each.magic, "an Excel workbook or another Office file", "save it as CSV")
            : each;
      }
    }
    String utf16 = utf16WithoutMark();
    return utf16 == null
        ? null
        : new Foreign("", utf16 + " text", "iconv -f " + utf16 + " -t UTF-8 FILE");
  }

  /** Digits, delimiters and line breaks have a zero byte each in UTF-16, all on one side. */
  private @Nullable String utf16WithoutMark() {
    int[] zeros = new int[2];
    for (int i = 0; i < count; i++) {
      zeros[i & 1] += bytes[i] == 0 ? 1 : 0;
    }
    boolean many = count >= 4 && zeros[0] + zeros[1] >= Math.max(2, count / 8);
    return many && zeros[0] == 0 ? "UTF-16LE" : many && zeros[1] == 0 ? "UTF-16BE" : null;
  }
}
