package dev.almanac.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Command;

/**
 * Every way in which rows can be bad has an answer that names the place, and leaves nothing in the
 * output's folder. Failing commands print nothing but their message, so these need no process.
 */
class BadInputTest {
  @TempDir Path input;
  @TempDir Path output;
  private Path target;

  @BeforeEach
  void nameTarget() {
    target = output.resolve("dates.almanac");
  }

  @AfterEach
  void nothingIsLeftBehind() throws Exception {
    assertEquals(Set.of(), AlmanacJar.names(output));
  }

  @Test
  void aMissingFile() throws Exception {
    Path missing = input.resolve("missing.txt");
    check(refusal(missing), "must exist", missing.toString());
  }

  @Test
  void aFolder() throws Exception {
    check(refusal(input), "must be a file", input.toString());
  }

  @Test
  void anEmptyFileWhereAHeaderMustBe() throws Exception {
    Path rows = rows("");
    check(refusal(rows, "--header"), "header", rows.toString());
  }

  @Test
  void noSuchColumnByName() throws Exception {
    Path rows = rows("order|due\n1|2024-02-29\n");
    check(
        refusal(rows, "--header", "--id-column", "order", "--date-column", "shipped"),
        "shipped",
        "order",
        "due",
        rows.toString());
  }

  @Test
  void noSuchColumnByNumber() throws Exception {
    Path rows = rows("1|2024-02-29\n2|2024-03-01\n");
    check(refusal(rows, "--date-column", 3), "column", "3", "file=" + rows, "line=1");
  }

  @Test
  void aRowWithTooFewColumns() throws Exception {
    Path rows = rows("1|2024-02-29\n2\n3|2024-03-01\n");
    check(refusal(rows), "column", "file=" + rows, "line=2");
  }

  @Test
  void aDateThatDoesNotParse() throws Exception {
    Path rows = rows("1|2024-02-29\n2|2024-03-01\n3|2024-02-30\n");
    check(refusal(rows), "date", "2024-02-30", "file=" + rows, "line=3");
  }

  @Test
  void aDateInAnotherFormat() throws Exception {
    Path rows = rows("1|2024-02-29\n");
    check(refusal(rows, "--date-format", "basic"), "basic", "2024-02-29", "line=1");
  }

  @Test
  void anEmptyId() throws Exception {
    Path rows = rows("1|2024-02-29\n|2024-03-01\n");
    check(refusal(rows), "an ID must not be empty", "file=" + rows, "line=2");
  }

  @Test
  void anIdOfMoreThan1024Bytes() throws Exception {
    // As characters it is short enough.
    Path rows = rows("é".repeat(512) + "|2024-02-29\n" + "é".repeat(512) + "x|2024-02-29\n");
    check(refusal(rows), "1,024 bytes", "1025", "file=" + rows, "line=2");
  }

  @Test
  void invalidUtf8() throws Exception {
    Path rows = input.resolve("rows.txt");
    Files.write(rows, "1|2024-02-29\n\u00e9|2024-02-29\n".getBytes(StandardCharsets.ISO_8859_1));
    check(refusal(rows), "UTF-8", "file=" + rows, "line=2");
  }

  @Test
  void aNumberThatIsNone() throws Exception {
    Path rows = rows("1|2024-02-29\n007|2024-03-01\n");
    check(
        refusal(rows, "--ids", "long"),
        "an ID must be a canonical signed 64-bit decimal",
        "007",
        "line=2");
  }

  @Test
  void twoDatesForOneIdWhereThatIsForbidden() throws Exception {
    Path rows = rows("1|2024-02-29\n2|2024-02-29\n1|2024-03-01\n");
    check(refusal(rows, "--on-duplicate", "fail"), "2024-02-29", "2024-03-01", "line=3");
  }

  @Test
  void aRowLongerThanAnyCanBe() throws Exception {
    Path rows = rows("1|2024-02-29\n2|" + "x".repeat(1 << 21) + "\n");
    check(refusal(rows), "a row must take at most", "file=" + rows, "line=2");
  }

  @Test
  void anOutputFolderThatIsMissing() throws Exception {
    target = output.resolve("no-such-folder/dates.almanac");
    check(refusal(rows("1|2024-02-29\n")), "folder must exist", "no-such-folder");
  }

  @Test
  void anOutputFolderThatIsAFile() throws Exception {
    Path rows = rows("1|2024-02-29\n");
    target = rows.resolve("dates.almanac");
    check(refusal(rows), "folder", rows.toString());
  }

