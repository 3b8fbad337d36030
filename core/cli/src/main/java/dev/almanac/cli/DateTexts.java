package dev.almanac.cli;

import dev.almanac.DateDictionary;
import java.nio.charset.StandardCharsets;

/** The dates of a file as bytes to write, each made once. Belongs to one thread. */
final class DateTexts {
  private final DateDictionary dictionary;
  private final byte[][] texts;

  DateTexts(DateDictionary dictionary) {
    this.dictionary = dictionary;
    texts = new byte[dictionary.size()][];
  }

  /** The text of a code of the dictionary. */
  byte[] bytes(int code) {
    byte[] text = texts[code];
    if (text == null) {
      text = dictionary.text(code).getBytes(StandardCharsets.UTF_8);
      texts[code] = text;
    }
    return text;
  }
}
