package dev.almanac.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One JSON object, its members in the order in which they were put. Not thread-safe. */
public final class JsonObject {
  private static final int DECIMAL_PLACES = 3;

  private final Map<String, @Nullable Object> members = new LinkedHashMap<>();

  /** Puts a string, or null. */
  public JsonObject put(String name, @Nullable String value) {
    return putValue(name, value);
  }

  /** Puts a whole number. */
  public JsonObject put(String name, long value) {
    return putValue(name, value);
  }

  /**
   * Puts a number, rounded to three decimal places.
   *
   * @throws NumberFormatException if it is infinite or not a number, which JSON cannot write
   */
  public JsonObject put(String name, double value) {
    return putValue(
        name,
        new BigDecimal(value).setScale(DECIMAL_PLACES, RoundingMode.HALF_UP).stripTrailingZeros());
  }

  /** Puts true or false. */
  public JsonObject put(String name, boolean value) {
    return putValue(name, value);
  }

  /** Puts an object. */
  public JsonObject put(String name, JsonObject value) {
    return putValue(name, Objects.requireNonNull(value, name));
  }

  /**
   * Puts an array.
   *
   * @param values strings, {@code Long}s, {@code Integer}s, {@code JsonObject}s or lists of these
   * @throws IllegalArgumentException if it holds anything else
   */
  public JsonObject put(String name, List<?> values) {
    return putValue(name, copyOf(values));
  }

  private JsonObject putValue(String name, @Nullable Object value) {
    if (members.containsKey(name)) {
      throw new IllegalStateException("a member must be put once: name=" + name);
    }
    members.put(name, value);
    return this;
  }

  private static List<Object> copyOf(List<?> values) {
    List<Object> copy = new ArrayList<>(values.size());
    for (Object value : values) {
      if (value instanceof List<?> list) {
        copy.add(copyOf(list));
      } else if (value instanceof String
          || value instanceof Long
          || value instanceof Integer
          || value instanceof JsonObject) {
        copy.add(value);
      } else {
        throw new IllegalArgumentException(
            "an array must hold strings, whole numbers, objects or arrays: value=" + value);
      }
    }
    return copy;
  }

  /**
   * The text, one member a line, two spaces for each level; arrays stay on one line. No line break
   * at the end.
   */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    write(text, "\n");
    return text.toString();
  }

  private void write(StringBuilder text, String lineBreak) {
    if (members.isEmpty()) {
      text.append("{}");
      return;
    }
    String inner = lineBreak.isEmpty() ? "" : lineBreak + "  ";
    String separator = "";
    text.append('{');
    for (Map.Entry<String, @Nullable Object> member : members.entrySet()) {
      text.append(separator).append(inner);
      writeString(text, member.getKey());
      text.append(": ");
      writeValue(text, member.getValue(), inner);
      separator = lineBreak.isEmpty() ? ", " : ",";
    }
    text.append(lineBreak).append('}');
  }

  private static void writeValue(StringBuilder text, @Nullable Object value, String lineBreak) {
    if (value instanceof String string) {
      writeString(text, string);
    } else if (value instanceof JsonObject object) {
      object.write(text, lineBreak);
    } else if (value instanceof List<?> list) {
      String separator = "";
      text.append('[');
      for (Object element : list) {
        text.append(separator);
        writeValue(text, element, "");
        separator = ", ";
      }
      text.append(']');
    } else if (value instanceof BigDecimal decimal) {
      text.append(decimal.toPlainString());
    } else {
      text.append(value);
    }
  }

  private static void writeString(StringBuilder text, String string) {
    text.append('"');
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      switch (c) {
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> {
          // Line and paragraph separators are legal JSON but not legal in every reader's strings;
          // lone surrogates are not UTF-8.
          if (c < ' '
              || c == 0x7f
              || c == '\u2028'
              || c == '\u2029'
              || isLoneSurrogate(string, i)) {
            text.append("\\u")
                .append(Character.forDigit(c >> 12, 16))
                .append(Character.forDigit(c >> 8 & 15, 16))
                .append(Character.forDigit(c >> 4 & 15, 16))
                .append(Character.forDigit(c & 15, 16));
          } else {
            text.append(c);
          }
        }
      }
    }
    text.append('"');
  }

  private static boolean isLoneSurrogate(String string, int i) {
    char c = string.charAt(i);
    if (Character.isHighSurrogate(c)) {
      return i + 1 == string.length() || !Character.isLowSurrogate(string.charAt(i + 1));
    }
    return Character.isLowSurrogate(c)
        && (i == 0 || !Character.isHighSurrogate(string.charAt(i - 1)));
  }
}
