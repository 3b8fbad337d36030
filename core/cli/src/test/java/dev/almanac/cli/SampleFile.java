package dev.almanac.cli;

import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.DelimitedRows;
import dev.almanac.build.RowSource;
import dev.almanac.generator.RowGenerator;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Files for the commands that read; built in this JVM, since building is what BuildIT is about. */
final class SampleFile {
  private SampleFile() {}

  /** Builds {@code file} from generated rows. */
  static Path build(RowGenerator generator, Path file) throws IOException {
    ByteArrayOutputStream rows = new ByteArrayOutputStream();
    generator.writeTo(rows);
    AlmanacBuilder.create()
        .build(
            DelimitedRows.of(new ByteArrayInputStream(rows.toByteArray()), "generated rows")
                .dateColumn(3),
            file);
    return file;
  }

  /** Builds {@code file} from dates by ID. */
  static Path build(Map<String, String> dates, Path file) throws IOException {
    AlmanacBuilder.create()
        .build(
            RowSource.of(
                () ->
                    dates.entrySet().stream()
                        .map(e -> new RowSource.Row(e.getKey(), e.getValue()))),
            file);
    return file;
  }
}
