package dev.almanac.generated;

import com.github.luben.zstd.Zstd;
import dev.almanac.build.DelimitedRows;
import dev.almanac.build.RowSource;
import dev.almanac.build.RowSource.Row;
import dev.almanac.build.rows.Dialect;
import dev.almanac.build.rows.Input;
import dev.almanac.build.rows.SmallSplits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** The rows of a case as a real source: files, a stream, a database. Closed after the build. */
public final class CaseSource implements AutoCloseable {
  private static final String STREAM_NAME = "a stream";

  /** What messages call the inputs. */
  final List<String> names = new ArrayList<>();

  private final BuildCase.Rows rows;
  private final List<Path> files = new ArrayList<>();
  private @Nullable CaseDatabase database;

  /** Writes what has to be written into {@code folder}. */
  public CaseSource(BuildCase.Rows rows, Path folder) throws IOException {
    this.rows = rows;
    if (rows instanceof BuildCase.Text text) {
      write(text, folder);
    }
  }

  /** The rows, to be read once. */
  public RowSource source() throws IOException {
    return rows instanceof BuildCase.Text text
        ? delimited(text)
        : ofObjects((BuildCase.Objects) rows);
  }

  // Delimited text

  private void write(BuildCase.Text text, Path folder) throws IOException {
    for (int i = 0; i < text.inputs().size(); i++) {
      if (text.streamBytes() > 0) {
        names.add(STREAM_NAME);
      } else {
        Path file = folder.resolve("in-" + i + ".txt");
        Files.write(file, packed(text.inputs().get(i)));
        files.add(file);
        names.add(file.toString());
      }
    }
  }

  /** The bytes of an input as they are stored. */
  static byte[] packed(BuildCase.Input input) throws IOException {
    byte[] bytes = input.bytes();
    if (input.packing() == BuildCase.Packing.PLAIN) {
      return bytes;
    }
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    int pieces = input.cuts() + 1;
    for (int i = 0; i < pieces; i++) {
      int from = (int) ((long) bytes.length * i / pieces);
      int to = (int) ((long) bytes.length * (i + 1) / pieces);
      byte[] piece = Arrays.copyOfRange(bytes, from, to);
      if (input.packing() == BuildCase.Packing.ZSTD) {
        packed.write(Zstd.compress(piece));
      } else {
        try (OutputStream member = new GZIPOutputStream(packed)) {
          member.write(piece);
        }
      }
    }
    return packed.toByteArray();
  }

  private RowSource delimited(BuildCase.Text text) throws IOException {
    if (text.splitBytes() > 0) {
      List<Input> inputs = new ArrayList<>();
      for (int i = 0; i < names.size(); i++) {
        inputs.add(
            text.streamBytes() > 0
                ? Input.of(stream(text, i), names.get(i))
                : Input.of(files.get(i)));
      }
      Dialect dialect =
          SmallSplits.dialect(
                  text.delimiter(),
                  text.header(),
                  text.quoted(),
                  text.idColumn(),
                  text.idName(),
                  text.dateColumn(),
                  text.dateName())
              .withEscaped(text.escaped())
              .withTrimmed(text.trimmed())
              .withSkippedLines(text.skippedLines());
      return new SmallSplits(
          inputs,
          text.quotedLines() > 0 ? dialect.withMaxQuotedLines(text.quotedLines()) : dialect,
          text.splitBytes(),
          text.maxRowBytes());
    }
    DelimitedRows delimited =
        text.streamBytes() > 0
            ? DelimitedRows.of(stream(text, 0), names.get(0))
            : DelimitedRows.of(files);
    delimited =
        delimited
            .delimiter(text.delimiter())
            .quoted(text.quoted())
            .escaped(text.escaped())
            .trim(text.trimmed())
            .skipLines(text.skippedLines())
            .header(text.header());
    if (text.quotedLines() > 0) {
      delimited = delimited.maxQuotedLines(text.quotedLines());
    }
    if (text.idName() != null) {
      delimited = delimited.idColumn(text.idName());
    } else {
      delimited =
          text.idColumn() == 0 ? delimited.idIsRowNumber() : delimited.idColumn(text.idColumn());
    }
    return text.dateName() != null
        ? delimited.dateColumn(text.dateName())
        : delimited.dateColumn(text.dateColumn());
  }

  private static InputStream stream(BuildCase.Text text, int input) throws IOException {
    return new SlowStream(packed(text.inputs().get(input)), text.streamBytes());
  }

  /** Gives a few bytes at a time, as a pipe does. */
  private static final class SlowStream extends InputStream {
    private final ByteArrayInputStream bytes;
    private final int mostAtATime;

    SlowStream(byte[] bytes, int mostAtATime) {
      this.bytes = new ByteArrayInputStream(bytes);
      this.mostAtATime = mostAtATime;
    }

    @Override
    public int read() {
      return bytes.read();
    }

    @Override
    public int read(byte[] into, int offset, int count) {
      return bytes.read(into, offset, Math.min(count, mostAtATime));
    }
  }

  // Rows that are no text

  private RowSource ofObjects(BuildCase.Objects objects) throws IOException {
    switch (objects.giver()) {
      case ITERATOR:
        return RowSource.of(rows(objects).iterator());
      case SUPPLIER:
        List<@Nullable Row> list = rows(objects);
        return RowSource.of(list::stream);
      case OWN:
        return new OwnRows(objects);
      default:
        database = new CaseDatabase(objects);
        return database.rows();
    }
  }

  private static List<@Nullable Row> rows(BuildCase.Objects objects) {
    List<@Nullable Row> rows = new ArrayList<>();
    for (BuildCase.ObjectRow row : objects.rows()) {
      rows.add(row == null ? null : new Row(row.id(), row.date()));
    }
    return rows;
  }

  @Override
  public void close() throws IOException {
    if (database != null) {
      database.close();
    }
  }
}
