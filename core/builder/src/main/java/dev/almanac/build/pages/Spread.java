package dev.almanac.build.pages;

import org.jspecify.annotations.Nullable;

/**
 * How the entries of a tier spread over its hash lookup, known from their home slots alone, before
 * one is placed: linear probing fills the same slots and takes the same number of probes in all,
 * whatever the order of the entries.
 *
 * <p>The hash is a public one without a secret, as Chronicle Map's specification asks, so whoever
 * chooses the IDs can choose their homes. Rows that come by chance take about 2 probes each at two
 * thirds load, and 5 for an ID that is not there (D. Knuth, The Art of Computer Programming, volume
 * 3, section 6.4). The limits are twice that and a constant that leaves room for chance in small
 * tiers; IDs that were chosen to meet exceed them and are refused, so that no lookup and no build
 * is slow.
 *
 * @param knownProbes slots that the lookups of all entries inspect, once each
 * @param unknownProbes slots that a lookup of an unknown ID inspects, summed over all homes
 * @param longestRun most full slots in a row
 */
record Spread(long knownProbes, long unknownProbes, int longestRun) {
  private static final long KNOWN_PROBES_PER_ENTRY = 4;
  private static final long KNOWN_PROBES_BY_CHANCE = 1 << 12;
  private static final long UNKNOWN_PROBES_PER_SLOT = 10;
  private static final long UNKNOWN_PROBES_BY_CHANCE = 1 << 16;

  /**
   * The spread of entries of which {@code homeCounts[s]} have slot {@code s} as their home; fewer
   * than there are slots.
   */
  static Spread of(int[] homeCounts) {
    int slotCount = homeCounts.length;
    // One of the slots that stay empty, where no run goes across: entries that wrap around fill
    // others first.
    int empty = 0;
    int waiting = 0;
    for (int slot = 0; slot < slotCount; slot++) {
      waiting += homeCounts[slot];
      if (waiting > 0) {
        waiting--;
      } else {
        empty = slot;
      }
    }
    waiting = 0;
    long known = 0;
    long unknown = 0;
    int run = 0;
    int longestRun = 0;
    for (int i = 0; i < slotCount; i++) {
      waiting += homeCounts[empty + i & slotCount - 1];
      known += waiting;
      unknown++;
      if (waiting > 0) {
        waiting--;
        run++;
        unknown += run;
        longestRun = Math.max(longestRun, run);
      } else {
        run = 0;
      }
    }
    return new Spread(known, unknown, longestRun);
  }

  /** The rule that entries of this spread break, with what was found, or null. */
  @Nullable String fault(int entryCount, int slotCount) {
    long mostKnown = KNOWN_PROBES_PER_ENTRY * entryCount + KNOWN_PROBES_BY_CHANCE;
    if (knownProbes > mostKnown) {
      return String.format(
          "IDs must spread over the hash lookup, as all but chosen ones do: probes=%s"
              + " expectedAtMost=%s",
          knownProbes, mostKnown);
    }
    long mostUnknown = UNKNOWN_PROBES_PER_SLOT * slotCount + UNKNOWN_PROBES_BY_CHANCE;
    if (unknownProbes > mostUnknown) {
      return String.format(
          "IDs must spread over the hash lookup, as all but chosen ones do: probesOfUnknownIds=%s"
              + " expectedAtMost=%s",
          unknownProbes, mostUnknown);
    }
    return null;
  }
}
