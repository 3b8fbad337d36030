package dev.almanac;

import dev.almanac.format.Decimal;
import dev.almanac.format.Footer;
import dev.almanac.format.IdShape;
import dev.almanac.read.LongCursor;
import dev.almanac.read.LongTable;
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
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A sealed table of dates, opened for reading: ID to date code to date.
 *
 * <p>The file is mapped read-only and shared: every process that opens it reads the same physical
 * pages, nothing is copied and nothing is written, so a hundred workers need the memory of one. A
 * lookup takes no lock and allocates nothing.
 *
 * <p>Safe for any number of threads. {@link #close} may come at any time: a lookup that races with
 * it gives a right answer or an {@link IllegalStateException}. Lookups throw {@link
 * java.io.UncheckedIOException} with a {@link CorruptAlmanacException} inside when the file turns
 * out to be damaged, or was cut short under its readers.
 *
 * <p>One thing no check can catch: below Java 25, the Java virtual machine skips a read of a
 * mapping that faults in compiled code and throws an {@link InternalError} a moment later. A single
 * lookup in the very moment in which a file is cut short, or whose page the disk fails to read, can
 * give a wrong answer before that error arrives. Batches, walks and {@link #verify} cannot: batches
 * and walks wait for the error before they give an answer away, and {@code verify} reads without a
 * mapping. Once the file is cut, no lookup answers.
 *
 * <p>Reading needs no JVM flag and nothing but this jar and a Java 17 runtime.
 */
public final class Almanac extends CodeLookup {
  /** The code of an ID that the file does not hold. */
  public static final int ABSENT = -1;

  private final SealedFile file;
  private final DateDictionary dictionary;
  // One of the two: a file has one kind of IDs.
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
   * Opens a sealed file. Footer and dictionary are read and checked, the rest is mapped and comes
   * into memory as it is used; takes under a millisecond and then as long as it takes to read the
   * dictionary. For a check of every byte see {@link #verify}.
   *
   * <p>A file that is open in this process already is not mapped again: its users share the
   * mapping, each closes its own almanac, in any order, and the last one unmaps it.
   *
   * <p>An interrupt does not stop it, and the thread stays interrupted.
   *
   * @throws java.nio.file.NoSuchFileException if there is no such file, or no longer
   * @throws CorruptAlmanacException if it is not a whole sealed file, as far as footer and
   *     dictionary tell
   * @throws UnsupportedFormatException if its format version is another than this library's
   * @throws IOException if it cannot be read or mapped
   */
  public static Almanac open(Path path) throws IOException {
    return new Almanac(SealedFile.open(path));
  }

  /**
   * Opens a sealed file for one of several users in this process, such as the tasks of an executor:
   * one mapping for each inode, whose users are counted, closed in any order. The same as {@link
   * #open(Path)}, which shares too; the name says at the place of the call what is relied on.
   *
   * @throws IOException as {@link #open(Path)}
   */
  public static Almanac shared(Path path) throws IOException {
    return open(path);
  }

  /**
   * Opens a sealed file if it is this very edition. The edition in the footer is compared, the
   * content is not hashed again: an altered content under an unaltered footer is found by {@link
   * #verify}.
   *
   * @param expectedEdition the 64 hexadecimal digits of {@code BuildReport.edition()}
   * @throws CorruptAlmanacException also if it is another edition
   */
  public static Almanac open(Path path, String expectedEdition) throws IOException {
    Objects.requireNonNull(expectedEdition, "expectedEdition");
    return new Almanac(SealedFile.open(path, expectedEdition));
  }

  /**
   * As {@link #open(Path, String)}, after the check that {@link #verify} makes, of the same file.
   */
  static Almanac openVerified(Path path, @Nullable String edition) throws IOException {
    return new Almanac(SealedFile.openVerified(path, edition));
  }

  /**
   * Checks the whole file: every block against its checksum, the content against the edition, every
   * entry of the Chronicle Map against the way that a lookup would take to it. Reads the file
   * through {@code read()}, never through a mapping, so a file that shrinks or fails underneath
   * ends in an exception or a finding. Takes a few MB of heap and as much as the dictionary, and
   * the time to read and hash the file. An interrupt stops it.
   *
   * @throws IOException if the file cannot be read; damage is not thrown but reported
   */
  public static VerifyReport verify(Path path) throws IOException {
    return Verification.of(path);
  }

  /** The date code of an ID, or {@link #ABSENT}. */
  public int code(long id) {
    LongTable table = numbers;
    return table != null ? table.code(id) : texts().code(id);
  }

  /**
   * The date code of an ID, or {@link #ABSENT}. In a numeric file an ID is its canonical decimal:
   * {@code "7"} is there when 7 is, {@code "07"} and {@code "+7"} are not. A text with a lone
   * surrogate is never there.
   */
  public int code(CharSequence id) {
    TextTable table = texts;
    if (table != null) {
      return table.code(id);
    }
    long number = Decimal.parse(id);
    return number != Decimal.NONE || Decimal.isMinValue(id) ? code(number) : absent();
  }

  /**
   * The date code of an ID that is given as UTF-8, or {@link #ABSENT}; as {@link
   * #code(CharSequence)} without a text in between.
   *
   * @param utf8 holds the ID from {@code from} to before {@code to}
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

  /** What a text that no number writes is, unless the file is closed. */
  private int absent() {
    file.requireOpen();
    return ABSENT;
  }

  /**
   * The date of an ID, or null when the file does not hold it. Allocates only the first time that a
   * date is asked for.
   */
  @Override
  public @Nullable LocalDate date(long id) {
    return dictionary.dateOrNull(code(id));
  }

  /** The date of an ID, or null when the file does not hold it, see {@link #code(CharSequence)}. */
  @Override
  public @Nullable LocalDate date(CharSequence id) {
    return dictionary.dateOrNull(code(id));
  }

  /**
   * The codes of many IDs: {@code codes[i]} becomes the code of {@code ids[i]}, or {@link #ABSENT}.
   * Two to three times as fast as one lookup after the other where they miss the caches, because
   * the misses of a group overlap. Batches of a few hundred IDs and more get all of it.
   *
   * @throws IndexOutOfBoundsException if {@code codes} is shorter than {@code ids}
   */
  public void codes(long[] ids, int[] codes) {
    codes(ids, 0, codes, 0, ids.length);
  }

  /** As {@link #codes(long[], int[])}, for ranges of the arrays. */
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

  /** As {@link #codes(long[], int[])}, for text IDs. */
  public void codes(CharSequence[] ids, int[] codes) {
    codes(ids, 0, codes, 0, ids.length);
  }

  /** As {@link #codes(long[], int, int[], int, int)}, for text IDs. */
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
   * The codes of many IDs that lie in one array as UTF-8, the fields of delimited rows say: {@code
   * codes[i]} becomes the code of the ID from {@code starts[i]} to before {@code ends[i]}, or
   * {@link #ABSENT}.
   *
   * @param count how many IDs
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
      for (int i = 0; i < count; i++) {
        codes[i] = code(utf8, starts[i], ends[i]);
      }
      file.endBatch();
    }
  }

  /** The distinct dates of the file. */
  @Override
  public DateDictionary dictionary() {
    return dictionary;
  }

  /**
   * A read-only {@link Map} over a numeric file. A view: each {@code get} is a lookup, iteration
   * goes in the order of the file, and {@code size()} is capped at {@link Integer#MAX_VALUE} as
   * {@link Map#size()} says.
   *
   * <p>The keys are {@link Long} objects, as in any {@code Map<Long, ...>}: {@code get(42L)} finds
   * ID 42, but {@code get(42)} asks for an {@link Integer}, which is no key, and returns null;
   * {@code getOrDefault(42, date)} returns the default. Prefer {@link #date(long)}, which takes
   * both.
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
   * A read-only {@link Map} over a file of text IDs, see {@link #asMap()}. The keys are {@link
   * String} objects: another {@link CharSequence} is no key.
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
   * Gives every entry of a numeric file to {@code consumer}, in the order of the file (not of the
   * IDs), at the speed of memory.
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

  /** The entries, to walk over those of a range of dates, or in parts by several threads. */
  public Entries entries() {
    return new Entries(this, numbers, texts);
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
  boolean isClosed() {
    return file.isClosed();
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
      throw wrongKind(IdKind.LONG, instead);
    }
    return numbers;
  }

  private TextTable texts(String instead) {
    if (texts == null) {
      throw wrongKind(IdKind.TEXT, instead);
    }
    return texts;
  }

  /** The table, where {@link #numbers} is none. */
  private TextTable texts() {
    return Objects.requireNonNull(texts);
  }

  IllegalStateException wrongKind(IdKind wanted, String instead) {
    return new IllegalStateException(
        "the IDs must be "
            + wanted
            + ": idKind="
            + idKind()
            + ", use "
            + instead
            + ", path="
            + file.path());
  }

  /** How many IDs the file holds. */
  @Override
  public long size() {
    return file.footer().idCount();
  }

  /** {@link IdKind#LONG} or {@link IdKind#TEXT}. */
  @Override
  public IdKind idKind() {
    return file.footer().idKind();
  }

  /**
   * The SHA-256 of the file's content, 64 hexadecimal digits: two files of one edition are the
   * same, byte for byte.
   */
  @Override
  public String edition() {
    return file.footer().edition();
  }

  /** The name under which the file was opened. */
  public Path path() {
    return file.path();
  }

  /** What the footer says. */
  public AlmanacInfo info() {
    Footer f = file.footer();
    IdShape shape = file.shape();
    boolean hasRange = f.idKind() == IdKind.LONG && f.idCount() > 0;
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
        shape == null ? null : shape.pattern(),
        f.entryCount(),
        f.geometry().segmentCount(),
        f.geometry().slotCount(),
        f.fileBytes(),
        f.geometry().storeBytes());
  }

  /**
   * Brings the whole file into memory, so that the first lookups do not wait for the disk. Takes as
   * long as reading it.
   */
  public void preload() {
    file.load();
  }

  /**
   * How many bytes of the file are in memory now, in any process's use; an estimate that may be out
   * of date at once.
   */
  public long residentBytes() {
    return file.residentBytes();
  }

  /**
   * Ends this use of the file. Lookups after it throw {@link IllegalStateException}. With the last
   * use in this process the file is unmapped on Java 22 and later. Below, the garbage collector
   * unmaps it; a program that opens many files and collects seldom gets a collection requested when
   * a thousand closed ones are still mapped. Closing twice does nothing.
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
