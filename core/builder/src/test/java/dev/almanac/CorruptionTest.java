package dev.almanac;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CorruptionTest {
  @TempDir Path folder;

  private enum Kind {
    EMPTY(new SampleRows()),
    NUMBER(new SampleRows().add(0, "2024-02-29")),
    DIRECT(SampleRows.dense(0, 40, 5)),
    HASHED(SampleRows.sparse(40, 5).add(0, "2024-02-29")),
    BLOCKS(SampleRows.clusters(200, 5)),
    TEXT(new SampleRows().add("caf\u00e9", "2024-02-29").add("x".repeat(128), "2024-03-01")),
    PACKED_TEXT(SampleRows.texts(40, 5));

    private final SampleRows rows;

    Kind(SampleRows rows) {
      this.rows = rows;
    }
  }

  private Path writable(Kind kind) throws IOException {
    Layout layout =
        switch (kind) {
          case NUMBER, TEXT -> Layout.ENTRIES;
          case BLOCKS -> Layout.BLOCKS;
          default -> Layout.AUTO;
        };
    Path file = kind.rows.build(folder, layout);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  /** Every length: {@code reliability.TornFileTest}; every bit: {@code reliability.BitFlipTest}. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void aFileThatIsCutShortIsRefusedByName(Kind kind) throws IOException {
    Path file = writable(kind);
    int whole = (int) Files.size(file);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (int length : new int[] {whole - 1, whole - 255, whole - 256, 256, 255, 1, 0}) {
        channel.truncate(length);
        String message =
            assertThrows(CorruptAlmanacException.class, () -> Almanac.open(file)).getMessage();
        assertTrue(
            message.startsWith(
                length == 0
                    ? "the file is empty"
                    : length == 1
                        ? "not an almanac file"
                        : "the file has no seal at its end, it was cut short or overwritten:"
                            + " fileBytes="
                            + length),
            message);
        assertTrue(message.endsWith(", path=" + file), message);
        VerifyReport report = Almanac.verify(file);
        assertFalse(report.ok());
        assertTrue(report.damages().get(0).startsWith("footer: "), report.damages().get(0));
      }
    }
  }

  /** Whatever stands there, verify reports it and does not stumble over it. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void verifyReportsGarbageInEverySplitOfTheFile(Kind kind) throws IOException {
    Path file = writable(kind);
    byte[] whole = Files.readAllBytes(file);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (int at = 0; at < whole.length; at += 40) {
        for (int garbage : new int[] {0xFF, 0x80, 0x7F}) {
          for (int i = at; i < Math.min(whole.length, at + 64); i++) {
            write(channel, i, garbage);
          }
          if (!Arrays.equals(whole, Files.readAllBytes(file))) {
            assertFalse(Almanac.verify(file).ok(), "byte " + at);
            channel.write(ByteBuffer.wrap(whole), 0);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void lookupsInADamagedFileAnswerOrSaySo(Kind kind) throws IOException {
    Path file = writable(kind);
    byte[] whole = Files.readAllBytes(file);
    int opened = 0;
    int refused = 0;
    int thrown = 0;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (int at = 0; at < whole.length; at++) {
        if (whole[at] == 0 && at % 17 != 0) {
          continue; // Mostly padding.
        }
        for (int damaged : new int[] {whole[at] ^ 1 << at % 8, 0xFF}) {
          if ((byte) damaged == whole[at]) {
            continue;
          }
          write(channel, at, damaged);
          if (++opened % 2_000 == 0) {
            // A process may have some 65,000 mappings, and those of a closed almanac go with a
            // collection.
            System.gc();
          }
          try (Almanac almanac = Almanac.open(file)) {
            thrown += useThoroughly(almanac, at);
          } catch (CorruptAlmanacException | UnsupportedFormatException e) {
            refused++;
          }
        }
        write(channel, at, whole[at]);
      }
    }
    assertTrue(refused >= 100, "most of the footer's damages must be refused: refused=" + refused);
    assertTrue(kind == Kind.EMPTY || thrown > 0, "some damage must be met by a lookup");
  }

  private static void write(FileChannel channel, int at, int value) throws IOException {
    channel.write(ByteBuffer.wrap(new byte[] {(byte) value}), at);
  }

  private interface Use {
    void run();
  }

  /** How many of the uses ended in the documented exception; any other goes up. */
  private static int useThoroughly(Almanac almanac, int at) {
    long[] ids = {0, 1, -1, 39, 40, Long.MIN_VALUE, Long.MAX_VALUE};
    CharSequence[] texts = {"caf\u00e9", "x".repeat(128), "0", "", "39"};
    int thrown = 0;
    thrown += use(at, () -> almanac.codes(ids, new int[ids.length]));
    thrown += use(at, () -> almanac.codes(texts, new int[texts.length]));
    for (long id : ids) {
      thrown += use(at, () -> almanac.code(id));
      thrown += use(at, () -> almanac.date(id));
    }
    for (CharSequence text : texts) {
      thrown += use(at, () -> almanac.code(text));
    }
    if (almanac.idKind() == IdKind.LONG) {
      thrown += use(at, () -> almanac.forEach((id, code) -> almanac.dictionary().text(code)));
      thrown += use(at, () -> almanac.asMap().forEach((id, date) -> {}));
    } else {
      thrown += use(at, () -> almanac.forEachText((id, code) -> almanac.dictionary().text(code)));
      thrown += use(at, () -> almanac.asTextMap().forEach((id, date) -> {}));
    }
    use(at, almanac::info);
    use(at, almanac::toString);
    return thrown;
  }

  private static int use(int at, Use use) {
    try {
      use.run();
      return 0;
    } catch (UncheckedIOException e) {
      assertTrue(e.getCause() instanceof CorruptAlmanacException, () -> "byte " + at + ": " + e);
      return 1;
    } catch (RuntimeException | Error e) {
      return fail("byte " + at + ": a lookup must answer or say that the file is damaged", e);
    }
  }

  @Test
  void aFileThatIsCutShortUnderItsReaderIsNoticed() throws IOException {
    Path file = writable(Kind.DIRECT);
    try (Almanac almanac = Almanac.open(file)) {
      assertTrue(almanac.code(7) >= 0);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(Files.size(file) - 8);
      }
      String rule =
          "a sealed file must not be cut short or written while it is read: the seal at its end is"
              + " gone";
      for (Use use :
          new Use[] {
            () -> almanac.code(7),
            () -> almanac.code(99_999),
            () -> almanac.codes(new long[] {7}, new int[1]),
            () -> almanac.forEach((id, code) -> {})
          }) {
        UncheckedIOException refused = assertThrows(UncheckedIOException.class, use::run);
        assertTrue(refused.getCause() instanceof CorruptAlmanacException);
        assertEquals(rule + ", path=" + file, refused.getCause().getMessage());
      }
    }
  }

  @Test
  void aFileThatIsEmptiedUnderItsReaderIsNoticed() throws IOException {
    Path file = SampleRows.texts(20_000, 30).build(folder, Layout.AUTO);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    try (Almanac almanac = Almanac.open(file)) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(0);
      }
      for (Use use :
          new Use[] {
            () -> almanac.code("x"),
            () -> almanac.code(7),
            () -> almanac.codes(new String[] {"x"}, new int[1]),
            () -> almanac.forEachText((id, code) -> {})
          }) {
        UncheckedIOException refused = assertThrows(UncheckedIOException.class, use::run);
        assertTrue(refused.getCause() instanceof CorruptAlmanacException, () -> refused.toString());
      }
    }
  }

  @Test
  void anotherFormatVersionIsRefused() throws IOException {
    Path file = writable(Kind.NUMBER);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      write(channel, (int) channel.size() - 12, 2);
    }
    UnsupportedFormatException refused =
        assertThrows(UnsupportedFormatException.class, () -> Almanac.open(file));
    assertEquals(2, refused.foundVersion());
    assertEquals(
        "the format version must be one that this library reads: formatVersion=2 supported=1, path="
            + file,
        refused.getMessage());
    assertEquals("footer: " + refused.getMessage(), Almanac.verify(file).damages().get(0));
  }

  @Test
  void anotherEditionThanTheExpectedIsRefused() throws IOException {
    Path file = writable(Kind.NUMBER);
    String edition = Almanac.verify(file).edition();
    Almanac.open(file, edition).close();
    Almanac.open(file, edition.toUpperCase(Locale.ROOT)).close();
    String other = "0".repeat(64);
    CorruptAlmanacException refused =
        assertThrows(CorruptAlmanacException.class, () -> Almanac.open(file, other));
    assertEquals(
        "the file must be the expected edition: found="
            + edition
            + " expected="
            + other
            + ", path="
            + file,
        refused.getMessage());
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    Path missing = folder.resolve("missing.almanac");
    assertEquals(
        missing + ": there is no such file",
        assertThrows(NoSuchFileException.class, () -> Almanac.open(missing)).getMessage());
    assertThrows(NoSuchFileException.class, () -> Almanac.verify(missing));
  }

  @Test
  void anEmptyFileIsRefused() throws IOException {
    Path empty = Files.createFile(folder.resolve("empty.almanac"));
    assertEquals(
        "the file is empty, path=" + empty,
        assertThrows(CorruptAlmanacException.class, () -> Almanac.open(empty)).getMessage());
    assertFalse(Almanac.verify(empty).ok());
  }

  @Test
  void aFolderIsRefused() {
    assertEquals(
        "an almanac must be a file, not a directory: path=" + folder,
        assertThrows(IOException.class, () -> Almanac.open(folder)).getMessage());
    assertEquals(
        "an almanac must be a file, not a directory: path=" + folder,
        assertThrows(IOException.class, () -> Almanac.verify(folder)).getMessage());
  }

  @Test
  void openingAPipeIsRefusedAndDoesNotWait() throws Exception {
    assertRefusesPipe(Almanac::open);
  }

  @Test
  void verifyingAPipeIsRefusedAndDoesNotWait() throws Exception {
    assertRefusesPipe(Almanac::verify);
  }

  private interface PathUse {
    Object on(Path path) throws IOException;
  }

  private void assertRefusesPipe(PathUse use) throws Exception {
    Path pipe = folder.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    CompletableFuture<Object> result =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return use.on(pipe);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    try {
      ExecutionException refused =
          assertThrows(ExecutionException.class, () -> result.get(300, TimeUnit.SECONDS));
      assertEquals(
          "an almanac must be a regular file: path=" + pipe,
          refused.getCause().getCause().getMessage());
    } catch (AssertionError e) {
      if (e.getCause() instanceof TimeoutException) {
        fail("it waits for someone to write into the pipe", e);
      }
      throw e;
    } finally {
      // Whoever still waits gets its writer, and the end of the pipe.
      new RandomAccessFile(pipe.toFile(), "rw").close();
    }
  }
}
