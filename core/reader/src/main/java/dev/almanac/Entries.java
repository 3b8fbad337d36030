package dev.almanac;

import dev.almanac.read.LongCursor;
import dev.almanac.read.LongTable;
import dev.almanac.read.SealedFile;
import dev.almanac.read.TextCursor;
import dev.almanac.read.TextTable;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The entries of an {@link Almanac} to walk over: all, those of a range of codes, or a part of
 * either, so that several threads can share the work. Immutable: {@link #codes} and {@link #part}
 * return other entries. A second call of one of them replaces the choice of the first.
 *
 * <pre>{@code
 * int first = dates.dictionary().ceiling(LocalDate.of(2024, 1, 1));   // ABSENT if all are earlier
 * int last = dates.dictionary().floor(LocalDate.of(2024, 12, 31));
 * dates.entries().codes(first, last).forEach((id, code) -> ...);
 * }</pre>
 *
 * <p>A walk reads the file once from front to back and gives the entries in the order of the file,
 * which is not the order of the IDs. A range of codes reads the whole file too. Safe for any number
 * of threads. A walk throws what lookups throw, and what its consumer throws.
 */
public final class Entries {
  private final @Nullable LongTable longTable;
  private final @Nullable TextTable textTable;
  private final SealedFile file;
  private final int firstCode;
  private final int lastCode;
  private final int part;
  private final int partCount;

  Entries(SealedFile file, @Nullable LongTable longTable, @Nullable TextTable textTable) {
    this(file, longTable, textTable, 0, Integer.MAX_VALUE, 0, 1);
  }

  private Entries(
      SealedFile file,
      @Nullable LongTable longTable,
      @Nullable TextTable textTable,
      int firstCode,
      int lastCode,
      int part,
      int partCount) {
    this.file = file;
    this.longTable = longTable;
    this.textTable = textTable;
    this.firstCode = firstCode;
    this.lastCode = lastCode;
    this.part = part;
    this.partCount = partCount;
  }

  /**
   * The entries whose code is from {@code first} to {@code last}, both included. As code order is
   * date order, these are the IDs of a range of dates. The range is empty if {@code first} is
   * {@link Almanac#ABSENT} or higher than {@code last}.
   */
  public Entries codes(int first, int last) {
    int lastOfNone = first == DateDictionary.ABSENT ? DateDictionary.ABSENT : last;
    return new Entries(file, longTable, textTable, first, lastOfNone, part, partCount);
  }

  /**
   * One of several parts. Each entry is in exactly one part, and the parts in their order give the
   * order of the file. Parts of a large file are about equal; in a small file some are empty.
   *
   * @param index from 0 to before {@code count}
   * @throws IndexOutOfBoundsException if {@code index} is not in that range
   */
  public Entries part(int index, int count) {
    Objects.checkIndex(index, count);
    return new Entries(file, longTable, textTable, firstCode, lastCode, index, count);
  }

  /**
   * Gives the entries of a numeric file to {@code consumer}.
   *
   * @throws IllegalStateException if the IDs are texts
   */
  public void forEach(EntryConsumer consumer) {
    LongTable table = longTable;
    if (table == null) {
      throw wrongKind(file, IdKind.LONG, "forEachText");
    }
    int parts = table.partCount();
    LongCursor cursor = table.cursor(begin(part, parts), begin(part + 1, parts));
    cursor.forEach(firstCode, lastCode, consumer::accept);
  }

  /**
   * Gives the entries of a file of text IDs to {@code consumer}.
   *
   * @throws IllegalStateException if the IDs are numbers
   */
  public void forEachText(TextEntryConsumer consumer) {
    forEachUtf8(
        (utf8, from, to, code) ->
            consumer.accept(new String(utf8, from, to - from, StandardCharsets.UTF_8), code));
  }

  /**
   * As {@link #forEachText}, with each ID as UTF-8. Makes no {@code String}.
   *
   * @throws IllegalStateException if the IDs are numbers
   */
  public void forEachUtf8(Utf8EntryConsumer consumer) {
    TextTable table = textTable;
    if (table == null) {
      throw wrongKind(file, IdKind.TEXT, "forEach");
    }
    int parts = table.partCount();
    TextCursor cursor = table.cursor(begin(part, parts), begin(part + 1, parts));
    while (cursor.next()) {
      if (cursor.code() >= firstCode && cursor.code() <= lastCode) {
        int from = cursor.idOffset();
        consumer.accept(cursor.idBytes(), from, from + cursor.idLength(), cursor.code());
      }
    }
  }

  static IllegalStateException wrongKind(SealedFile file, IdKind wanted, String instead) {
    return new IllegalStateException(
        "the IDs must be %s: idKind=%s, use %s, path=%s"
            .formatted(wanted, file.footer().idKind(), instead, file.path()));
  }

  /** Where a part begins, in the parts that the table can be walked in. At most {@code parts}. */
  private int begin(int index, int parts) {
    return (int) ((long) parts * index / partCount);
  }
}
