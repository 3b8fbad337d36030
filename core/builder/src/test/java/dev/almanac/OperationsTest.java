package dev.almanac;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every message that docs/operations.md explains is one that the library or the command line still
 * has.
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

  /** The sources, with string literals that are added to each other made one. */
  private static String literals() throws IOException {
    StringBuilder sources = new StringBuilder();
    for (Path folder : SOURCES) {
      try (Stream<Path> files = Files.walk(folder)) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .map(OperationsTest::read)
            .map(source -> source.replaceAll("\"\\s*\\+\\s*\"", ""))
            .forEach(source -> sources.append(source).append('\n'));
      }
    }
    return sources.toString();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
