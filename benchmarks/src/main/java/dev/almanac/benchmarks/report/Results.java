package dev.almanac.benchmarks.report;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Results as they are kept: one JSON object in a file, which says what was measured, on which
 * machine and JDK, by which command. They hold no paths.
 */
public final class Results {
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  private Results() {}

  /** A result with its heading, to which the caller adds what was measured. */
  public static JsonObject heading(String kind, String command) throws IOException {
    JsonObject result = new JsonObject();
    result.addProperty("kind", kind);
    result.addProperty("command", command);
    result.addProperty("date", LocalDate.now().toString());
    result.add("machine", machine());
    return result;
  }

  private static JsonObject machine() throws IOException {
    JsonObject machine = new JsonObject();
    machine.addProperty("processor", valueOf(Path.of("/proc/cpuinfo"), "model name"));
    machine.addProperty("cores", Runtime.getRuntime().availableProcessors());
    String memory = valueOf(Path.of("/proc/meminfo"), "MemTotal").replaceAll("[^0-9]", "");
    machine.addProperty("memoryGib", Math.round(Long.parseLong(memory) / (double) (1 << 20)));
    // The build's name behind the numbers says nothing to a reader.
    String version = System.getProperty("os.version").split("[^0-9.]")[0];
    machine.addProperty("os", System.getProperty("os.name") + " " + version);
    machine.addProperty(
        "jdk", System.getProperty("java.vm.name") + " " + System.getProperty("java.version"));
    return machine;
  }

  private static String valueOf(Path file, String name) throws IOException {
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown 0");
    }
  }

  /** Writes a result, whole or not at all. */
  public static void write(Path directory, String name, JsonObject result) throws IOException {
    Files.createDirectories(directory);
    Path temporary = directory.resolve(name + ".json.writing");
    Files.writeString(temporary, GSON.toJson(result) + "\n");
    Files.move(temporary, directory.resolve(name + ".json"), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Reads a result. */
  public static JsonObject read(Path file) throws IOException {
    return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
  }

  /**
   * Reads the results of a kind, in the order of their files' names. A directory that is not there
   * has none.
   */
  public static List<JsonObject> readAll(Path directory, String kind) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    List<Path> files;
    try (Stream<Path> entries = Files.list(directory)) {
      files = entries.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
    List<JsonObject> results = new ArrayList<>();
    for (Path file : files) {
      JsonObject result = read(file);
      if (result.get("kind").getAsString().equals(kind)) {
        results.add(result);
      }
    }
    return results;
  }

  /** A JSON object from text. */
  public static JsonObject parse(String text) {
    return JsonParser.parseString(text).getAsJsonObject();
  }
}
