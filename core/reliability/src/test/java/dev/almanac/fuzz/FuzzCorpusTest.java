package dev.almanac.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Almanac;
import dev.almanac.format.Footer;
import dev.almanac.format.FooterBytes;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Replays what fuzzing kept, and shows that each oracle notices a mistake. */
class FuzzCorpusTest {
  private interface Fuzzed {
    void run(byte[] input) throws IOException;
  }

  private enum Target {
    ROWS("RowsFuzzer", RowsFuzzer::fuzzerTestOneInput),
    DICTIONARY("DictionaryFuzzer", DictionaryFuzzer::fuzzerTestOneInput),
    SHAPE("ShapeFuzzer", ShapeFuzzer::fuzzerTestOneInput),
    FOOTER("FooterFuzzer", FooterFuzzer::fuzzerTestOneInput),
    LOOKUP("LookupFuzzer", LookupFuzzer::fuzzerTestOneInput);

    private final String name;
    private final Fuzzed fuzzed;

    Target(String name, Fuzzed fuzzed) {
      this.name = name;
      this.fuzzed = fuzzed;
    }
  }

  private static List<Path> corpus(Target target) throws IOException, URISyntaxException {
    Path folder = Path.of(FuzzCorpusTest.class.getResource("/fuzz/" + target.name).toURI());
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @EnumSource(Target.class)
  void whatFuzzingKeptIsStillAnsweredRightly(Target target) throws Exception {
    List<Path> corpus = corpus(target);
    assertTrue(corpus.size() > 2, "a corpus must hold inputs: size=" + corpus.size());
    for (Path file : corpus) {
      try {
        target.fuzzed.run(Files.readAllBytes(file));
      } catch (RuntimeException | Error e) {
        throw new AssertionError("input=" + file.getFileName(), e);
      }
    }
  }

  @Test
  void aParserThatTrimsFieldsIsNoticed() throws Exception {
    byte[] input = "\1 a,b,c\n".getBytes(ISO_8859_1);
    RowsFuzzer.check(input, RowsFuzzer::parsed);
    assertThrows(
        AssertionError.class,
        () ->
            RowsFuzzer.check(
                input,
                (text, quoted, id, date) ->
                    RowsFuzzer.parsed(
                        new String(text, ISO_8859_1).replace(" ", "").getBytes(ISO_8859_1),
                        quoted,
                        id,
                        date)));
  }

  @Test
  void aJudgeOfDictionariesThatLetsAllPassIsNoticed() {
    // One date whose text should begin at 0 and does not.
    byte[] input = ByteBuffer.allocate(17).put(0, (byte) 1).put(9, (byte) 1).array();
    DictionaryFuzzer.fuzzerTestOneInput(input);
    assertThrows(
        AssertionError.class, () -> DictionaryFuzzer.check(input, (section, dateCount) -> {}));
  }

  /** A number whose text has another one, as if a low number counted where a shape has none. */
  @Test
  void aNumberThatDoesNotComeBackIsNoticed() {
    byte[] input = {0, 0};
    ShapeFuzzer.fuzzerTestOneInput(input);
    ShapeFuzzer.check(0, 5, 0, 5);
    assertThrows(AssertionError.class, () -> ShapeFuzzer.check(0, 5, 0, 6));
    assertThrows(AssertionError.class, () -> ShapeFuzzer.check(0, 5, 1, 5));
  }

  @Test
  void aFooterThatLeavesTheFileIsNoticed() throws Exception {
    byte[] golden =
        FuzzCorpusTest.class.getResourceAsStream("/golden/v1-entries.almanac").readAllBytes();
    ByteBuffer footer =
        ByteBuffer.wrap(golden, golden.length - Footer.BYTES, Footer.BYTES)
            .slice()
            .order(ByteOrder.LITTLE_ENDIAN);
    Footer decoded = FooterBytes.decode(footer, golden.length, Path.of("golden"));
    FooterFuzzer.check(decoded, golden.length);
    assertThrows(AssertionError.class, () -> FooterFuzzer.check(decoded, golden.length - 1));
  }

  @Test
  void aCodeOutsideTheDictionaryIsNoticed() {
    LookupFuzzer.inDictionary(Almanac.ABSENT, 5);
    assertThrows(AssertionError.class, () -> LookupFuzzer.inDictionary(5, 5));
  }
}
