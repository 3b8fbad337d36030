package dev.almanac.benchmarks.experiment;

import dev.almanac.benchmarks.stores.Rows;
import dev.almanac.generator.Decimals;
import dev.almanac.generator.Mix;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The rows as a file, {@code id|customer|date|amount}, about 40 bytes each with dense IDs, in the
 * order of their indexes.
 */
final class RowsFile {
  private static final int BUFFER_BYTES = 1 << 18;
  private static final int MAX_ROW_BYTES = 128;

  private RowsFile() {}

  /** The file of some rows in a directory, written if it is not there. */
  static Path of(Rows rows, Path directory) throws IOException {
    Path file =
        directory.resolve("rows-" + rows.ids().name().toLowerCase() + "-" + rows.count() + ".txt");
    if (!Files.exists(file)) {
      Files.createDirectories(directory);
      Path temporary = file.resolveSibling(file.getFileName() + ".writing");
      try (OutputStream output = Files.newOutputStream(temporary)) {
        write(rows, output);
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }
    return file;
  }

  private static void write(Rows rows, OutputStream output) throws IOException {
    byte[][] dates = new byte[Rows.DATE_COUNT][];
    for (int code = 0; code < dates.length; code++) {
      dates[code] = ascii("|" + Rows.date(code) + "|");
    }
    byte[] customer = ascii("|cust-");
    byte[] buffer = new byte[BUFFER_BYTES + MAX_ROW_BYTES];
    int at = 0;
    for (int index = 0; index < rows.count(); index++) {
      long noise = Mix.scatter(~index) >>> 1;
      short code;
      if (rows.ids().isText()) {
        at = put(buffer, at, ascii(rows.text(index)));
        code = Rows.code(index);
      } else {
        long id = rows.id(index);
        at = Decimals.put(buffer, at, id);
        code = Rows.code(id);
      }
      at = put(buffer, at, customer);
      at = Decimals.put(buffer, at, 100_000 + noise % 900_000);
      at = put(buffer, at, dates[code]);
      at = Decimals.put(buffer, at, noise / 900_000 % 10_000);
      buffer[at++] = '.';
      at = Decimals.put(buffer, at, 10 + noise % 90);
      buffer[at++] = '\n';
      if (at >= BUFFER_BYTES) {
        output.write(buffer, 0, at);
        at = 0;
      }
    }
    output.write(buffer, 0, at);
  }

  private static int put(byte[] target, int at, byte[] bytes) {
    System.arraycopy(bytes, 0, target, at, bytes.length);
    return at + bytes.length;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
