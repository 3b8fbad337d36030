package dev.almanac.benchmarks.stores;

import dev.almanac.build.AlmanacBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** What the stores need of a JVM. */
public final class StoreFlags {
  /** The builder's list of what stock Chronicle Map needs, and what lmdbjava needs. */
  public static final List<String> ALL =
      Stream.concat(chronicle(), Stream.of("--add-opens=java.base/java.nio=ALL-UNNAMED")).toList();

  private StoreFlags() {}

  private static Stream<String> chronicle() {
    try (InputStream flags =
        AlmanacBuilder.class.getResourceAsStream("/dev/almanac/build/chronicle/chronicle.flags")) {
      return new String(flags.readAllBytes(), StandardCharsets.UTF_8).lines();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
