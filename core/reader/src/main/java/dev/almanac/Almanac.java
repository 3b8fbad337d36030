package dev.almanac;

import dev.almanac.format.Decimal;
import dev.almanac.format.Directory;
import dev.almanac.format.Footer;
import dev.almanac.format.IdShape;
import dev.almanac.read.LongCursor;
import dev.almanac.read.LongTable;
import dev.almanac.read.PageCacheRoom;
import dev.almanac.read.SealedFile;
import dev.almanac.read.TextCursor;
import dev.almanac.read.TextTable;
import dev.almanac.read.Verification;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An open Almanac file: a read-only table from ID to date code to date.
 *
 * <p>The file is mapped read-only and shared, so a hundred processes need the memory of one file. A
 * lookup of a code takes no lock, allocates nothing and writes nothing.
 *
 * <p>Safe for any number of threads. {@link #close} may be called at any time: a concurrent lookup
 * gives a right answer or throws an {@link IllegalStateException}. A lookup that finds the file
 * damaged or cut short throws an {@link java.io.UncheckedIOException} whose cause is a {@link
 * CorruptAlmanacException}.
 *
 * <p>One fault is beyond every check. Below Java 25, the Java virtual machine skips a read of a
 * mapping that faults in compiled code and throws an {@link InternalError} a moment later. A single
 * lookup at the very moment of a cut, or of a page that the disk fails to read, can give a wrong
 * answer before that error. Batches and walks wait for the error, and {@link #verify} reads without
 * a mapping. After a cut, no lookup answers.
 */
public final class Almanac extends CodeLookup {
  /** The code of an ID that the file does not hold. */
  public static final int ABSENT = DateDictionary.ABSENT;

  private static final int NUMBERS_IN_BATCH = 512;

  private final SealedFile file;
  private final DateDictionary dictionary;
  // A file has one of the two.
  private final @Nullable LongTable numbers;
  private final @Nullable TextTable texts;

  private Almanac(SealedFile file) {
    this(file, new DateDictionary(file.dictionary(), file.footer().dateCount()));
  }

  private Almanac(SealedFile file, DateDictionary dictionary) {
    this.file = file;
    this.dictionary = dictionary;
    Footer footer = file.footer();
    this.numbers = footer.idKind() == IdKind.LONG ? LongTable.of(file) : null;
    this.texts = footer.idKind() == IdKind.TEXT ? TextTable.of(file) : null;
  }

  /**
   * Opens a file. Reads and checks the footer and the dictionary, and maps the rest, which comes
   * into memory when it is used. Takes less than a millisecond plus the time to read the
   * dictionary, whatever the size of the file. {@link #verify} checks every byte.
   *
   * <p>All who open a file in one process share one mapping, which the last {@link #close} ends. An
   * interrupt does not stop the call; the thread stays interrupted.
   *
   * @throws java.nio.file.NoSuchFileException if there is no such file
   * @throws CorruptAlmanacException if the path is not an Almanac file, or its footer or dictionary
   *     is damaged
   * @throws UnsupportedFormatException if this library does not read its format version
   * @throws IOException if it cannot be read or mapped
   */
  public static Almanac open(Path path) throws IOException {
    return new Almanac(SealedFile.open(path));
  }

  /**
   * Opens a file if its footer states this edition. Only {@link #verify} hashes the content.
   *
   * @param expectedEdition the 64 hexadecimal digits of {@code BuildReport.edition()}
   * @throws CorruptAlmanacException also if it is another edition
   */
  public static Almanac open(Path path, String expectedEdition) throws IOException {
    Objects.requireNonNull(expectedEdition, "expectedEdition");
    return new Almanac(SealedFile.open(path, expectedEdition));
  }

  /** As {@link #open(Path, String)}, after the check of {@link #verify}, of the same file. */
  static Almanac openVerified(Path path, @Nullable String edition) throws IOException {
    return new Almanac(SealedFile.openVerified(path, edition));
  }

  /**
   * Checks the whole file: every block against its checksum, the content against the edition, and
   * where every ID lies. Reads without a mapping, so a file that shrinks or fails meanwhile ends in
   * an exception or is reported. Takes the time to read and hash the file, a few MB of heap, and
   * the heap for the dictionary. An interrupt stops it.
   *
   * @throws IOException if the file cannot be read; damage is not thrown but reported
   */
  public static VerifyReport verify(Path path) throws IOException {
    return Verification.of(path);
  }

  /** The date code of an ID, or {@link #ABSENT}. */
  @Override
  public int code(long id) {
    LongTable table = numbers;
    return table != null ? table.code(id) : texts().code(id);
  }

  /**
   * The date code of an ID, or {@link #ABSENT}. In a file of numbers a text stands for the number
   * whose canonical decimal it is: {@code "7"} finds 7; {@code "07"} and {@code "+7"} are absent. A
   * text with a lone surrogate is absent.
   */
  @Override
  public int code(CharSequence id) {
    TextTable table = texts;
    if (table != null) {
      return table.code(id);
    }
    long number = Decimal.parse(id);
    return number != Decimal.NONE || Decimal.isMinValue(id) ? code(number) : absent();
  }

  /**
   * The date code of an ID that is given as UTF-8, or {@link #ABSENT}. As {@link
   * #code(CharSequence)}, without making a {@code String}.
   *
   * @param utf8 an array that holds the ID, from index {@code from} to before {@code to}
   * @throws IndexOutOfBoundsException if the range does not lie in the array
   */
  public int code(byte[] utf8, int from, int to) {
    Objects.checkFromToIndex(from, to, utf8.length);
    TextTable table = texts;
    if (table != null) {
      return table.code(utf8, from, to - from);
    }
    long number = Decimal.parse(utf8, from, to);
    return number != Decimal.NONE || Decimal.isMinValue(utf8, from, to) ? code(number) : absent();
  }

  /**
   * The date code of the ID that {@link UUID#toString} writes, in lower case with hyphens, or
   * {@link #ABSENT}; as {@link #code(CharSequence)} without a text in between.
   */
  @Override
  public int code(UUID id) {
    Objects.requireNonNull(id, "id");
    TextTable table = texts;
    return table != null ? table.code(id) : absent();
  }

  /** The code of a text that is no number, unless the file is closed. */
  private int absent() {
    file.requireOpen();
    return ABSENT;
  }

  @Override
  public void codes(long[] ids, int idsOffset, int[] codes, int codesOffset, int length) {
    Objects.checkFromIndexSize(idsOffset, length, ids.length);
    Objects.checkFromIndexSize(codesOffset, length, codes.length);
    file.requireOpen();
    LongTable table = numbers;
    if (table != null) {
      table.codes(ids, idsOffset, codes, codesOffset, length);
    } else {
      for (int i = 0; i < length; i++) {
        codes[codesOffset + i] = texts().code(ids[idsOffset + i]);
      }
      file.endBatch();
    }
  }

  @Override
  public void codes(CharSequence[] ids, int idsOffset, int[] codes, int codesOffset, int length) {
    Objects.checkFromIndexSize(idsOffset, length, ids.length);
    Objects.checkFromIndexSize(codesOffset, length, codes.length);
    file.requireOpen();
    if (texts != null) {
      texts.codes(ids, idsOffset, codes, codesOffset, length);
    } else {
      for (int i = 0; i < length; i++) {
        codes[codesOffset + i] = code(ids[idsOffset + i]);
      }
      file.endBatch();
    }
  }

  /**
   * The codes of many IDs that lie in one array as UTF-8, such as fields of delimited rows: {@code
   * codes[i]} becomes the code of the ID from {@code starts[i]} to before {@code ends[i]}, or
   * {@link #ABSENT}.
   *
   * @param count the number of IDs
   * @throws IndexOutOfBoundsException if an array is shorter than {@code count}, or a range does
   *     not lie in {@code utf8}
   */
  public void codes(byte[] utf8, int[] starts, int[] ends, int[] codes, int count) {
    Objects.checkFromIndexSize(0, count, Math.min(starts.length, ends.length));
    Objects.checkFromIndexSize(0, count, codes.length);
    file.requireOpen();
    if (texts != null) {
      texts.codes(utf8, starts, ends, codes, count);
    } else {
      long[] numbers = new long[Math.min(count, NUMBERS_IN_BATCH)];
      for (int first = 0; first < count; first += numbers.length) {
        int length = Math.min(numbers.length, count - first);
        for (int i = 0; i < length; i++) {
          Objects.checkFromToIndex(starts[first + i], ends[first + i], utf8.length);
          numbers[i] = Decimal.parse(utf8, starts[first + i], ends[first + i]);
        }
        codes(numbers, 0, codes, first, length);
        for (int i = 0; i < length; i++) {
          if (numbers[i] == Decimal.NONE
              && !Decimal.isMinValue(utf8, starts[first + i], ends[first + i])) {
            codes[first + i] = ABSENT;
          }
        }
      }
    }
  }

  /** The distinct dates of the file. */
  @Override
  public DateDictionary dictionary() {
    return dictionary;
  }

  /**
   * A read-only {@link Map} view of a file of numbers. Each {@code get} is a lookup, iteration
   * follows the order of the file, and {@code size()} is at most {@link Integer#MAX_VALUE}. After
   * {@link #close} its methods throw {@link IllegalStateException}.
   *
   * <p>The keys are {@link Long} objects: {@code get(42L)} finds ID 42. {@code get(42)} asks for an
   * {@link Integer}, which is never a key, and returns null. {@link #date(long)} takes both.
   *
   * @throws IllegalStateException if the IDs are texts
   */
  public Map<Long, LocalDate> asMap() {
    LongTable table = numbers("asTextMap()");
    return new ReadOnlyMap<>(
        this,
        key -> key instanceof Long id ? table.code(id) : ABSENT,
        () -> {
          LongCursor cursor = table.cursor();
          return new ReadOnlyMap.Entries<>(dictionary, cursor::next, cursor::id, cursor::code);
        });
  }

  /**
   * A read-only {@link Map} view of a file of text IDs, see {@link #asMap()}. The keys are {@link
   * String} objects; another {@link CharSequence} is never a key.
   *
   * @throws IllegalStateException if the IDs are numbers
   */
  public Map<String, LocalDate> asTextMap() {
    TextTable table = texts("asMap()");
    return new ReadOnlyMap<>(
        this,
        key -> key instanceof String id ? table.code(id) : ABSENT,
        () -> {
          TextCursor cursor = table.cursor();
          return new ReadOnlyMap.Entries<>(dictionary, cursor::next, cursor::id, cursor::code);
        });
  }

  /**
   * Gives every entry of a file of numbers to {@code consumer}, in the order of the file, which is
   * not the order of the IDs. Reads the file once from front to back.
   *
   * @throws IllegalStateException if the IDs are texts
   */
  public void forEach(EntryConsumer consumer) {
    entries().forEach(consumer);
  }

  /**
   * Gives every entry of a file of text IDs to {@code consumer}, in the order of the file.
   *
   * @throws IllegalStateException if the IDs are numbers
   */
  public void forEachText(TextEntryConsumer consumer) {
    entries().forEachText(consumer);
  }

  /** The entries, to walk over a range of dates, or over a part in each of several threads. */
  public Entries entries() {
    return new Entries(file, numbers, texts);
  }

  @Override
  int batchIds() {
    return 1024;
  }

  @Override
  Almanac share() {
    return new Almanac(file.share(), dictionary);
  }

  @Override
  List<SealedFile> files() {
    return List.of(file);
  }

  @Override
  List<AlmanacInfo> infos() {
    return List.of(info());
  }

  private LongTable numbers(String instead) {
    if (numbers == null) {
      throw Entries.wrongKind(file, IdKind.LONG, instead);
    }
    return numbers;
  }

  private TextTable texts(String instead) {
    if (texts == null) {
      throw Entries.wrongKind(file, IdKind.TEXT, instead);
    }
    return texts;
  }

  /** The table, where {@link #numbers} is null. */
  private TextTable texts() {
    return Objects.requireNonNull(texts);
  }

  /** The number of IDs in the file. */
  @Override
  public long size() {
    return file.footer().idCount();
  }

  /** {@link IdKind#LONG} or {@link IdKind#TEXT}. */
  @Override
  public IdKind idKind() {
    return file.footer().idKind();
  }

  /** The SHA-256 of the content, as 64 hexadecimal digits. Equal files have equal editions. */
  @Override
  public String edition() {
    return file.footer().edition();
  }

  /** The name under which the file was opened. */
  public Path path() {
    return file.path();
  }

  /** What the footer says; costs no scan. */
  public AlmanacInfo info() {
    Footer f = file.footer();
    IdShape shape = file.shape();
    boolean hasRange = f.idKind() == IdKind.LONG && f.idCount() > 0;
    Directory directory = f.pages().directory();
    return new AlmanacInfo(
        file.path(),
        f.edition(),
        Footer.FORMAT_VERSION,
        f.chronicleVersion(),
        f.idKind(),
        f.idCount(),
        hasRange ? f.lowestId() : null,
        hasRange ? f.highestId() : null,
        f.dateCount(),
        f.dateCount() == 0 ? null : dictionary.date(0),
        f.dateCount() == 0 ? null : dictionary.date(f.dateCount() - 1),
        f.pages().layout(),
        f.pages().codeBits(),
        directory == null ? 0 : directory.blockCount(),
        directory == null ? 0 : directory.blockBits(),
        shape == null ? null : shape.pattern(),
        f.entryCount(),
        f.geometry().segmentCount(),
        f.geometry().slotCount(),
        f.fileBytes(),
        f.geometry().storeBytes());
  }

  /** Reads the whole file into the page cache. Takes the time to read it from the disk. */
  public void preload() {
    file.load(bytes -> {});
  }

  /**
   * As {@link #preload()}, and reports its progress after every 64 MiB and at the end.
   *
   * @param progress takes the bytes that are in memory so far, of {@link AlmanacInfo#fileBytes}; in
   *     the calling thread. What it throws ends the preload
   */
  public void preload(LongConsumer progress) {
    file.load(progress);
  }

  /**
   * The memory in bytes that this machine and the control groups of this process leave for the page
   * cache now. An estimate, in which cached file pages count, because the kernel can drop them. A
   * larger file does not stay in memory, and lookups read the disk again and again. Empty where the
   * kernel does not say, as on another system than Linux. Reads some ten small files.
   */
  public static OptionalLong availableBytes() {
    return new PageCacheRoom().bytes();
  }

  /** The number of bytes of the file that are in the page cache; an estimate. */
  public long residentBytes() {
    return file.residentBytes();
  }

  /**
   * Closes this use of the file. Later lookups throw {@link IllegalStateException}. The last close
   * in this process unmaps the file, or on Java 17 to 21 the garbage collector, which the library
   * calls if a thousand closed files are mapped. Closing twice does nothing.
   */
  @Override
  public void close() {
    file.close();
  }

  /** Path, IDs and edition, for logs. */
  @Override
  public String toString() {
    return "Almanac{path=%s idKind=%s idCount=%s edition=%s}"
        .formatted(file.path(), idKind(), size(), edition());
  }
}
