package dev.almanac.build.choice;

import java.io.IOException;

/** Takes each distinct ID of a partition in turn. */
public interface IdConsumer {
  /**
   * {@code key} is the ID or the text's hash; the text, if it is one, is {@code length} bytes at
   * {@code from}.
   */
  void accept(long key, int date, byte[] bytes, int from, int length) throws IOException;
}
