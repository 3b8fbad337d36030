package dev.almanac.generated;

import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.build.DuplicatePolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Makes a case that fails smaller while it goes on failing: fewer rows, simpler inputs, options at
 * their defaults. A failure may need a race, so each smaller case has several tries.
 */
final class Shrinker {
  private static final int TRIES = 4;

  private final Predicate<BuildCase> fails;
  private int buildsLeft;

  /** At most {@code builds} builds are spent. */
  Shrinker(Predicate<BuildCase> fails, int builds) {
    this.fails = fails;
    buildsLeft = builds;
  }

  /** The smallest case found; {@code failed} itself if no smaller one fails. */
  BuildCase shrink(BuildCase failed) {
    BuildCase smallest = failed;
    boolean smaller = true;
    while (smaller && buildsLeft > 0) {
      BuildCase before = smallest;
      smallest = withFewerPieces(smallest);
      for (BuildCase simpler : simpler(smallest)) {
        if (stillFails(simpler)) {
          smallest = simpler;
        }
      }
      smaller = smallest != before;
    }
    return smallest;
  }

  private BuildCase withFewerPieces(BuildCase failed) {
    BuildCase smallest = failed;
    int step = Math.max(1, smallest.rows().pieceCount() / 2);
    while (step >= 1 && buildsLeft > 0) {
      int from = 0;
      while (from < smallest.rows().pieceCount() && buildsLeft > 0) {
        int to = Math.min(from + step, smallest.rows().pieceCount());
        BuildCase fewer = smallest.with(smallest.rows().without(from, to));
        if (stillFails(fewer)) {
          smallest = fewer;
        } else {
          from = to;
        }
      }
      step /= 2;
    }
    return smallest;
  }

  private static List<BuildCase> simpler(BuildCase failed) {
    BuildCase.Options options = failed.options();
    List<BuildCase> simpler = new ArrayList<>();
    for (BuildCase.Rows rows : failed.rows().simpler()) {
      simpler.add(failed.with(rows));
    }
    if (options.threads() > 1) {
      simpler.add(failed.with(options.withThreads(1)));
    }
    if (options.threads() > 2) {
      simpler.add(failed.with(options.withThreads(2)));
    }
    if (options.layout() != Layout.AUTO) {
      simpler.add(failed.with(options.withLayout(Layout.AUTO)));
    }
    if (options.heapBytes() > 0) {
      simpler.add(failed.with(options.withHeap(0)));
    }
    if (options.replaced() != null) {
      simpler.add(failed.with(options.withReplaced(null)));
    }
    BuildCase.BadRows badRows = options.badRows();
    if (badRows.skipped()) {
      simpler.add(failed.with(options.withBadRows(BuildCase.BadRows.FAIL)));
      if (badRows.toFile()) {
        simpler.add(
            failed.with(
                options.withBadRows(
                    new BuildCase.BadRows(badRows.limit(), badRows.percent(), false))));
      }
    }
    if (options.duplicates() != DuplicatePolicy.LAST) {
      simpler.add(failed.with(options.withDuplicates(DuplicatePolicy.LAST)));
    }
    if (options.kind() != IdKind.AUTO) {
      simpler.add(failed.with(options.withKind(IdKind.AUTO)));
    }
    return simpler;
  }

  private boolean stillFails(BuildCase smaller) {
    for (int i = 0; i < TRIES && buildsLeft > 0; i++) {
      buildsLeft--;
      if (fails.test(smaller)) {
        return true;
      }
    }
    return false;
  }
}
