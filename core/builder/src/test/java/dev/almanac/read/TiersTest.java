package dev.almanac.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.format.StoreGeometry;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The arithmetic of the hot path against its words. A lookup would hide most mistakes in it: it
 * compares the ID, and where it met another takes the long way.
 */
class TiersTest {
  private static final int SLOT_COUNT = 64;
  private static final int ROUNDS = 9;

  @TempDir private Path folder;

  private HandmadeFile file(int segmentCount, int slotCount, int keyBits, long tierBytes)
      throws IOException {
    return HandmadeFile.ofNumbers(
        folder.resolve("handmade.almanac"), 3, segmentCount, slotCount, keyBits, tierBytes);
  }

  /** Slots of few keys, so that many match, and many empty ones; anything in the other bits. */
  private static void fillSlots(HandmadeFile file, SplittableRandom random) throws IOException {
    for (int segment = 0; segment < file.g.segmentCount(); segment++) {
      for (int position = 0; position < file.g.slotCount(); position++) {
        int slot = random.nextInt(3) == 0 ? 0 : randomKey(file.g, position, random);
        if (slot != 0) {
          slot |= random.nextInt(1 << Math.min(20, 32 - file.g.keyBits())) << file.g.keyBits();
        }
        file.slot(segment, position, slot);
      }
    }
  }

  /** A key whose home is one of eight slots up to this one. */
  private static int randomKey(StoreGeometry g, int position, SplittableRandom random) {
    int mask = (int) ((1L << g.keyBits()) - 1);
    int home = position - random.nextInt(8) & g.slotCount() - 1;
    int key = (home | random.nextInt(2) * g.slotCount()) & mask;
    return key == 0 ? mask : key;
  }

