package dev.almanac;

import dev.almanac.read.LongCursor;
import dev.almanac.read.LongTable;
import java.time.LocalDate;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@link Almanac#asMap()}. */
final class LongMap extends ReadOnlyMap<Long> {
  private final LongTable table;

  LongMap(Almanac almanac, LongTable table) {
    super(almanac);
    this.table = table;
  }

  @Override
  int code(@Nullable Object key) {
    return key instanceof Long id ? almanac.code((long) id) : Almanac.ABSENT;
  }

  @Override
  Entries<Long> entries() {
    LongCursor cursor = table.cursor();
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
