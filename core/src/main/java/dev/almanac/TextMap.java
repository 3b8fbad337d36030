package dev.almanac;

import dev.almanac.read.TextCursor;
import dev.almanac.read.TextTable;
import java.time.LocalDate;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@link Almanac#asTextMap()}. */
final class TextMap extends ReadOnlyMap<String> {
  private final TextTable table;

  TextMap(Almanac almanac, TextTable table) {
    super(almanac);
    this.table = table;
  }

  @Override
  int code(@Nullable Object key) {
    return key instanceof String id ? almanac.code(id) : Almanac.ABSENT;
  }

  @Override
  Entries<String> entries() {
    TextCursor cursor = table.cursor();
    return new Entries<>(almanac) {
      @Override
      boolean advance() {
        return cursor.next();
      }

      @Override
      Map.Entry<String, LocalDate> entry() {
        return Map.entry(cursor.id(), almanac.dictionary().date(cursor.code()));
      }
    };
  }
}
