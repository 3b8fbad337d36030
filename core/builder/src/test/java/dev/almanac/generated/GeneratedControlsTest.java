package dev.almanac.generated;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The generated builds notice a builder that treats rows as they are not. */
class GeneratedControlsTest {
  private static final int MOST_BUILDS = 400;

  @TempDir(factory = MemoryFolder.class)
  Path folder;

  @ParameterizedTest
  @MethodSource("dev.almanac.generated.GeneratedBuilds#mistakes")
  void aMistakeIsFound(String mistake) throws IOException {
    assertTrue(GeneratedBuilds.buildsUntilFound(mistake, folder, MOST_BUILDS) > 0, mistake);
  }

  @Test
  void aSetThatLacksAnIdIsFound() throws IOException {
    assertTrue(GeneratedBuilds.setsUntilFound(folder, MOST_BUILDS) > 0);
  }
}
