package dev.almanac.read;

import dev.almanac.format.Rule;
import java.util.ArrayList;
import java.util.List;

/** What a check found wrong. Findings beyond {@value #LISTED} are counted, not listed. */
final class Damages {
  private static final int LISTED = 20;

  private final List<String> listed = new ArrayList<>();
  private long count;

  /** Adds a rule that is broken, with what was found, see {@link Rule}. */
  void add(String rule, Object... found) {
    count++;
    if (listed.size() < LISTED) {
      listed.add(Rule.text(rule, found));
    }
  }

  /** Adds that the footer says another number, if it does. */
  void same(String rule, long found, long expected) {
    if (found != expected) {
      add("footer: " + rule + ": found=%s expected=%s", found, expected);
    }
  }

  /** All of them, a sentence each. */
  List<String> list() {
    List<String> all = new ArrayList<>(listed);
    if (count > listed.size()) {
      all.add("and " + (count - listed.size()) + " more");
    }
    return all;
  }
}
