package dev.almanac.generated;

/** A case whose build is not what the naive one is; the message is the first difference found. */
final class Difference extends AssertionError {
  private static final long serialVersionUID = 1L;

  Difference(String message) {
    super(message);
  }

  Difference(String message, Throwable cause) {
    super(message, cause);
  }

  /** Throws a difference if the two are not equal. */
  static void check(
      @org.jspecify.annotations.Nullable Object expected,
      @org.jspecify.annotations.Nullable Object found,
      String what) {
    if (!java.util.Objects.equals(expected, found)) {
      String wanted = String.valueOf(expected);
      String met = String.valueOf(found);
      int same = 0;
      while (same < Math.min(wanted.length(), met.length())
          && wanted.charAt(same) == met.charAt(same)) {
        same++;
      }
      // Long texts from a little before the first difference on.
      int from = wanted.length() + met.length() < 300 ? 0 : Math.max(0, same - 30);
      throw new Difference(
          what
              + ": expected="
              + BuildCase.shown(wanted.substring(from))
              + " found="
              + BuildCase.shown(met.substring(from))
              + (from == 0 ? "" : " from character " + from));
    }
  }
}
