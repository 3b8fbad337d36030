package dev.almanac.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Almanac;
import dev.almanac.CorruptAlmanacException;
import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.SampleRows;
import dev.almanac.UnsupportedFormatException;
import dev.almanac.format.Footer;
import dev.almanac.format.FooterBytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A sealed file to damage: its bytes, what it answered before, and what it answers now. The file on
 * disk is writable, is damaged in place and repaired from {@link #whole}.
 */
final class Specimen implements AutoCloseable {
  /** What became of a damaged file, from the best to the worst. */
  enum Outcome {
    REFUSED("refused by open"),
    NAMED("opened, and a lookup said that the file is damaged"),
    AS_BEFORE("opened, every answer as before"),
    UNKNOWN_FOUND("opened, an unknown ID got a date of the dictionary"),
    OTHER_DATE("opened, a known ID got another date of the dictionary"),
    FALSE_ABSENT("opened, a known ID was absent");

    final String words;

    Outcome(String words) {
      this.words = words;
    }
  }

  /** So many, and of a larger file a sample. */
  private static final int MOST_KNOWN_IDS = 2_000;

  private static final int OPENS_PER_COLLECTION = 2_000;
  private static int openCount;

  final Path path;
  final byte[] whole;
  final Footer footer;
  final FileChannel channel;
  private final Map<String, String> dateById;
  private final long[] knownNumbers;
  private final String[] knownTexts;
  private final long[] unknownNumbers = {Long.MIN_VALUE, -1, 5_000_000_017L, Long.MAX_VALUE};
  private final String[] unknownTexts = {"", "unknown", "y".repeat(128), "5000000017"};

  private Specimen(Path path, Map<String, String> dateById) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    this.path = path;
    this.whole = Files.readAllBytes(path);
    this.footer =
        FooterBytes.decode(
            ByteBuffer.wrap(whole)
                .slice(whole.length - Footer.BYTES, Footer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN),
            whole.length,
            path);
    this.channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    this.dateById = dateById;
    boolean numbers = footer.idKind() == IdKind.LONG;
    List<String> known = dateById.keySet().stream().limit(MOST_KNOWN_IDS).toList();
    this.knownNumbers = numbers ? known.stream().mapToLong(Long::parseLong).toArray() : new long[0];
    this.knownTexts = numbers ? new String[0] : known.toArray(String[]::new);
    assertTrue(Almanac.verify(path).ok(), "a file must be whole before it is damaged");
    assertEquals(Outcome.AS_BEFORE, use());
  }

  /** Builds the rows. */
  static Specimen build(Path folder, SampleRows rows, Layout layout) throws IOException {
    return new Specimen(
        rows.build(Files.createTempDirectory(folder, "specimen"), layout), rows.dateById());
  }

  /** Overwrites some bytes of the file. */
  void write(byte[] bytes, int from, int length, long at) throws IOException {
    ByteBuffer source = ByteBuffer.wrap(bytes, from, length);
    while (source.hasRemaining()) {
      channel.write(source, at + source.position() - from);
    }
  }

  /** Puts the bytes of a range back. */
  void repair(int from, int length) throws IOException {
    write(whole, from, length, from);
  }

  /** Puts everything back. */
  void repair() throws IOException {
    channel.truncate(whole.length);
    repair(0, whole.length);
  }

  void assertWhole() throws IOException {
    assertTrue(Almanac.verify(path).ok(), () -> "a repaired file must verify: " + path);
    assertEquals(Outcome.AS_BEFORE, use());
  }

  /**
   * Opens the file and asks for known IDs and some unknown ones, one by one and in a batch. The
   * worst that came out; anything but an answer from the dictionary or a named exception is thrown.
   */
  Outcome use() throws IOException {
    if (++openCount % OPENS_PER_COLLECTION == 0) {
      // A process may have some 65,000 mappings, and those of a closed almanac go with a
      // collection.
      System.gc();
    }
    try (Almanac almanac = Almanac.open(path)) {
      Outcome worst = Outcome.AS_BEFORE;
      List<Lookup> lookups = new ArrayList<>();
      for (long id : knownNumbers) {
        lookups.add(new Lookup(() -> almanac.code(id), dateById.get(Long.toString(id))));
      }
      for (String id : knownTexts) {
        lookups.add(new Lookup(() -> almanac.code(id), dateById.get(id)));
      }
      for (long id : unknownNumbers) {
        lookups.add(new Lookup(() -> almanac.code(id), null));
      }
      for (String id : unknownTexts) {
        lookups.add(new Lookup(() -> almanac.code(id), null));
      }
      if (knownNumbers.length > 0) {
        int[] codes = new int[knownNumbers.length];
        Lookup batch =
            new Lookup(
                () -> {
                  almanac.codes(knownNumbers, codes);
                  return codes[0];
                },
                dateById.get(Long.toString(knownNumbers[0])));
        lookups.add(batch);
      }
      boolean named = false;
      for (Lookup lookup : lookups) {
        Outcome outcome = lookup.run(almanac);
        named |= outcome == Outcome.NAMED;
        worst = outcome.compareTo(worst) > 0 ? outcome : worst;
      }
      // A wrong answer beside a named damage is still a wrong answer.
      return named && worst == Outcome.AS_BEFORE ? Outcome.NAMED : worst;
    } catch (CorruptAlmanacException | UnsupportedFormatException e) {
      return Outcome.REFUSED;
    }
  }

  private interface Code {
    int of();
  }

  private record Lookup(Code code, String expectedText) {
    Outcome run(Almanac almanac) {
      try {
        int found = code.of();
        if (found == Almanac.ABSENT) {
          return expectedText == null ? Outcome.AS_BEFORE : Outcome.FALSE_ABSENT;
        }
        assertTrue(
            found >= 0 && found < almanac.dictionary().size(),
            () -> "a code must be in the dictionary: code=" + found);
        return expectedText == null
            ? Outcome.UNKNOWN_FOUND
            : almanac.dictionary().text(found).equals(expectedText)
                ? Outcome.AS_BEFORE
                : Outcome.OTHER_DATE;
      } catch (UncheckedIOException e) {
        assertTrue(e.getCause() instanceof CorruptAlmanacException, e::toString);
        return Outcome.NAMED;
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
