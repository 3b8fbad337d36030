package dev.almanac;

import dev.almanac.read.TextCursor;
import java.time.LocalDate;
import java.util.Map;

/** {@link Almanac#asTextMap()}. */
final class TextMap extends ReadOnlyMap<String> {
  TextMap(Almanac almanac) {
    super(almanac);
  }

  @Override
  int code(Object key) {
    return key instanceof String ? almanac.code((String) key) : Almanac.ABSENT;
  }

  @Override
  Entries<String> entries() {
    TextCursor cursor = almanac.textCursor();
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
