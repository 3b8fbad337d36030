package dev.almanac.build.write;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

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
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts of two numbers that were chosen so that they meet are built, under another seed. */
class CraftedTextsTest {
  private static final int IDS = 12_000;
  private static final int DATES = 100;

  @TempDir Path folder;

  private static String digest(long high, long low) {
    return "%016x%016x".formatted(high, low);
  }

  /** Digests of all digits everywhere, so that a digest is its number. */
  private static SampleRows byChance(int count) {
    SplittableRandom random = new SplittableRandom(6);
    SampleRows rows = new SampleRows();
    while (rows.rowCount() < count) {
      rows.add(
          digest(random.nextLong(), random.nextLong()), SampleRows.date(rows.rowCount() % DATES));
    }
    return rows;
  }

  /** Some that are mixed to one number under the first seed, and others by chance. */
  private SampleRows chosen(int count) throws IOException {
    Footer footer = build(byChance(IDS));
    HashedPages pages = new HashedPages(footer.pages(), footer.entryCount());
    SplittableRandom random = new SplittableRandom(7);
    SampleRows rows = byChance(IDS - count);
    for (int i = 0; i < count; i++) {
      long low = random.nextLong();
      rows.add(digest(pages.unmix(0x123456789ABCDEFL, low), low), SampleRows.date(i % DATES));
    }
    return rows;
  }

  private Footer build(SampleRows rows) throws IOException {
    Path target = rows.build(folder, Layout.AUTO);
    Footer footer = PageOracle.footer(target);
    assertEquals(Layout.HASHED, footer.pages().layout());
    assertEquals(64, footer.pages().lowKeyBits());
    assertEquals(List.of(), Almanac.verify(target).damages());
    try (Almanac almanac = Almanac.open(target)) {
      rows.assertAnsweredBy(almanac);
    }
    return footer;
  }

  @Test
  void textsByChanceNeedTheFirstSeed() throws IOException {
    assertEquals(0, build(byChance(IDS)).pages().seed());
  }

  /** They differ in the low number alone, which orders them. */
  @Test
  void textsOfOneMixedNumberAreToldApart() throws IOException {
    SampleRows rows = chosen(20);
    assertEquals(0, build(rows).pages().seed());
    byte[] first = Files.readAllBytes(folder.resolve("sample.almanac"));
    build(rows.shuffled(3));
    assertArrayEquals(first, Files.readAllBytes(folder.resolve("sample.almanac")));
  }

  @ParameterizedTest
  @ValueSource(ints = {60, 6_000})
  void textsOfOneBucketNeedAnotherSeed(int count) throws IOException {
    assertNotEquals(0, build(chosen(count)).pages().seed());
  }
}
