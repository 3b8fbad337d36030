package dev.almanac;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * docs/operations.md explains the messages that the library and the command line have: each of them
 * and no other.
 */
class OperationsTest {
  private static final Path PAGE = Path.of("../../docs/operations.md");
  private static final List<Path> SOURCES =
      List.of(
          Path.of("src/main/java"),
          Path.of("../reader/src/main/java"),
          Path.of("../cli/src/main/java"));

  @Test
  void everyExplainedMessageStandsInTheSources() throws IOException {
    List<String> messages = explained(Files.readString(PAGE));
    assertTrue(messages.size() > 40, messages::toString);
    String sources = literals();
    assertEquals(
        List.of(), messages.stream().filter(message -> !sources.contains(message)).toList());
  }

  /**
   * Not explained: damage, interrupts and misuse of arguments, which the page or the command's help
   * explain as a whole, and what internal packages say of a bug.
   */
  private static final Pattern MESSAGE =
      Pattern.compile(
          "(?:new (?!Corrupt|InterruptedIO|TypeConversion|UnsupportedOperation|IndexOutOf)"
              + "(\\w+Exception)|(refused\\w*))\\(\\s*(?:String\\.format\\(\\s*)?\"((?:[^\"\\\\]|\\\\.)+)\"");

  private static final Pattern INTERNAL =
      Pattern.compile(".*/(format|read|publish|workspace|choice|chronicle|pages|base|write)/.*");

  /** The experiment and what it needs: the command's help explains it. */
  private static final Pattern LABORATORY = Pattern.compile(".*/(workers|generator|report)/.*");

  @Test
  void everyMessageOfTheSourcesIsExplained() throws IOException {
    List<String> explained = explained(Files.readString(PAGE));
    List<String> unexplained = new ArrayList<>();
    int count = 0;
    for (Path source : sources()) {
      if (LABORATORY.matcher(source.toString()).matches()) {
        continue;
      }
      boolean internal = INTERNAL.matcher(source.toString()).matches();
      for (String message : messages(joined(source), internal)) {
        count++;
        if (explained.stream().noneMatch(message::contains)) {
          unexplained.add(source.getFileName() + ": " + message);
        }
      }
    }
    assertEquals(List.of(), unexplained);
    assertTrue(count > 100, "messages=" + count);
  }

  @Test
  void messagesAreFoundHoweverTheyAreWritten() {
    String source =
        "throw new IOException(\n"
            + "  \"one \" + \"message: x=\" + x);\n"
            + "new IllegalStateException(\"a \\\"bug\\\"\"); refusedHeader(\"two\"); new"
            + " Other(\"three\");new CorruptAlmanacException(\"four\"); new BuildException(text +"
            + " \"five\"); new IOException(String.format(\n\"six: y=%s\", y))";
    assertEquals(
        List.of("one message: x=", "a \\\"bug\\\"", "two", "six: y=%s"),
        messages(joined(source), false));
    assertEquals(List.of("one message: x=", "two", "six: y=%s"), messages(joined(source), true));
  }

  /** What exceptions say, of internal packages only what is not said of a bug. */
  private static List<String> messages(String source, boolean internal) {
    return MESSAGE
        .matcher(source)
        .results()
        .filter(
            found -> !internal || found.group(1) == null || !found.group(1).startsWith("Illegal"))
        .map(found -> found.group(3))
        .toList();
  }

  @Test
  void aMessageThatTheLibraryDoesNotHaveIsNotFound() throws IOException {
    List<String> messages = explained("| `a file must be blue` | it is not | paint it |\n");
    assertEquals(List.of("a file must be blue"), messages);
    assertFalse(literals().contains(messages.get(0)));
  }

  private static List<String> explained(String page) {
    return Pattern.compile("^\\| `([^`]+)` \\|", Pattern.MULTILINE)
        .matcher(page)
        .results()
        .map(row -> row.group(1))
        .toList();
  }

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (Path folder : SOURCES) {
      try (Stream<Path> files = Files.walk(folder)) {
        files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
      }
    }
    return sources;
  }

  private static String literals() throws IOException {
    StringBuilder sources = new StringBuilder();
    for (Path source : sources()) {
      sources.append(joined(source)).append('\n');
    }
    return sources.toString();
  }

  private static String joined(Path source) throws IOException {
    return joined(Files.readString(source));
  }

  /** String literals that are added to each other made one. */
  private static String joined(String source) {
    return source.replaceAll("\"\\s*\\+\\s*\"", "");
  }
}
