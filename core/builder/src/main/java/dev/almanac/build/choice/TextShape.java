package dev.almanac.build.choice;

import dev.almanac.format.IdShape;
import org.jspecify.annotations.Nullable;

/**
 * Collects the shape of text IDs, until it is plain that they are too varied for one. The shape of
 * more texts never fits where that of some of them does not. For one thread.
 */
public final class TextShape {
  /** Checks what was collected after this many texts, after twice as many, and so on. */
  private static final int FIRST_LOOK = 1 << 10;

  private IdShape.@Nullable Collector texts = new IdShape.Collector();
  private long count;
  private long nextLook = FIRST_LOOK;

  /** Adds a text of at least one byte. */
  public void add(byte[] bytes, int from, int length) {
    if (texts == null) {
      return;
    }
    texts.add(bytes, from, length);
    if (++count == nextLook) {
      nextLook *= 2;
      if (texts.shape() == null) {
        texts = null;
      }
    }
  }

  /** Adds what another collected. */
  public void add(TextShape other) {
    if (texts != null && other.texts != null) {
      texts.add(other.texts);
      count += other.count;
      nextLook = Math.max(nextLook, count + 1);
    } else {
      texts = null;
    }
  }

  /** The shape of all texts, or null if there are none, or they do not fit. */
  public @Nullable IdShape shape() {
    return texts == null ? null : texts.shape();
  }
}
