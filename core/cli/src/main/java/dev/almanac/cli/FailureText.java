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
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What a person reads when a command fails: one line that says what is wrong, and with what. */
final class FailureText {
  private FailureText() {}

  static String of(Throwable failure, CommandSpec command) {
    Throwable cause = failure;
    while ((cause instanceof UncheckedIOException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof OutOfMemoryError) {
      return visible(
          "the heap of the JVM is too small for the command, java -Xmx gives more: heapBytes="
              + Runtime.getRuntime().maxMemory()
              + " found="
              + cause.getMessage());
    }
    // The JDK's exceptions have the path alone for a message, and leave what is wrong to the type;
    // the library's have a reason.
    if (cause instanceof FileSystemException e) {
      return visible(sentence(e) + ", path=" + e.getFile() + purpose(e.getFile(), command));
    }
    String message = cause.getMessage();
    if (message == null) {
      message = cause.toString();
    }
    if (cause instanceof CorruptAlmanacException && !message.startsWith("not an almanac file")) {
      return visible(message + "; the file is damaged: 'almanac verify' says more");
    }
    if (cause instanceof IOException
        || cause instanceof IllegalArgumentException
        || cause instanceof IllegalStateException) {
      return visible(message);
    }
    return visible("unexpected failure, --stacktrace shows more: " + cause);
  }

  private static String sentence(FileSystemException e) {
    if (e.getReason() != null) {
      return e.getReason();
    }
    if (e instanceof NoSuchFileException) {
      Path folder = Path.of(e.getFile()).toAbsolutePath().getParent();
      return folder == null || Files.isDirectory(folder)
          ? "there is no such file or folder"
          : "the folder of the file does not exist";
    }
    if (e instanceof AccessDeniedException) {
      return "permission denied for the file or its folder";
    }
    if (e instanceof NotDirectoryException) {
      return "not a folder";
    }
    if (e instanceof FileAlreadyExistsException) {
      return "the file exists already";
    }
    if (e instanceof DirectoryNotEmptyException) {
      return "the folder is not empty";
    }
    return e.getClass().getSimpleName();
  }

  /** Which argument gave a path, or the folder that it lies in: what the path is for. */
  private static String purpose(@Nullable String file, CommandSpec command) {
    if (file == null) {
      return "";
    }
    Path path = Path.of(file).toAbsolutePath().normalize();
    String found = "";
    for (ArgSpec argument : command.args()) {
      for (Path given : paths(argument.getValue())) {
        String name =
            argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
        if (given.equals(path)) {
          return ", given as " + name;
        }
        if (given.startsWith(path)) {
          found = ", the folder of " + name;
        } else if (path.startsWith(given)) {
          found = ", in the folder given as " + name;
        } else if (Objects.equals(path.getParent(), given.getParent()) && found.isEmpty()) {
          found = ", beside the file given as " + name;
        }
      }
    }
    return found;
  }

  private static List<Path> paths(@Nullable Object value) {
    Collection<?> values = value instanceof Collection<?> several ? several : List.of();
    return (value instanceof Path one ? List.of(one) : values)
        .stream()
            .filter(Objects::nonNull)
            .filter(each -> each instanceof Path)
            .map(each -> ((Path) each).toAbsolutePath().normalize())
            .toList();
  }

  /** Whether whoever read the output has gone, as in {@code almanac dump FILE | head}. */
  static boolean isClosedOutput(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ClosedOutputException) {
        return true;
      }
    }
    return false;
  }

  /**
   * The text on one line, with every character escaped that nobody would see: text from a row may
   * hold anything.
   */
  static String visible(String text) {
    StringBuilder line = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> {
                  if (isVisible(c)) {
                    line.appendCodePoint(c);
                  } else {
                    line.append(String.format(c < 0x10000 ? "\\u%04x" : "\\u{%x}", c));
                  }
                }
              }
            });
    return line.toString();
  }

  private static boolean isVisible(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> c == ' ';
      default -> true;
    };
  }
}
