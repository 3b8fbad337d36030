package dev.almanac;

import java.time.LocalDate;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** A file as a {@link Map}: lookups by key, entries in the order of the file, no changes. */
final class ReadOnlyMap<K> extends AbstractMap<K, LocalDate> {
  private final CodeLookup lookup;
  private final ToIntFunction<@Nullable Object> codes;
  private final Supplier<Entries<K>> entries;

  /**
   * Puts the map together.
   *
   * @param codes the code of a key, {@link Almanac#ABSENT} also for one of another type
   * @param entries begins an iteration
   */
  ReadOnlyMap(
      CodeLookup lookup, ToIntFunction<@Nullable Object> codes, Supplier<Entries<K>> entries) {
    this.lookup = lookup;
    this.codes = codes;
    this.entries = entries;
  }

  @Override
  public int size() {
    return (int) Math.min(lookup.size(), Integer.MAX_VALUE);
  }

  @Override
  public boolean containsKey(@Nullable Object key) {
    return codes.applyAsInt(key) != DateDictionary.ABSENT;
  }

  @Override
  public @Nullable LocalDate get(@Nullable Object key) {
    return lookup.dictionary().dateOrNull(codes.applyAsInt(key));
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
        return entries.get();
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

  /** An iterator on top of a cursor, which is given by its methods. */
  static final class Entries<K> implements Iterator<Map.Entry<K, LocalDate>> {
    private final DateDictionary dictionary;
    private final BooleanSupplier advance;
    private final Supplier<K> id;
    private final IntSupplier code;
    private Map.@Nullable Entry<K, LocalDate> next;
    private boolean ended;

    Entries(DateDictionary dictionary, BooleanSupplier advance, Supplier<K> id, IntSupplier code) {
      this.dictionary = dictionary;
      this.advance = advance;
      this.id = id;
      this.code = code;
    }

    @Override
    public boolean hasNext() {
      if (next == null && !ended) {
        if (advance.getAsBoolean()) {
          next = Map.entry(id.get(), dictionary.date(code.getAsInt()));
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
