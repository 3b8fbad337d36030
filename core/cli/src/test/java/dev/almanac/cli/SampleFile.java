package dev.almanac.cli;

import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.DelimitedRows;
import dev.almanac.generator.RowGenerator;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;

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
}
