package dev.almanac.build.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Almanac;
import dev.almanac.Layout;
import dev.almanac.PageOracle;
import dev.almanac.SampleRows;
import dev.almanac.format.Footer;
import dev.almanac.format.HashedPages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** IDs that were chosen so that they meet are built, under another seed. */
class CraftedIdsTest {
  private static final int IDS = 20_000;
  private static final int DATES = 100;

  @TempDir Path folder;

  /** The pages of {@link #IDS} IDs from all numbers. */
  private static HashedPages pages() {
    PagePlan plan =
        Objects.requireNonNull(
            PagePlan.of(Layout.AUTO, IDS, Long.MIN_VALUE, Long.MAX_VALUE, DATES));
    assertEquals(0, plan.pages().seed());
    return new HashedPages(plan.pages(), plan.pageCount());
  }

  /** Some chosen IDs, and others by chance. */
  private static SampleRows rows(int chosenCount, LongPredicate chosen) {
    SplittableRandom random = new SplittableRandom(4);
    SampleRows rows = new SampleRows();
    rows.add(Long.MIN_VALUE, SampleRows.date(0)).add(Long.MAX_VALUE, SampleRows.date(1));
    while (rows.rowCount() < chosenCount) {
      long id = random.nextLong();
      if (chosen.test(id)) {
        rows.add(id, SampleRows.date(rows.rowCount() % DATES));
      }
    }
    while (rows.rowCount() < IDS) {
      rows.add(random.nextLong(), SampleRows.date(rows.rowCount() % DATES));
    }
    return rows;
  }

  private Footer build(SampleRows rows) throws IOException {
    Path target = rows.build(folder, Layout.AUTO);
    Footer footer = PageOracle.footer(target);
    assertEquals(Layout.HASHED, footer.pages().layout());
    assertEquals(List.of(), Almanac.verify(target).damages());
    try (Almanac almanac = Almanac.open(target)) {
      rows.assertAnsweredBy(almanac);
    }
    return footer;
  }

  @Test
  void idsByChanceNeedTheFirstSeed() throws IOException {
    assertEquals(0, build(rows(0, id -> true)).pages().seed());
  }

  @Test
  void idsOfOneBucketNeedAnotherSeed() throws IOException {
    HashedPages pages = pages();
    SampleRows rows = rows(100, id -> pages.bucket(pages.mix(id - Long.MIN_VALUE)) == 77);
    Footer footer = build(rows);
    assertNotEquals(0, footer.pages().seed());
    // Of the same rows the same bytes, also under another seed.
    byte[] first = Files.readAllBytes(folder.resolve("sample.almanac"));
    assertEquals(footer, build(rows.shuffled(5)));
    assertTrue(
        java.util.Arrays.equals(first, Files.readAllBytes(folder.resolve("sample.almanac"))));
  }

  @Test
  void idsOfOnePageNeedAnotherSeed() throws IOException {
    HashedPages pages = pages();
    Footer footer =
        build(rows(IDS / 2, id -> pages.bucket(pages.mix(id - Long.MIN_VALUE)) >> 6 == 1));
    assertNotEquals(0, footer.pages().seed());
  }

  /** As many of one home as fit up to the longest distance, which is a matter of this seed. */
  @Test
  void aFullNeighbourhoodIsBuiltWithinTheBound() throws IOException {
    HashedPages pages = pages();
    Footer footer = build(rows(22, id -> pages.bucket(pages.mix(id - Long.MIN_VALUE)) == 130));
    assertEquals(0, footer.pages().seed());
    assertTrue(footer.longestProbe() <= HashedPages.MAX_DISTANCE + 1);
  }
}
