package dev.almanac.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoreGeometryTest {
  private static final long STORE_LIMIT = 832;

  /** Two segments of 256 bytes each; the fields in the order of the record. */
  private static final List<Long> WHOLE =
      List.of(2L, 192L, 64L, 320L, 256L, 8L, 3L, 64L, 192L, 9L, 4L);

  private static StoreGeometry geometry(int changedField, long value) {
    long[] f = WHOLE.stream().mapToLong(Long::longValue).toArray();
    if (changedField >= 0) {
      f[changedField] = value;
    }
    return geometry(f);
  }

  private static StoreGeometry geometry(long... f) {
    return new StoreGeometry(
        (int) f[0],
        f[1],
        (int) f[2],
        f[3],
        f[4],
        (int) f[5],
        (int) f[6],
        (int) f[7],
        (int) f[8],
        (int) f[9],
        (int) f[10]);
  }

  @Test
  void aStoreThatHoldsTogetherHasNoFault() {
    assertNull(geometry(-1, 0).fault(STORE_LIMIT));
    assertNull(geometry(-1, 0).fault(Long.MAX_VALUE));
    assertEquals(STORE_LIMIT, geometry(-1, 0).storeBytes());
    assertEquals(256, geometry(-1, 0).segmentHeaderOffset(1));
    assertEquals(576, geometry(-1, 0).tierOffset(1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "0; 0; the number of segments must be from 1 to 536870912: segmentCount=0",
        "0; -1; the number of segments must be from 1 to 536870912: segmentCount=-1",
        "0; 536870913; the number of segments must be from 1 to 536870912: segmentCount=536870913",
        "0; 3; the tiers must follow the segment headers: tiersOffset=320 expected=384",
        "2; 24; a segment header must take a multiple of 8 from 32 to 4096 bytes:"
            + " segmentHeaderBytes=24",
        "2; 65; a segment header must take a multiple of 8 from 32 to 4096 bytes:"
            + " segmentHeaderBytes=65",
        "2; 4104; a segment header must take a multiple of 8 from 32 to 4096 bytes:"
            + " segmentHeaderBytes=4104",
        "1; -8; the segment headers must lie in the data store: segmentHeadersOffset=-8"
            + " storeLimit=832",
        "1; 193; the segment headers must lie in the data store: segmentHeadersOffset=193"
            + " storeLimit=832",
        "1; 712; the segment headers must lie in the data store: segmentHeadersOffset=712"
            + " storeLimit=832",
        "1; 704; the tiers must follow the segment headers: tiersOffset=320 expected=832",
        "1; 9223372036854775800; the segment headers must lie in the data store: "
            + "segmentHeadersOffset=9223372036854775800 storeLimit=832",
        "3; 328; the tiers must follow the segment headers: tiersOffset=328 expected=320",
        "4; 0; a tier must take a multiple of 64 bytes: tierBytes=0",
        "4; 64; the counters must follow the slots in the tier: countersOffset=64",
        "4; 255; a tier must take a multiple of 64 bytes: tierBytes=255",
        "4; 320; the tiers must lie in the data store: storeBytes=960 storeLimit=832",
        "5; 0; the number of slots must be a power of two up to 1048576: slotCount=0",
        "5; 6; the number of slots must be a power of two up to 1048576: slotCount=6",
        "5; 536870912; the number of slots must be a power of two up to 1048576:"
            + " slotCount=536870912",
        "6; 0; the key bits of a slot must be from 1 to 31: keyBits=0",
        "6; 32; the key bits of a slot must be from 1 to 31: keyBits=32",
        "7; 31; the counters must follow the slots in the tier: countersOffset=31",
        "7; 193; the counters must follow the slots in the tier: countersOffset=193",
        "7; -64; the counters must follow the slots in the tier: countersOffset=-64",
        "7; 192; the chunks must lie in the tier after the free list: entrySpaceOffset=192"
            + " chunkBytes=9 chunkCount=4 tierBytes=256",
        "9; 0; chunks must have a size and a number: chunkBytes=0 chunkCount=4",
        "10; 0; chunks must have a size and a number: chunkBytes=9 chunkCount=0",
        "10; -1; chunks must have a size and a number: chunkBytes=9 chunkCount=-1",
        "8; 128; the chunks must lie in the tier after the free list: entrySpaceOffset=128"
            + " chunkBytes=9 chunkCount=4 tierBytes=256",
        "8; 257; the chunks must lie in the tier after the free list: entrySpaceOffset=257"
            + " chunkBytes=9 chunkCount=4 tierBytes=256",
        "9; 17; the chunks must lie in the tier after the free list: entrySpaceOffset=192"
            + " chunkBytes=17 chunkCount=4 tierBytes=256",
        "9; 1073741824; the chunks must lie in the tier after the free list: entrySpaceOffset=192 "
            + "chunkBytes=1073741824 chunkCount=4 tierBytes=256",
        "10; 8; the chunks must lie in the tier after the free list: entrySpaceOffset=192"
            + " chunkBytes=9 chunkCount=8 tierBytes=256",
        "10; 2147483647; the chunks must lie in the tier after the free list: entrySpaceOffset=192"
            + " chunkBytes=9 chunkCount=2147483647 tierBytes=256"
      })
  void whatIsWrongIsNamed(int field, long value, String fault) {
    assertEquals(fault, geometry(field, value).fault(STORE_LIMIT));
  }

  /** One of the numbers at its limit; those that must follow it do. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "1, 192, 64, 256, 256, 8, 3, 64, 192, 9, 4",
        "536870912, 192, 64, 34359738560, 256, 8, 3, 64, 192, 9, 4",
        "2, 0, 64, 128, 256, 8, 3, 64, 192, 9, 4",
        "2, 192, 32, 256, 256, 8, 3, 64, 192, 9, 4",
        "2, 192, 4096, 8384, 256, 8, 3, 64, 192, 9, 4",
        "2, 192, 64, 320, 128, 8, 3, 32, 97, 9, 3",
        "2, 192, 64, 320, 1073741824, 8, 3, 64, 192, 9, 4",
        "2, 192, 64, 320, 256, 1, 3, 4, 192, 9, 4",
        "2, 192, 64, 320, 8388608, 1048576, 3, 4194304, 4194432, 9, 4",
        "2, 192, 64, 320, 256, 8, 1, 64, 192, 9, 4",
        "2, 192, 64, 320, 256, 8, 31, 64, 192, 9, 4",
        "2, 192, 64, 320, 256, 8, 3, 32, 192, 9, 4",
        "2, 192, 64, 320, 256, 8, 3, 64, 129, 9, 4",
        "2, 192, 64, 320, 256, 8, 3, 64, 192, 1, 4",
        "2, 192, 64, 320, 256, 8, 3, 64, 192, 16, 4",
        "2, 192, 64, 320, 256, 8, 3, 64, 192, 9, 1",
        "2, 192, 64, 320, 256, 8, 3, 64, 192, 9, 7"
      })
  void aNumberAtItsLimitHasNoFault(String fields) {
    StoreGeometry g =
        geometry(Arrays.stream(fields.split(", ")).mapToLong(Long::parseLong).toArray());
    assertNull(g.fault(g.storeBytes()));
  }

  @Test
  void aSlotKeyIsNeverZero() {
    StoreGeometry g = geometry(-1, 0);
    assertEquals(1, g.segmentHashShift());
    assertEquals(7, g.slotKey(0));
    assertEquals(7, g.slotKey(1));
    assertEquals(1, g.slotKey(2));
    assertEquals(0, g.segment(0));
    assertEquals(1, g.segment(-1));
    assertEquals(0, geometry(0, 1).segmentHashShift());
    assertEquals(31, geometry(0, 3).segmentHashShift());
    assertEquals(0x7FFFFFFF % 3, geometry(0, 3).segment(-1));
  }
}
