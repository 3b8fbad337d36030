package dev.almanac.build.write;

import dev.almanac.format.Footer;

/**
 * How many pages the IDs occupy, for each page size at once. IDs come in unsigned order within a
 * partition; a page never spans two partitions. Two neighbours share a page of 2^b IDs exactly when
 * they agree in all but the lowest b bits, so one histogram of the highest bit in which neighbours
 * differ answers for every b.
 */
final class PageCounts {
  private final long[] countByHighestBit = new long[Footer.MAX_PAGE_BITS + 1];
  private long previous;
  private boolean first = true;

  /** A new partition: its first ID begins a page of every size. */
  void beginPartition() {
    first = true;
  }

  void add(long id) {
    int highestBit = first ? Footer.MAX_PAGE_BITS : 63 - Long.numberOfLeadingZeros(id ^ previous);
    countByHighestBit[Math.min(highestBit, Footer.MAX_PAGE_BITS)]++;
    previous = id;
    first = false;
  }

  void add(PageCounts other) {
    for (int b = 0; b < countByHighestBit.length; b++) {
      countByHighestBit[b] += other.countByHighestBit[b];
    }
  }

  /** Occupied pages of 2^pageBits IDs. */
  long pageCount(int pageBits) {
    long count = 0;
    for (int b = pageBits; b < countByHighestBit.length; b++) {
      count += countByHighestBit[b];
    }
    return count;
  }

  /**
   * The {@code pageBits} with the smallest file, the lowest where several are; {@code scale} is how
   * many times more IDs there are.
   */
  int cheapest(int codeBytes, double scale) {
    int best = 0;
    double bestBytes = Double.MAX_VALUE;
    for (int pageBits = 0; pageBits <= Footer.MAX_PAGE_BITS; pageBits++) {
      double bytes =
          StorePlan.estimatedBytes(
              pageCount(pageBits) * scale, Long.BYTES + (codeBytes << pageBits));
      if (bytes < bestBytes) {
        bestBytes = bytes;
        best = pageBits;
      }
    }
    return best;
  }
}
