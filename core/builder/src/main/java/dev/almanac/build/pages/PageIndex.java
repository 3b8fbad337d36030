package dev.almanac.build.pages;

import dev.almanac.build.workspace.FileBytes;
import dev.almanac.format.StoreGeometry;
import dev.almanac.format.Xxh64;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/**
 * What Chronicle Map needs to find the pages, which lookups do not: segment header, hash lookup and
 * free list. The page with the key {@code i} has chunk {@code i}; they are inserted in this order.
 */
public final class PageIndex {
  private final StoreGeometry g;
  private final int pageCount;

  public PageIndex(StoreGeometry g, int pageCount) {
    this.g = g;
    this.pageCount = pageCount;
  }

  public void write(FileChannel file) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(g.segmentHeaderBytes()).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(8, pageCount).putInt(12, pageCount);
    FileBytes.write(file, header, g.segmentHeaderOffset(0));
    ByteBuffer tier = ByteBuffer.allocate(g.entrySpaceOffset()).order(ByteOrder.LITTLE_ENDIAN);
    for (int page = 0; page < pageCount; page++) {
      putSlot(tier, page);
      int freeByte = g.countersOffset() + StoreGeometry.COUNTERS_BYTES + page / 8;
      tier.put(freeByte, (byte) (tier.get(freeByte) | 1 << page % 8));
    }
    FileBytes.write(file, tier, g.tierOffset(0));
  }

  private void putSlot(ByteBuffer tier, int page) {
    int key = g.slotKey(Xxh64.hash(page));
    int position = key & g.slotCount() - 1;
    while (tier.getInt(position * StoreGeometry.SLOT_BYTES) != 0) {
      position = position + 1 & g.slotCount() - 1;
    }
    tier.putInt(position * StoreGeometry.SLOT_BYTES, key | page << g.keyBits());
  }
}
