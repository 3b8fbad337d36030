package dev.almanac;

import java.time.LocalDate;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file as a {@link Map}: lookups by key, entries in the order of the file, every change refused.
 */
abstract class ReadOnlyMap<K> extends AbstractMap<K, LocalDate> {
  final Almanac almanac;

  ReadOnlyMap(Almanac almanac) {
    this.almanac = almanac;
  }

  abstract int code(@Nullable Object key);

  abstract Entries<K> entries();

  @Override
  public int size() {
    return (int) Math.min(almanac.size(), Integer.MAX_VALUE);
  }

  @Override
  public boolean containsKey(@Nullable Object key) {
    return code(key) != Almanac.ABSENT;
  }

  @Override
  public @Nullable LocalDate get(@Nullable Object key) {
    int code = code(key);
    return code == Almanac.ABSENT ? null : almanac.dictionary().date(code);
  }

  @Override
  public LocalDate remove(Object key) {
    throw new UnsupportedOperationException("a sealed almanac is read-only");
  }

  @Override
  public void clear() {
    throw new UnsupportedOperationException("a sealed almanac is read-only");
  }

  @Override
  public Set<Map.Entry<K, LocalDate>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public Iterator<Map.Entry<K, LocalDate>> iterator() {
        return entries();
      }

      @Override
      public int size() {
        return ReadOnlyMap.this.size();
      }

      @Override
      public boolean contains(@Nullable Object o) {
        return o instanceof Map.Entry<?, ?> entry
            && entry.getValue() != null
            && entry.getValue().equals(get(entry.getKey()));
      }

      @Override
      public boolean remove(Object o) {
        throw new UnsupportedOperationException("a sealed almanac is read-only");
      }
    };
  }

  /** An iterator on top of a cursor. */
  abstract static class Entries<K> implements Iterator<Map.Entry<K, LocalDate>> {
    final Almanac almanac;
    private Map.@Nullable Entry<K, LocalDate> next;
    private boolean ended;

    Entries(Almanac almanac) {
      this.almanac = almanac;
    }

    abstract boolean advance();

    abstract Map.Entry<K, LocalDate> entry();

    @Override
    public boolean hasNext() {
      if (next == null && !ended) {
        if (advance()) {
          next = entry();
        } else {
          ended = true;
        }
      }
      return next != null;
    }

    @Override
    public Map.Entry<K, LocalDate> next() {
      Map.Entry<K, LocalDate> entry = hasNext() ? next : null;
      if (entry == null) {
        throw new NoSuchElementException();
      }
      next = null;
      return entry;
    }
  }
}
