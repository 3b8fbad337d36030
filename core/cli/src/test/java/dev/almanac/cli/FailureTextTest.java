package dev.almanac.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.CorruptAlmanacException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.Model.CommandSpec;

class FailureTextTest {
  @TempDir Path folder;

  private CommandSpec build(Object... arguments) {
    String[] words = new String[arguments.length + 1];
    words[0] = "build";
    for (int i = 0; i < arguments.length; i++) {
      words[i + 1] = arguments[i].toString();
    }
    PrintStream errors = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    CommandLine line =
        AlmanacCommand.commandLine(new Streams(InputStream.nullInputStream(), errors, errors));
    return line.parseArgs(words).subcommand().commandSpec();
  }

  private CommandSpec build() {
    return build("rows.txt", "-o", "x.almanac");
  }

  @Test
  void eachKindOfFailureHasItsSentence() {
    String file = folder.resolve("x").toString();
    CommandSpec command = build();
    assertText("there is no such file or folder", new NoSuchFileException(file));
    assertEquals(
        "there is no such file or folder, path=/, the folder of --output",
        FailureText.of(new NoSuchFileException("/"), command));
    assertText("the folder of the file does not exist", new NoSuchFileException(file + "/y/z"));
    assertText("permission denied for the file or its folder", new AccessDeniedException(file));
    assertText("not a folder", new NotDirectoryException(file));
    assertText("the file exists already", new FileAlreadyExistsException(file));
    assertText("the folder is not empty", new DirectoryNotEmptyException(file));
    assertText("FileSystemLoopException", new FileSystemLoopException(file));
    assertText("too many links", new FileSystemException(file, null, "too many links"));
    assertText("busy", new FileSystemException(null, null, "busy"));
    assertEquals(
        "what a\\nsource said", FailureText.of(new IOException("what a\nsource said"), command));
    assertEquals("wrong", FailureText.of(new IllegalArgumentException("wrong"), command));
    assertEquals("closed", FailureText.of(new IllegalStateException("closed"), command));
    assertEquals("java.io.IOException", FailureText.of(new IOException(), command));
    assertEquals(
        "unexpected failure, --stacktrace shows more: java.lang.ArithmeticException: by zero",
        FailureText.of(new ArithmeticException("by zero"), command));
    assertEquals(
        "unexpected failure, --stacktrace shows more: java.lang.ArithmeticException",
        FailureText.of(new ArithmeticException(), command));
    assertEquals(
        "a page is bad, path=x; the file is damaged: 'almanac verify' says more",
        FailureText.of(new CorruptAlmanacException("a page is bad", Path.of("x")), command));
    assertEquals(
        "not an almanac file, path=x",
        FailureText.of(new CorruptAlmanacException("not an almanac file", Path.of("x")), command));
  }

  private void assertText(String sentence, FileSystemException failure) {
    assertEquals(sentence + ", path=" + failure.getFile(), FailureText.of(failure, build()));
  }

  @Test
  void whatWrapsAFailureIsLeftOut() {
    CommandSpec command = build();
    IOException cause = new IOException("the cause");
    assertEquals("the cause", FailureText.of(new UncheckedIOException(cause), command));
    assertEquals(
        "the cause",
        FailureText.of(
            new ExecutionException(
                command.commandLine(), "it failed", new UncheckedIOException("so", cause)),
            command));
    assertEquals(
        "unexpected failure, --stacktrace shows more: picocli.CommandLine$ExecutionException:"
            + " it failed",
        FailureText.of(new ExecutionException(command.commandLine(), "it failed"), command));
    String heap = FailureText.of(new OutOfMemoryError("Java\theap"), command);
    assertEquals(
        "the heap of the JVM is too small for the command, java -Xmx gives more: heapBytes="
            + Runtime.getRuntime().maxMemory()
            + " found=Java\\theap",
        heap);
  }

  @Test
  void aPathIsSaidToBeWhatItWasGivenAs() {
    Path rows = folder.resolve("in/rows.txt");
    Path more = folder.resolve("more/rows.txt");
    Path output = folder.resolve("out/dates.almanac");
    CommandSpec command =
        build(rows, more, "-o", output, "--temp", folder.resolve("in/../temp"), "--null", "x");
    assertPurpose(", given as INPUT", rows, command);
    assertPurpose(", given as INPUT", more, command);
    assertPurpose(", given as INPUT", folder.resolve("out/../in/rows.txt"), command);
    assertPurpose(", given as --output", output, command);
    assertPurpose(", given as --temp", folder.resolve("temp"), command);
    assertPurpose(", in the folder given as --temp", folder.resolve("temp/a/b"), command);
    assertPurpose(", the folder of --output", folder.resolve("out"), command);
    assertPurpose(", the folder of INPUT", folder.resolve("more"), command);
    assertPurpose(", beside the file given as --output", folder.resolve("out/.temp"), command);
    assertPurpose("", folder.resolve("elsewhere/x"), command);
  }

  private static void assertPurpose(String purpose, Path path, CommandSpec command) {
    FileSystemException failure = new FileSystemException(path.toString(), null, "busy");
    assertEquals("busy, path=" + path + purpose, FailureText.of(failure, command));
  }

  @Test
  void anOutputThatNobodyReadsIsFoundAmongTheCauses() {
    ClosedOutputException closed = new ClosedOutputException(new IOException("Broken pipe"));
    assertTrue(FailureText.isClosedOutput(closed));
    assertTrue(FailureText.isClosedOutput(new IOException(new UncheckedIOException(closed))));
    assertFalse(FailureText.isClosedOutput(new IOException("Broken pipe")));
  }

  /** Every character, beside what Unicode calls it. */
  @Test
  void onlyCharactersThatAreSeenStayAsTheyAre() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c += c < 0x3000 ? 1 : 997) {
      int type = Character.getType(c);
      boolean seen =
          Character.isLetterOrDigit(c)
              || type >= Character.DASH_PUNCTUATION && type <= Character.FINAL_QUOTE_PUNCTUATION
              || type == Character.NON_SPACING_MARK
              || type == Character.ENCLOSING_MARK
              || type == Character.COMBINING_SPACING_MARK
              || type == Character.LETTER_NUMBER
              || type == Character.OTHER_NUMBER
              || c == ' ';
      String shown =
          switch (c) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default ->
                seen
                    ? Character.toString(c)
                    : c <= 0xffff ? "\\u%04x".formatted(c) : "\\u{%x}".formatted(c);
          };
      assertEquals("a" + shown + "z", FailureText.visible("a" + Character.toString(c) + "z"));
    }
  }
}
