package dev.almanac.build.workspace;

import dev.almanac.format.Mix;
import dev.almanac.format.Xxh64;

/**
 * 128 bits over a set of (ID, code) that do not depend on the order: two sums of hashes. The
 * entries of the rows and the answers of the file must have the same fingerprint.
 */
public final class Fingerprint {
  private long low;
  private long high;

  /** Adds a pair; a text ID stands as its hash. */
  public void add(long id, int code) {
    long hash = Xxh64.hash(id ^ Long.rotateLeft(code * 0x9E3779B97F4A7C15L, 32));
    low += hash;
    high += (hash ^ id) * 0xC2B2AE3D27D4EB4FL ^ Long.rotateLeft(hash, 29);
  }

  public void add(Fingerprint other) {
    low += other.low;
    high += other.high;
  }

  /**
   * The seed of a {@link dev.almanac.format.Mix} to try. The first is 0. Those after it depend on
   * every ID and code, so that nobody can choose IDs to meet under them.
   */
  public long seed(int attempt) {
    return attempt == 0 ? 0 : Mix.finish(low + attempt);
  }

  public boolean sameAs(Fingerprint other) {
    return low == other.low && high == other.high;
  }

  @Override
  public String toString() {
    return String.format("%016x%016x", high, low);
  }
}