  private static int slot(HandmadeFile file, int segment, int position) throws IOException {
    // Behind the last there are the counters, which are 0.
    return position < SLOT_COUNT ? file.slot(segment, position) : 0;
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 7, 8, 20, 31})
  void theLikelyEntryIsThatOfAMatchAmongFourSlots(int keyBits) throws IOException {
    SplittableRandom random = new SplittableRandom(11);
    int matched = 0;
    int unmatched = 0;
    for (int round = 0; round < ROUNDS; round++) {
      try (HandmadeFile file = file(2, SLOT_COUNT, keyBits, 0)) {
        fillSlots(file, random);
        SealedFile sealed = file.open();
        EntriesTable table = new EntriesTable(sealed);
        int keyMask = (int) ((1L << keyBits) - 1);
        for (int i = 0; i < 2 * SLOT_COUNT; i++) {
          int segment = i & 1;
          int key = randomKey(file.g, i / 2, random);
          int tier = table.tierOffset(segment);
          int expected = -1;
          for (int lane : new int[] {3, 1, 2, 0}) {
            int slot = slot(file, segment, (key & SLOT_COUNT - 1) + lane);
            if ((slot & keyMask) == key) {
              expected =
                  tier + file.g.entrySpaceOffset() + (slot >>> keyBits) * file.g.chunkBytes();
            }
          }
          int found = table.likelyEntry(table.region(sealed.regions(), segment), tier, key);
          if (expected < 0) {
            assertTrue(found < 0, "none of four slots matches");
            unmatched++;
          } else {
            assertEquals(expected, found);
            matched++;
          }
        }
      }
    }
    assertTrue(matched > 100 && unmatched > 100, matched + " and " + unmatched);
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 7, 8, 20, 31})
  void anIdIsPlainlyAbsentIfOfEightSlotsNoneMatchesAndOneIsEmpty(int keyBits) throws IOException {
    SplittableRandom random = new SplittableRandom(12);
    int absent = 0;
    int unsure = 0;
    for (int round = 0; round < ROUNDS; round++) {
      try (HandmadeFile file = file(2, SLOT_COUNT, keyBits, 0)) {
        fillSlots(file, random);
        if (round % 3 == 0) {
          // No slot of the first segment is empty.
          for (int position = 0; position < SLOT_COUNT; position++) {
            file.slot(0, position, randomKey(file.g, position + 24, random));
          }
        }
        SealedFile sealed = file.open();
        EntriesTable table = new EntriesTable(sealed);
        int keyMask = (int) ((1L << keyBits) - 1);
        for (int i = 0; i < 4 * SLOT_COUNT; i++) {
          int segment = i & 1;
          int key = randomKey(file.g, i / 4, random);
          int home = key & SLOT_COUNT - 1;
          boolean matches = false;
          boolean empty = false;
          for (int lane = 0; lane < 8; lane++) {
            int slot = slot(file, segment, home + lane);
            matches |= (slot & keyMask) == key;
            empty |= slot == 0;
          }
          boolean expected = home + 8 <= SLOT_COUNT && empty && !matches;
          assertEquals(
              expected,
              table.isPlainlyAbsent(
                  table.region(sealed.regions(), segment), table.tierOffset(segment), key));
          absent += expected ? 1 : 0;
          unsure += expected ? 0 : 1;
        }
      }
    }
    assertTrue(absent > 100 && unsure > 100, absent + " and " + unsure);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 7, 8, 64, 1000, 2860, 4096, 10_007})
  void segmentAndKeyAreThoseOfTheSpecification(int segmentCount) throws IOException {
    try (HandmadeFile file = file(segmentCount, 1, 6, 0)) {
      EntriesTable table = new EntriesTable(file.open());
      SplittableRandom random = new SplittableRandom(13);
      for (int i = 0; i < 20_000; i++) {
        long hash = random.nextLong();
        if (i % 2 == 0) {
          // At a multiple of the number of segments, or next to one.
          long multiple = (hash & 0x7FFFFFFF) / segmentCount * segmentCount;
          hash = hash & ~0x7FFFFFFFL | Math.max(0, multiple - i / 2 % 2);
        }
        assertEquals(file.g.segment(hash), table.segment(hash), "hash=" + hash);
        assertEquals(file.g.slotKey(hash), table.slotKey(hash), "hash=" + hash);
      }
      for (long hash : new long[] {0, -1, 0x7FFFFFFF, 0x80000000L, Long.MIN_VALUE}) {
        assertEquals(file.g.segment(hash), table.segment(hash), "hash=" + hash);
        assertEquals(file.g.slotKey(hash), table.slotKey(hash), "hash=" + hash);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1L << 29, 1L << 30})
  void everyTierIsFoundInItsMapping(long tierBytes) throws IOException {
    try (HandmadeFile file = file(5, SLOT_COUNT, 8, tierBytes)) {
      for (int segment = 0; segment < 5; segment++) {
        file.slot(segment, 0, 100 + segment);
      }
      SealedFile sealed = file.open();
      MappedByteBuffer[] regions = sealed.regions();
      assertEquals(tierBytes == 0 ? 1 : tierBytes == 1L << 29 ? 3 : 5, regions.length);
      EntriesTable table = new EntriesTable(sealed);
      long mappedBytes = 0;
      for (MappedByteBuffer region : regions) {
        mappedBytes += region.capacity();
      }
      assertEquals(5 * file.g.tierBytes(), mappedBytes);
      Tiers.Group group = new Tiers.Group(5);
      for (int segment = 0; segment < 5; segment++) {
        MappedByteBuffer region = table.region(regions, segment);
        assertEquals(100 + segment, region.getInt(table.tierOffset(segment)));
        assertSame(region, regions[table.regionIndex(segment)]);
        group.regionIndexes[segment] = table.regionIndex(segment);
        // The highest bit says that there is no likely entry; the place is touched all the same.
        group.places[segment] =
            table.tierOffset(segment) | (segment % 2 == 0 ? Integer.MIN_VALUE : 0);
      }
      table.touch(regions, group, 5);
      assertEquals(100 + 101 + 102 + 103 + 104, group.touched);
      table.touch(regions, group, 0);
      assertEquals(100 + 101 + 102 + 103 + 104, group.touched);
    }
  }

  @Test
  void aTierOfTheLargestMappingIsFound() throws IOException {
    // Two tiers of just under 1 GiB share a mapping; of 1 GiB they would not fit an int.
    try (HandmadeFile file = file(3, SLOT_COUNT, 8, (1L << 30) - 64)) {
      SealedFile sealed = file.open();
      assertEquals(2, sealed.regions().length);
      assertEquals(2 * ((1L << 30) - 64), sealed.regions()[0].capacity());
      assertEquals((1L << 30) - 64, sealed.regions()[1].capacity());
    }
  }

  /** Of a batch: a key without a match among four slots gets that of the four slots after them. */
  @ParameterizedTest
  @ValueSource(longs = {0, 1L << 29})
  void aGroupIsBroughtToItsLikelyEntries(long tierBytes) throws IOException {
    SplittableRandom random = new SplittableRandom(14);
    int count = 60;
    int keyBits = 8;
    int[] outcomes = new int[3];
    try (HandmadeFile file = file(5, SLOT_COUNT, keyBits, tierBytes)) {
      StoreGeometry g = file.g;
      long[] hashes = random.longs(count).toArray();
      for (long hash : hashes) {
        int position = g.slotKey(hash) + random.nextInt(9) & SLOT_COUNT - 1;
        int chunk = random.nextInt(g.chunkCount());
        file.slot(g.segment(hash), position, g.slotKey(hash) | chunk << keyBits);
        file.putLong(file.entryOffset(g.segment(hash), chunk), random.nextLong());
      }
      SealedFile sealed = file.open();
      EntriesTable table = new EntriesTable(sealed);
      Tiers.Group group = new Tiers.Group(count);
      int touched = 0;
      for (int i = 0; i < count; i++) {
        table.aim(group, i, hashes[i]);
        assertEquals(g.slotKey(hashes[i]), group.keys[i]);
        assertEquals(table.tierOffset(g.segment(hashes[i])), group.tiers[i]);
        assertEquals(table.regionIndex(g.segment(hashes[i])), group.regionIndexes[i]);
        int home = g.slotKey(hashes[i]) & SLOT_COUNT - 1;
        assertEquals(group.tiers[i] + 4 * home, group.places[i]);
        touched += sealed.regions()[group.regionIndexes[i]].get(group.places[i]);
      }
      table.approach(sealed.regions(), group, count);
      for (int i = 0; i < count; i++) {
        MappedByteBuffer region = sealed.regions()[group.regionIndexes[i]];
        int home = g.slotKey(hashes[i]) & SLOT_COUNT - 1;
        int expected = -1;
        for (int lane : new int[] {7, 5, 6, 4, 3, 1, 2, 0}) {
          // The first four go on after the last slot, where the counters are; the next ones may
          // begin at the first slot.
          int position = lane < 4 ? home + lane : (home + 4 & SLOT_COUNT - 1) + lane - 4;
          int slot = slot(file, g.segment(hashes[i]), position);
          if ((slot & 255) == g.slotKey(hashes[i])) {
            expected = group.tiers[i] + g.entrySpaceOffset() + (slot >>> keyBits) * g.chunkBytes();
            outcomes[lane / 4]++;
          }
        }
        outcomes[2] += expected < 0 ? 1 : 0;
        assertEquals(expected, Math.max(-1, group.places[i]));
        touched += region.get(group.places[i] & Integer.MAX_VALUE);
      }
      assertEquals(touched, group.touched, "what is touched is on its way");
    }
    assertTrue(outcomes[0] > 5 && outcomes[1] > 5 && outcomes[2] > 0, "in one of the ways alone");
  }
}