  @Test
  void anOutputThatIsAFolder() throws Exception {
    Path rows = rows("1|2024-02-29\n");
    target = input;
    check(refusal(rows), "the target must be a file", input.toString());
    assertEquals(Set.of("rows.txt"), AlmanacJar.names(input));
  }

  @Test
  void anOutputThatIsNoRegularFile() throws Exception {
    Path rows = rows("1|2024-02-29\n");
    // Stands for /dev/null, which no test should risk.
    target = input.resolve("socket");
    try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(target));
      check(refusal(rows), "the target must be a regular file", target.toString());
    }
  }

  @Test
  void aRejectsFolderThatIsMissing() throws Exception {
    Path rejects = output.resolve("no-such-folder/rejects.txt");
    check(
        refusal(rows("1|2024-02-29\n"), "--on-bad-row", "skip", "--rejects", rejects),
        "the folder of the file does not exist",
        rejects.getParent().toString(),
        "given as --rejects");
  }

  @Test
  void aDemoThatWouldFillTheDisk() {
    check(
        failure("demo", "--rows", Long.MAX_VALUE, "--directory", output),
        "the disk is too small for the rows of the demo",
        "path=" + output);
  }

  @Test
  void anErrorOfTheJvmIsAMessageToo() {
    @Command(name = "greedy")
    class Greedy implements Runnable {
      @Override
      public void run() {
        throw new OutOfMemoryError("Java heap space");
      }
    }
    ByteArrayOutputStream error = new ByteArrayOutputStream();
    Streams streams =
        new Streams(
            InputStream.nullInputStream(),
            OutputStream.nullOutputStream(),
            new PrintStream(error, true, StandardCharsets.UTF_8));
    assertEquals(
        ExitStatus.FAILED,
        AlmanacCommand.commandLine(streams).addSubcommand(new Greedy()).execute("greedy"));
    String message = error.toString(StandardCharsets.UTF_8);
    assertTrue(message.matches("almanac: .*heapBytes=.*Java heap space\n"), message);
  }

  @Test
  void anOutputFolderThatIsNotWritable() throws Exception {
    Path locked = Files.createDirectory(input.resolve("locked"));
    Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-xr-xr-x"));
    // The superuser may write into it all the same, but makes no file in /proc either.
    Path folder = Files.isWritable(locked) ? Path.of("/proc") : locked;
    target = folder.resolve("dates.almanac");
    check(refusal(rows("1|2024-02-29\n")), folder.toString());
    assertEquals(Set.of(), AlmanacJar.names(locked));
  }

  @Test
  void aFailedBuildLeavesTheOldFileAsItWas() throws Exception {
    Path old = Files.writeString(input.resolve("old.almanac"), "the old file");
    Path rows = rows("1|2024-02-29\n2|tomorrow\n");
    target = old;
    refusal(rows);
    assertEquals("the old file", Files.readString(old));
    assertEquals(Set.of("old.almanac", "rows.txt"), AlmanacJar.names(input));
  }

  @Test
  void aFileThatIsNoAlmanac() throws Exception {
    Path other = rows("1|2024-02-29\n".repeat(1_000));
    for (String command :
        List.of("get FILE 1", "dump FILE", "info FILE", "join FILE", "workers FILE")) {
      String[] words = command.replace("FILE", other.toString()).split(" ");
      String message = failure((Object[]) words);
      assertEquals("not an almanac file, path=" + other, message);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "get FILE 1",
        "join FILE",
        "dump FILE",
        "info FILE",
        "verify FILE",
        "workers FILE"
      })
  void aFileThatIsMissing(String command) {
    Path missing = input.resolve("missing.almanac");
    String message = failure((Object[]) command.replace("FILE", missing.toString()).split(" "));
    assertEquals("there is no such file, path=" + missing + ", given as FILE", message);
  }

  private String refusal(Path rows, Object... options) throws Exception {
    Object[] arguments = new Object[options.length + 4];
    arguments[0] = "build";
    arguments[1] = rows;
    arguments[2] = "-o";
    arguments[3] = target;
    System.arraycopy(options, 0, arguments, 4, options.length);
    SortedSet<String> before = AlmanacJar.names(input);
    String message = failure(arguments);
    assertEquals(before, AlmanacJar.names(input));
    return message;
  }

  private static String failure(Object... arguments) {
    return InProcess.run(arguments).refusal(ExitStatus.FAILED);
  }

  private static void check(String message, String... parts) {
    for (String part : parts) {
      assertTrue(message.contains(part), "part=" + part + " message=" + message);
    }
    assertFalse(message.contains("Exception"), message);
  }

  private Path rows(String text) throws Exception {
    return Files.writeString(input.resolve("rows.txt"), text);
  }
}
