package dev.almanac.generated;

import dev.almanac.IdKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The file of a generated case, for the tests of other modules.
 *
 * @param path the file; the next one of the same folder takes its place
 * @param kind the kind of its IDs
 * @param keepsTexts whether its dates are texts as the rows had them, and not ISO days
 * @param dates what it must hold: the text of the date by ID, numbers as decimals
 */
public record GeneratedFile(Path path, IdKind kind, boolean keepsTexts, Map<String, String> dates) {
  /** Builds the case of a seed; empty if its build is refused, or needs a database. */
  public static Optional<GeneratedFile> of(long seed, Path folder) throws IOException {
    BuildCase build = CaseGenerator.draw(seed);
    if (build.rows().source().startsWith("database")) {
      return Optional.empty();
    }
    return new CaseRun(folder)
        .compare(build)
        .map(
            built ->
                new GeneratedFile(
                    built.file(),
                    built.expected().kind,
                    build.options().dates().keepText(),
                    built.expected().texts));
  }
}
