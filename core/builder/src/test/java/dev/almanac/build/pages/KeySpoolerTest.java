package dev.almanac.build.pages;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.build.choice.TextShape;
import dev.almanac.build.workspace.Parallel;
import dev.almanac.build.workspace.Spool;
import dev.almanac.format.IdShape;
import dev.almanac.format.Xxh64;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys and codes that were spooled, beside lists of them, one for each partition. */
class KeySpoolerTest {
  private static final int DATES = 1_000;
  private static final int COUNT = 6_000;

  /** Enough for several partitions; the tests spool fewer. */
  private static final long PLANNED = 2_000_000;

  private static final long LOWEST = -5_000_000_000L;
  private static final long HIGHEST = 5_000_000_000L;

  @TempDir Path folder;

  private final SplittableRandom random = new SplittableRandom(71);

  private record Key(long key, long low, int code) {}

  private enum Kind {
    DIRECT,
    HASHED,
    BLOCKS,
    WIDE;

    PagePlan plan() {
      PagePlan plan =
          switch (this) {
            case DIRECT -> PagePlan.of(Layout.DIRECT, PLANNED, LOWEST, HIGHEST, DATES);
            case HASHED -> PagePlan.of(Layout.HASHED, PLANNED, LOWEST, HIGHEST, DATES);
            case BLOCKS -> PagePlan.blocks(PLANNED, LOWEST, HIGHEST, DATES, 6, PLANNED / 60);
            case WIDE -> PagePlan.ofTexts(Layout.AUTO, WIDE_SHAPE, PLANNED, 0, 0, DATES);
          };
      return Objects.requireNonNull(plan);
    }
  }

  /** Of texts of 20 digits and letters: more than 64 bits. */
  private static final IdShape WIDE_SHAPE = wideShape();

  private static final PagePlan ONE_PARTITION =
      Objects.requireNonNull(PagePlan.of(Layout.HASHED, COUNT, LOWEST, HIGHEST, DATES));

  private static final PagePlan ONE_WIDE_PARTITION =
      Objects.requireNonNull(PagePlan.ofTexts(Layout.AUTO, WIDE_SHAPE, COUNT, 0, 0, DATES));

