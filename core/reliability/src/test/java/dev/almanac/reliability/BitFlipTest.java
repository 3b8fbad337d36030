package dev.almanac.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Almanac;
import dev.almanac.Layout;
import dev.almanac.SampleRows;
import dev.almanac.VerifyReport;
import dev.almanac.format.BlockChecksums;
import dev.almanac.format.Footer;
import dev.almanac.reliability.Specimen.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Any one bit of a file is flipped: in full every bit of the smallest files that there are. */
@Timeout(value = 600, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
class BitFlipTest {
  @TempDir Path folder;

  /** The smallest file of each kind. One ID, so that nothing but the format takes space. */
  private enum Kind {
    NO_ROWS("no row", new SampleRows(), Layout.AUTO),
    NUMBER("one number", new SampleRows().add(42, "2024-02-29"), Layout.ENTRIES),
    DIRECT("one direct page", SampleRows.dense(40, 3, 2), Layout.DIRECT),
    HASHED("one hashed page", SampleRows.sparse(3, 2), Layout.HASHED),
    BLOCKS("one page of blocks", SampleRows.clusters(3, 2), Layout.BLOCKS),
    TEXT("one text", new SampleRows().add("caf\u00e9", "2024-02-29"), Layout.AUTO);

    private final String words;
    private final SampleRows rows;
    private final Layout layout;

    Kind(String words, SampleRows rows, Layout layout) {
      this.words = words;
      this.rows = rows;
      this.layout = layout;
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void verifyNamesWhereABitFlippedAndNoLookupAnswersOutsideTheDictionary(Kind kind)
      throws IOException {
    try (Specimen specimen = Specimen.build(folder, kind.rows, kind.layout)) {
      int bitCount = specimen.whole.length * 8;
      // A prime, so that a default run meets every bit of a byte.
      int step = Trial.full() ? 1 : 499;
      Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
      long count = 0;
      long found = 0;
      for (int bit = 0; bit < bitCount; bit += step) {
        int at = bit / 8;
        byte[] flipped = {(byte) (specimen.whole[at] ^ 1 << bit % 8)};
        specimen.write(flipped, 0, 1, at);
        VerifyReport report = Almanac.verify(specimen.path);
        assertFalse(report.ok(), "byte " + at + " bit " + bit % 8);
        assertTrue(
            report.damages().stream().anyMatch(damage -> names(damage, specimen, at)),
            () -> "byte " + at + " must be named by one of " + report.damages());
        found++;
        outcomes.merge(specimen.use(), 1L, Long::sum);
        count++;
        specimen.repair(at, 1);
      }
      // Put back, all is well: it was the flip that verify found.
      specimen.assertWhole();
      // The control: without the checksums, with what open and lookups check alone, flips go
      // unseen.
      long unseen =
          count
              - outcomes.getOrDefault(Outcome.REFUSED, 0L)
              - outcomes.getOrDefault(Outcome.NAMED, 0L);
      assertTrue(unseen > 0, "open alone must not find what takes a checksum to find");
      assertEquals(count, found);
      Map<String, Long> result = new LinkedHashMap<>();
      result.put("found by verify, block or section named", found);
      for (Outcome outcome : Outcome.values()) {
        result.put(outcome.words, outcomes.getOrDefault(outcome, 0L));
      }
      result.put("crashed, hung or answered outside the dictionary", 0L);
      Trial.record(
          BitFlipTest.class,
          1,
          kind.words,
          "every bit of a file of " + kind.words + " (" + specimen.whole.length + " bytes) flipped",
          count,
          result);
    }
  }

  /** Whether a damage names the block or the section that this byte is in. */
  private static boolean names(String damage, Specimen specimen, int at) {
    Footer footer = specimen.footer;
    if (at < footer.contentBytes()) {
      int block = at / BlockChecksums.BLOCK_BYTES;
      return damage.startsWith("block " + block + " of ") && damage.contains("checksum must match");
    }
    if (at < footer.checksumsOffset()) {
      return damage.startsWith("padding: ") && damage.contains(" offset=" + at + " ");
    }
    if (at < footer.checksumsOffset() + footer.checksumsBytes()) {
      return damage.startsWith("checksums: ");
    }
    if (at < footer.footerOffset()) {
      return damage.startsWith("padding: ") && damage.contains(" offset=" + at + " ");
    }
    return damage.startsWith("footer: ");
  }
}
