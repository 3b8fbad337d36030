package dev.almanac.benchmarks.report;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Options of a command line, {@code --name value} or {@code --flag}, each at most once. */
public final class Options {
  private final Map<String, String> given = new LinkedHashMap<>();

  /**
   * Reads the arguments.
   *
   * @param valued names of the options that take a value
   * @param flags names of those that do not
   * @throws IllegalArgumentException if there is any other option, or a value is missing
   */
  public Options(List<String> arguments, Set<String> valued, Set<String> flags) {
    for (int i = 0; i < arguments.size(); i++) {
      String name = arguments.get(i).replaceFirst("^--", "");
      if (flags.contains(name)) {
        given.put(name, "");
      } else if (valued.contains(name) && i + 1 < arguments.size()) {
        given.put(name, arguments.get(++i));
      } else {
        throw new IllegalArgumentException(
            "An option is one of these; option=%s, with a value=%s, without=%s"
                .formatted(arguments.get(i), valued, flags));
      }
    }
  }

  /** The value of an option, or what stands for one that was not given. */
  public String text(String name, String otherwise) {
    return given.getOrDefault(name, otherwise);
  }

  /** As {@link #text}, a number; {@code _} and {@code ,} between digits are allowed. */
  public int number(String name, int otherwise) {
    String value = given.get(name);
    return value == null ? otherwise : Integer.parseInt(value.replaceAll("[_,]", ""));
  }

  /** As {@link #text}, a list at commas. */
  public List<String> list(String name, List<String> otherwise) {
    String value = given.get(name);
    return value == null ? otherwise : List.of(value.split(","));
  }

  /** The directory of results, {@code --results}. */
  public Path results() {
    return Path.of(text("results", "docs/results"));
  }

  /** Whether a flag was given. */
  public boolean flag(String name) {
    return given.containsKey(name);
  }

  /** The options as they were given, but for those that name a place on this machine. */
  public String command(String verb, Set<String> places) {
    StringBuilder command =
        new StringBuilder("java -jar benchmarks/target/benchmarks.jar ").append(verb);
    given.forEach(
        (name, value) -> {
          if (!places.contains(name)) {
            command.append(" --").append(name).append(value.isEmpty() ? "" : " " + value);
          }
        });
    return command.toString();
  }
}
