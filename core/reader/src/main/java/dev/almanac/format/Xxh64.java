package dev.almanac.format;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * XXH64 with seed 0, the hash that Chronicle Map's specification (chapter 4) prescribes for keys.
 *
 * <p>Source of the algorithm: the xxHash fast digest algorithm, version 0.1.1, section "XXH64
 * algorithm description".
 */
public final class Xxh64 {
  private static final long P1 = 0x9E3779B185EBCA87L;
  private static final long P2 = 0xC2B2AE3D27D4EB4FL;
  private static final long P3 = 0x165667B19E3779F9L;
  private static final long P4 = 0x85EBCA77C2B2AE63L;
  private static final long P5 = 0x27D4EB2F165667C5L;

  /** Apart from the rest: a JVM takes milliseconds to make them, and numbers do not need them. */
  private static final class Lanes {
    static final VarHandle LONGS =
        MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle INTS =
        MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private Lanes() {}
  }

  private Xxh64() {}

  /** The hash of the eight little-endian bytes of {@code key}. */
  public static long hash(long key) {
    return avalanche(Long.rotateLeft((P5 + 8) ^ round(0, key), 27) * P1 + P4);
  }

  /** The hash of {@code length} bytes from {@code offset}. */
  public static long hash(byte[] bytes, int offset, int length) {
    int at = offset;
    int end = offset + length;
    long h;
    if (length >= 32) {
      @SuppressWarnings("ConstantOverflow") // All of this is modulo 2^64.
      long v1 = P1 + P2;
      long v2 = P2;
      long v3 = 0;
      long v4 = -P1;
      do {
        v1 = round(v1, (long) Lanes.LONGS.get(bytes, at));
        v2 = round(v2, (long) Lanes.LONGS.get(bytes, at + 8));
        v3 = round(v3, (long) Lanes.LONGS.get(bytes, at + 16));
        v4 = round(v4, (long) Lanes.LONGS.get(bytes, at + 24));
        at += 32;
      } while (at <= end - 32);
      h =
          Long.rotateLeft(v1, 1)
              + Long.rotateLeft(v2, 7)
              + Long.rotateLeft(v3, 12)
              + Long.rotateLeft(v4, 18);
      h = merge(merge(merge(merge(h, v1), v2), v3), v4);
    } else {
      h = P5;
    }
    h += length;
    for (; at <= end - 8; at += 8) {
      h = Long.rotateLeft(h ^ round(0, (long) Lanes.LONGS.get(bytes, at)), 27) * P1 + P4;
    }
    if (at <= end - 4) {
      h = Long.rotateLeft(h ^ ((int) Lanes.INTS.get(bytes, at) & 0xFFFFFFFFL) * P1, 23) * P2 + P3;
      at += 4;
    }
    for (; at < end; at++) {
      h = Long.rotateLeft(h ^ (bytes[at] & 0xFF) * P5, 11) * P1;
    }
    return avalanche(h);
  }

  private static long round(long accumulator, long lane) {
    return Long.rotateLeft(accumulator + lane * P2, 31) * P1;
  }

  private static long merge(long h, long accumulator) {
    return (h ^ round(0, accumulator)) * P1 + P4;
  }

  private static long avalanche(long hash) {
    long h = hash;
    h = (h ^ (h >>> 33)) * P2;
    h = (h ^ (h >>> 29)) * P3;
    return h ^ (h >>> 32);
  }
}
