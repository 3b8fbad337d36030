package dev.almanac.read;

import org.jspecify.annotations.Nullable;

/**
 * The array of a thread for the UTF-8 bytes of one ID, as long as the longest ID needs. Encoding
 * calls the caller's {@link CharSequence}, which may itself look up, so the array is taken out
 * while it is filled. Holds JDK types alone, so that a thread of a container keeps no class of this
 * library.
 */
public final class IdBytes {
  private static final ThreadLocal<byte @Nullable [][]> OF_THREAD = new ThreadLocal<>();

  private IdBytes() {}

  /** Takes the thread's array out, or makes one. */
  public static byte[] take(int minimumLength) {
    byte[][] slot = OF_THREAD.get();
    if (slot == null) {
      slot = new byte[1][];
      OF_THREAD.set(slot);
    }
    byte[] bytes = slot[0];
    slot[0] = null;
    return bytes != null && bytes.length >= minimumLength ? bytes : new byte[minimumLength];
  }

  /** Puts an array back once it is filled; where that was forgotten, the next one is made anew. */
  public static void giveBack(byte[] bytes) {
    byte[][] slot = OF_THREAD.get();
    if (slot != null) {
      slot[0] = bytes;
    }
  }
}
