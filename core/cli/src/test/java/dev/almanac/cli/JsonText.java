package dev.almanac.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON strictly: one value, nothing behind it. Whole numbers are {@code Long}, others {@code
 * Double}.
 */
final class JsonText {
  private final String text;
  private int at;

  private JsonText(String text) {
    this.text = text;
  }

  /** Reads one object. */
  @SuppressWarnings("unchecked")
  static Map<String, Object> object(String text) {
    JsonText reader = new JsonText(text);
    Object value = reader.value();
    reader.space();
    if (reader.at != text.length()) {
      throw reader.wrong("one value");
    }
    return (Map<String, Object>) value;
  }

  private Object value() {
    space();
    char c = text.charAt(at);
    if (c == '{') {
      return members();
    }
    if (c == '[') {
      return elements();
    }
    if (c == '"') {
      return string();
    }
    int from = at;
    while (at < text.length() && ",]} \n".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    String word = text.substring(from, at);
    return switch (word) {
      case "null" -> null;
      case "true" -> true;
      case "false" -> false;
      default ->
          word.matches("-?(0|[1-9][0-9]*)") ? (Object) Long.valueOf(word) : (Object) decimal(word);
    };
  }

  private Double decimal(String word) {
    if (!word.matches("-?(0|[1-9][0-9]*)\\.[0-9]+")) {
      throw wrong("a value");
    }
    return Double.valueOf(word);
  }

  private Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    expect('{');
    while (!next('}')) {
      if (!members.isEmpty()) {
        expect(',');
      }
      space();
      String name = string();
      expect(':');
      if (members.containsKey(name)) {
        throw wrong("each name once");
      }
      members.put(name, value());
    }
    return members;
  }

  private List<Object> elements() {
    List<Object> elements = new ArrayList<>();
    expect('[');
    while (!next(']')) {
      if (!elements.isEmpty()) {
        expect(',');
      }
      elements.add(value());
    }
    return elements;
  }

  private String string() {
    StringBuilder string = new StringBuilder();
    expect('"');
    while (text.charAt(at) != '"') {
      char c = text.charAt(at++);
      if (c < ' ') {
        throw wrong("an escape");
      }
      if (c == '\\') {
        char escaped = text.charAt(at++);
        int known = "\"\\/bfnrt".indexOf(escaped);
        if (escaped == 'u') {
          string.append((char) Integer.parseInt(text, at, at + 4, 16));
          at += 4;
        } else if (known >= 0) {
          string.append("\"\\/\b\f\n\r\t".charAt(known));
        } else {
          throw wrong("an escape");
        }
      } else {
        string.append(c);
      }
    }
    at++;
    return string.toString();
  }

  private boolean next(char c) {
    space();
    if (text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char c) {
    if (!next(c)) {
      throw wrong("'" + c + "'");
    }
  }

  private void space() {
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\n')) {
      at++;
    }
  }

  private IllegalArgumentException wrong(String expected) {
    return new IllegalArgumentException("JSON must have " + expected + " at " + at + ": " + text);
  }
}