  private static byte[] randomText(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      text.append(Character.forDigit(random.nextInt(36), 36));
    }
    return text.toString().getBytes(US_ASCII);
  }

  private static IdShape wideShape() {
    SplittableRandom random = new SplittableRandom(72);
    TextShape texts = new TextShape();
    for (int i = 0; i < 1_000; i++) {
      texts.add(randomText(random), 0, 20);
    }
    return Objects.requireNonNull(texts.shape());
  }

  private Key randomKey(PagePlan plan) {
    int code = random.nextInt(DATES);
    if (plan.isWide()) {
      byte[] text = randomText(random);
      return new Key(WIDE_SHAPE.key(text, 0, 20), WIDE_SHAPE.low(text, 0, 20), code);
    }
    return new Key(random.nextLong(LOWEST, HIGHEST + 1), 0, code);
  }

  /** Of each partition, its keys in the order in which they are read. */
  private static List<List<Key>> read(KeySource source) throws IOException {
    List<List<Key>> partitions = new ArrayList<>();
    for (int partition = 0; partition < source.partitionCount(); partition++) {
      List<Key> keys = new ArrayList<>();
      source.read(partition, (key, low, code) -> keys.add(new Key(key, low, code)));
      partitions.add(keys);
    }
    return partitions;
  }

  /** Of each partition, its keys in the order in which they are given. */
  private static List<List<Key>> partitions(PagePlan plan, List<Key> keys) {
    List<List<Key>> partitions = new ArrayList<>();
    for (int partition = 0; partition < plan.partitionCount(); partition++) {
      partitions.add(new ArrayList<>());
    }
    PagePlan.Partitioner partitioner = plan.partitioner();
    for (Key key : keys) {
      partitions.get(partitioner.partition(key.key(), key.low())).add(key);
    }
    return partitions;
  }

  private static List<List<Key>> sorted(List<List<Key>> partitions) {
    Comparator<Key> order = Comparator.comparingLong(Key::key).thenComparingLong(Key::low);
    return partitions.stream().map(keys -> keys.stream().sorted(order).toList()).toList();
  }

  private List<Key> spool(Spool spool, PagePlan plan, int count) throws IOException {
    List<Key> keys = new ArrayList<>();
    KeySpooler spooler = new KeySpooler(spool, plan);
    for (int i = 0; i < count; i++) {
      Key key = randomKey(plan);
      keys.add(key);
      spooler.add(key.key(), key.low(), key.code());
    }
    spooler.flush();
    return keys;
  }

  private static int keyBytes(PagePlan plan) {
    return plan.isWide() ? 8 + 8 + 4 : 8 + 4;
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void theKeysOfAPartitionAreReadInTheirOrder(Kind kind) throws IOException {
    PagePlan plan = kind.plan();
    assertTrue(plan.partitionCount() > 1, "partitions=" + plan.partitionCount());
    assertEquals(kind == Kind.WIDE, plan.isWide());
    try (Spool spool = new Spool(folder.resolve("keys"), plan.partitionCount())) {
      List<List<Key>> expected = partitions(plan, spool(spool, plan, COUNT));
      assertEquals(expected, read(KeySource.of(spool, plan)));
      for (int partition = 0; partition < expected.size(); partition++) {
        assertEquals(
            (long) expected.get(partition).size() * keyBytes(plan), spool.bytes(partition));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1_023, 1_024, 1_025, 2_048, 2_049})
  void aBlockHoldsAsManyKeysAsFit(int count) throws IOException {
    for (PagePlan plan : new PagePlan[] {ONE_PARTITION, ONE_WIDE_PARTITION}) {
      assertEquals(1, plan.partitionCount());
      assertEquals(keyBytes(plan), KeySpooler.keyBytes(plan));
      assertEquals(1_024 * keyBytes(plan), KeySpooler.blockBytes(plan));
      try (Spool spool = new Spool(folder.resolve("keys"), 1)) {
        List<Key> keys = spool(spool, plan, count);
        List<Integer> sizes = new ArrayList<>();
        for (int block = 0; block < spool.blockCount(0); block++) {
          sizes.add(spool.blockBytes(0, block));
        }
        List<Integer> expected = new ArrayList<>();
        for (int left = count; left > 0; left -= 1_024) {
          expected.add(Math.min(left, 1_024) * keyBytes(plan));
        }
        assertEquals(expected, sizes);
        assertEquals(List.of(keys), read(KeySource.of(spool, plan)));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"DIRECT", "HASHED", "BLOCKS"})
  void allKeysAreInTheirNewPartitions(Kind kind) throws IOException {
    PagePlan plan = kind.plan();
    for (Kind other : new Kind[] {Kind.DIRECT, Kind.HASHED}) {
      PagePlan old = other.plan();
      try (Spool from = new Spool(folder.resolve("from"), old.partitionCount());
          Spool to = new Spool(folder.resolve("to"), plan.partitionCount());
          Parallel threads = new Parallel(2)) {
        List<Key> keys = spool(from, old, COUNT);
        KeySpooler.repartition(threads, KeySource.of(from, old), to, plan);
        assertEquals(sorted(partitions(plan, keys)), sorted(read(KeySource.of(to, plan))));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"HASHED", "WIDE"})
  void numbersAndPackedTextsOfPagesAreKeys(Kind kind) throws IOException {
    boolean text = kind == Kind.WIDE;
    PagePlan plan = kind.plan();
    Shape shape = new Shape(text ? IdKind.TEXT : IdKind.LONG, DATES, text ? WIDE_SHAPE : null);
    int[] codeOfNumber = new int[DATES];
    for (int number = 0; number < DATES; number++) {
      codeOfNumber[number] = DATES - 1 - number;
    }
    try (Spool spool = new Spool(folder.resolve("keys"), plan.partitionCount())) {
      EntrySpooler spooler = new EntrySpooler(spool, shape, codeOfNumber, plan, false, false);
      List<Key> keys = new ArrayList<>();
      for (int i = 0; i < COUNT; i++) {
        int number = random.nextInt(DATES);
        int code = DATES - 1 - number;
        if (text) {
          byte[] bytes = randomText(random);
          keys.add(new Key(WIDE_SHAPE.key(bytes, 0, 20), WIDE_SHAPE.low(bytes, 0, 20), code));
          spooler.add(Xxh64.hash(bytes, 0, 20), bytes, 0, 20, number);
        } else {
          long id = random.nextLong(LOWEST, HIGHEST + 1);
          keys.add(new Key(id, 0, code));
          spooler.add(id, number);
        }
      }
      EntrySpooler.Totals totals = spooler.end();
      assertEquals(COUNT, totals.idCount);
      assertEquals(0, totals.entryCount);
      assertEquals(partitions(plan, keys), read(KeySource.of(spool, plan)));
    }
  }
}
