package dev.almanac;

import dev.almanac.read.LongCursor;
import java.time.LocalDate;
import java.util.Map;

/** {@link Almanac#asMap()}. */
final class LongMap extends ReadOnlyMap<Long> {
  LongMap(Almanac almanac) {
    super(almanac);
  }

  @Override
  int code(Object key) {
    return key instanceof Long ? almanac.code((long) key) : Almanac.ABSENT;
  }

  @Override
  Entries<Long> entries() {
    LongCursor cursor = almanac.longCursor();
    return new Entries<>(almanac) {
      @Override
      boolean advance() {
        return cursor.next();
      }

      @Override
      Map.Entry<Long, LocalDate> entry() {
        return Map.entry(cursor.id(), almanac.dictionary().date(cursor.code()));
      }
    };
  }
}
