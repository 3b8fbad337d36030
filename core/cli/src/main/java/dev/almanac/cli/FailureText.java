package dev.almanac.cli;

import dev.almanac.CorruptAlmanacException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import picocli.CommandLine.ExecutionException;

/** What a person reads when a command fails: one line that names the rule and the file. */
final class FailureText {
  private FailureText() {}

  static String of(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof UncheckedIOException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof OutOfMemoryError) {
      return oneLine(
          "a command must fit the memory of its JVM: heapBytes="
              + Runtime.getRuntime().maxMemory()
              + " found="
              + cause.getMessage());
    }
    // The JDK's exceptions have the path alone for a message, and leave the rule to the type; the
    // library's have a reason.
    if (cause instanceof FileSystemException e) {
      return oneLine(rule(e) + ", path=" + e.getFile());
    }
    String message = cause.getMessage();
    if (cause instanceof CorruptAlmanacException) {
      return oneLine(message + "; damaged, or not made by build: 'almanac verify' says more");
    }
    if (cause instanceof IOException
        || cause instanceof IllegalArgumentException
        || cause instanceof IllegalStateException) {
      return oneLine(message == null ? cause.toString() : message);
    }
    return oneLine("unexpected failure, --stacktrace shows more: " + cause);
  }

  private static String rule(FileSystemException e) {
    if (e.getReason() != null) {
      return e.getReason();
    }
    if (e instanceof NoSuchFileException) {
      Path folder = Path.of(e.getFile()).toAbsolutePath().getParent();
      return folder == null || Files.isDirectory(folder)
          ? "the file or folder must exist"
          : "the folder of the file must exist";
    }
    if (e instanceof AccessDeniedException) {
      return "the permissions of the file or its folder must allow this";
    }
    if (e instanceof NotDirectoryException) {
      return "the path must be a folder";
    }
    if (e instanceof FileAlreadyExistsException) {
      return "the file must not exist yet";
    }
    if (e instanceof DirectoryNotEmptyException) {
      return "the folder must be empty";
    }
    return e.getClass().getSimpleName();
  }

  /**
   * Whether whoever read the output has gone, as in {@code almanac dump FILE | head}: nobody is
   * left to tell.
   */
  static boolean isClosedOutput(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException && "Broken pipe".equals(cause.getMessage())) {
        return true;
      }
    }
    return false;
  }

  /** The same text on one line, control characters escaped: text from a row may hold anything. */
  static String oneLine(String text) {
    StringBuilder line = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n' || c == '\r' || c == '\t') {
        line.append(' ');
      } else if (Character.isISOControl(c)) {
        line.append(String.format("\\u%04x", (int) c));
      } else {
        line.append(c);
      }
    }
    return line.toString().strip();
  }
}
