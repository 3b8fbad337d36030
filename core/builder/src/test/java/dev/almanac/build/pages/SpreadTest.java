package dev.almanac.build.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.almanac.build.chronicle.StorePlan;
import dev.almanac.format.Footer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SpreadTest {
  /** Counts by doing it: inserts one by one, then looks up every home. */
  private static Spread counted(int[] homeCounts) {
    int mask = homeCounts.length - 1;
    boolean[] full = new boolean[homeCounts.length];
    long known = 0;
    for (int home = mask; home >= 0; home--) {
      for (int n = 0; n < homeCounts[home]; n++) {
        int position = home;
        known++;
        while (full[position]) {
          position = position + 1 & mask;
          known++;
        }
        full[position] = true;
      }
    }
    long unknown = 0;
    int longestRun = 0;
    for (int home = 0; home <= mask; home++) {
      int run = 0;
      while (full[home + run & mask]) {
        run++;
      }
      unknown += run + 1;
      longestRun = Math.max(longestRun, run);
    }
    return new Spread(known, unknown, longestRun);
  }

  @Test
  void theProbesAreThoseOfInsertingAndLookingUp() {
    SplittableRandom random = new SplittableRandom(11);
    for (int round = 0; round < 2_000; round++) {
      int[] homeCounts = new int[1 << random.nextInt(9)];
      int narrow = 1 + random.nextInt(homeCounts.length);
      for (int n = random.nextInt(homeCounts.length); n > 0; n--) {
        // At the end of the table too, where runs wrap around.
        homeCounts[homeCounts.length - 1 - random.nextInt(narrow)]++;
      }
      assertEquals(counted(homeCounts), Spread.of(homeCounts));
    }
  }

  @Test
  void theFullestSegmentOfRandomIdsIsFarFromTheLimits() {
    SplittableRandom random = new SplittableRandom(12);
    for (int round = 0; round < 20; round++) {
      int[] homeCounts = new int[1 << 14];
      for (int n = 0; n < StorePlan.ENTRIES_PER_SEGMENT; n++) {
        homeCounts[random.nextInt(homeCounts.length)]++;
      }
      Spread spread = Spread.of(homeCounts);
      assertNull(spread.fault(StorePlan.ENTRIES_PER_SEGMENT, homeCounts.length));
      assertNotNull(
          new Spread(2 * spread.knownProbes() + (1 << 14), spread.unknownProbes(), 0)
              .fault(StorePlan.ENTRIES_PER_SEGMENT, homeCounts.length));
      assertNotNull(
          new Spread(spread.knownProbes(), 4 * spread.unknownProbes(), 0)
              .fault(StorePlan.ENTRIES_PER_SEGMENT, homeCounts.length));
    }
  }

  /** What the format promises of a lookup holds for the longest run that the limits let through. */
  @Test
  void noRunThatIsLetThroughIsLongerThanALookupMayTake() {
    int slotCount = 1 << 14;
    int[] homeCounts = new int[slotCount];
    int run = 0;
    while (Spread.of(homeCounts).fault(run, slotCount) == null) {
      homeCounts[run++] = 1;
    }
    assertEquals(true, run < Footer.MAX_LONGEST_PROBE, "run=" + run);
  }

  /** Of 1,000 entries in 4,096 slots: what is added to each is what chance may add. */
  @Test
  void whatIsJustBelowTheLimitsIsLetThroughAndOneProbeMoreIsNot() {
    long mostKnown = 4 * 1_000 + 4_096;
    long mostUnknown = 10 * 4_096 + 65_536;
    assertNull(new Spread(mostKnown, mostUnknown, 0).fault(1_000, 4_096));
    assertEquals(
        "IDs must spread over the hash lookup, as all but chosen ones do: probes="
            + (mostKnown + 1)
            + " expectedAtMost="
            + mostKnown,
        new Spread(mostKnown + 1, mostUnknown, 0).fault(1_000, 4_096));
    assertEquals(
        "IDs must spread over the hash lookup, as all but chosen ones do: probesOfUnknownIds="
            + (mostUnknown + 1)
            + " expectedAtMost="
            + mostUnknown,
        new Spread(mostKnown, mostUnknown + 1, 0).fault(1_000, 4_096));
  }
}
