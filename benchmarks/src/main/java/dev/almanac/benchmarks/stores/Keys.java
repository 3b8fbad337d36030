package dev.almanac.benchmarks.stores;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Keys and values as bytes. */
final class Keys {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Keys() {}

  /** Puts a number into eight bytes that sort as unsigned numbers do. */
  static void put(byte[] key, long id) {
    LONG.set(key, 0, id);
  }

  /** A code as two bytes, the low one first. */
  static byte[] value(short code) {
    return new byte[] {(byte) code, (byte) (code >> 8)};
  }

  /** The code of two bytes; of none, {@link Table#ABSENT}. */
  static int code(byte[] value) {
    return value == null ? Table.ABSENT : value[0] & 0xFF | (value[1] & 0xFF) << 8;
  }
}
