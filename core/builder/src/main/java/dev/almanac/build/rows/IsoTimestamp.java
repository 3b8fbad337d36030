package dev.almanac.build.rows;

/**
 * Finds the day in an ISO 8601 timestamp, and in what databases print for one, without parsing the
 * rest into objects: rows are many, and only their day counts.
 *
 * <pre>
 * timestamp  day [("T" | " ") time [zone]]
 * day        [sign] 4 or more digits "-" 2 digits "-" 2 digits
 * time       hh ":" mm [":" ss [("." | ",") 1 to 12 digits]]
 * zone       [" "] ("Z" | "UTC" | "GMT" | sign hh [[":"] mm [[":"] ss]]) ["[" name "]"]
 * </pre>
 */
public final class IsoTimestamp {
  private static final int MAX_FRACTION_DIGITS = 12;

  private IsoTimestamp() {}

  /** The text of the day; the whole text where that is not a timestamp. */
  public static String day(String text) {
    byte[] bytes = new byte[text.length()];
    for (int i = 0; i < bytes.length; i++) {
      char c = text.charAt(i);
      bytes[i] = c < 0x80 ? (byte) c : -1;
    }
    return text.substring(0, dayEnd(bytes, 0, bytes.length));
  }

  /**
   * Where the day of the timestamp in [from, to) ends; {@code to} if there is no time of the day
   * after it, or what is there is not one. Whether the day itself is one, is for the caller to find
   * out.
   */
  public static int dayEnd(byte[] bytes, int from, int to) {
    int end = dayShapeEnd(bytes, from, to);
    if (end < 0 || end == to) {
      return to;
    }
    boolean separated = bytes[end] == 'T' || bytes[end] == 't' || bytes[end] == ' ';
    return separated && isTimeAndZone(bytes, end + 1, to) ? end : to;
  }

  private static int dayShapeEnd(byte[] bytes, int from, int to) {
    int at = from;
    if (at < to && (bytes[at] == '+' || bytes[at] == '-')) {
      at++;
    }
    int year = at;
    while (at < to && isDigit(bytes[at])) {
      at++;
    }
    boolean day =
        at - year >= 4
            && to - at >= 6
            && bytes[at] == '-'
            && number(bytes, at + 1, to) >= 0
            && bytes[at + 3] == '-'
            && number(bytes, at + 4, to) >= 0;
    return day ? at + 6 : -1;
  }

  private static boolean isTimeAndZone(byte[] bytes, int from, int to) {
    int at = from;
    if (!isBelow(number(bytes, at, to), 24)
        || !isByte(bytes, at + 2, to, ':')
        || !isBelow(number(bytes, at + 3, to), 60)) {
      return false;
    }
    at += 5;
    if (isByte(bytes, at, to, ':')) {
      if (!isBelow(number(bytes, at + 1, to), 61)) { // 60 is a leap second.
        return false;
      }
      at += 3;
      if (isByte(bytes, at, to, '.') || isByte(bytes, at, to, ',')) {
        int fraction = ++at;
        while (at < to && isDigit(bytes[at])) {
          at++;
        }
        if (at == fraction || at - fraction > MAX_FRACTION_DIGITS) {
          return false;
        }
      }
    }
    return at == to || isZone(bytes, isByte(bytes, at, to, ' ') ? at + 1 : at, to);
  }

  private static boolean isZone(byte[] bytes, int from, int to) {
    int at = from;
    if (isByte(bytes, at, to, 'Z') || isByte(bytes, at, to, 'z')) {
      at++;
    } else if (isText(bytes, at, to, "UTC") || isText(bytes, at, to, "GMT")) {
      at += 3;
    } else if (isByte(bytes, at, to, '+') || isByte(bytes, at, to, '-')) {
      if (!isBelow(number(bytes, at + 1, to), 24)) {
        return false;
      }
      at += 3;
      for (int part = 0; part < 2 && at < to && bytes[at] != '['; part++) {
        int digits = bytes[at] == ':' ? at + 1 : at;
        if (!isBelow(number(bytes, digits, to), 60)) {
          return false;
        }
        at = digits + 2;
      }
    } else {
      return false;
    }
    return at == to || isZoneName(bytes, at, to);
  }

  /** A name in brackets, which has no letters beyond ASCII. */
  private static boolean isZoneName(byte[] bytes, int from, int to) {
    if (to - from <= 2 || bytes[from] != '[' || bytes[to - 1] != ']') {
      return false;
    }
    for (int at = from + 1; at < to - 1; at++) {
      if (bytes[at] <= ' ' || bytes[at] == 0x7f) {
        return false;
      }
    }
    return true;
  }

  private static boolean isBelow(int number, int limit) {
    return number >= 0 && number < limit;
  }

  private static boolean isText(byte[] bytes, int from, int to, String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isByte(bytes, from + i, to, text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isByte(byte[] bytes, int at, int to, char value) {
    return at < to && bytes[at] == value;
  }

  /** The number that two digits write; -1 where there are not two. */
  private static int number(byte[] bytes, int from, int to) {
    return from + 2 <= to && isDigit(bytes[from]) && isDigit(bytes[from + 1])
        ? (bytes[from] - '0') * 10 + bytes[from + 1] - '0'
        : -1;
  }

  private static boolean isDigit(byte value) {
    return value >= '0' && value <= '9';
  }
}
