package dev.almanac.read;

import dev.almanac.Layout;
import dev.almanac.format.DirectPages;
import dev.almanac.format.Directory;
import dev.almanac.format.Footer;
import dev.almanac.format.IdShape;
import dev.almanac.format.PageLayout;
import dev.almanac.format.StoreGeometry;
import dev.almanac.format.Utf8;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Asks of every code of every page whether a lookup finds it, and nothing else in its place. */
final class PageCheck {
  private final FileChannel channel;
  private final Path path;
  private final Footer footer;

  /** Of packed texts. */
  private final @Nullable IdShape shape;

  private final byte[] text;
  private final Damages damages;
  private final ByteBuffer entry;
  private final int dataAt;
  private final int dataBytes;
  private long idCount;
  private long lowestId = Long.MAX_VALUE;
  private long highestId = Long.MIN_VALUE;
  private int longestProbe = 1;

  PageCheck(
      FileChannel channel, Path path, Footer footer, @Nullable IdShape shape, Damages damages) {
    this.channel = channel;
    this.path = path;
    this.footer = footer;
    this.shape = shape;
    this.text = new byte[shape == null ? 0 : shape.longestIdBytes()];
    this.damages = damages;
    StoreGeometry g = footer.geometry();
    this.entry = ByteBuffer.allocate(g.chunkBytes()).order(ByteOrder.LITTLE_ENDIAN);
    this.dataAt = (int) (PageLayout.dataOffset(g) - g.tierOffset(0) - g.entrySpaceOffset());
    this.dataBytes = (int) footer.pages().dataBytes();
  }

  /** Checks all pages and what the footer says of them; returns the number of IDs. */
  long run() throws IOException {
    Directory directory = footer.pages().directory();
    if (directory != null) {
      new Blocks(directory).run();
    } else if (footer.pages().layout() == Layout.DIRECT) {
      DirectPages direct = new DirectPages(footer.pages());
      for (int page = 0; page < footer.entryCount(); page++) {
        readPage(page);
        checkCodes(page, direct);
      }
    } else {
      IdBuckets buckets = new IdBuckets();
      for (int page = 0; page < footer.entryCount(); page++) {
        readPage(page);
        buckets.check(page);
      }
      longestProbe = buckets.longestProbe();
    }
    damages.same("IDs must be as many as it says", idCount, footer.idCount());
    if (idCount > 0 && footer.pages().lowKeyBits() == 0) {
      damages.same("the lowest ID must be what it says", lowestId, footer.lowestId());
      damages.same("the highest ID must be what it says", highestId, footer.highestId());
    }
    damages.same("the longest probe must be what it says", longestProbe, footer.longestProbe());
    return idCount;
  }

  /** Reads a page, of which all but the data is checked. */
  private void readPage(int page) throws IOException {
    StoreGeometry g = footer.geometry();
    long offset = g.tierOffset(0) + g.entrySpaceOffset() + (long) page * g.chunkBytes();
    SealedChannel.readFully(channel, entry.clear(), offset, path);
    checkZeros(page, Long.BYTES, dataAt);
    checkZeros(page, dataAt + dataBytes, entry.capacity());
    if (entry.getLong(0) != page) {
      damages.add("page %s: its key must be its number: key=%s", page, entry.getLong(0));
    }
  }

  private void checkZeros(int page, int from, int to) {
    for (int at = from; at < to; at++) {
      if (entry.get(at) != 0) {
        damages.add("page %s: the bytes beside its data must be 0: offset=%s", page, at);
        return;
      }
    }
  }

  /** Counts an ID; returns whether it is one of the kind of the file. */
  private boolean count(long id, long low) {
    idCount++;
    lowestId = Math.min(lowestId, id);
    highestId = Math.max(highestId, id);
    if (shape == null) {
      return true;
    }
    int length = shape.decode(id, low, text, 0);
    return length >= 0 && Utf8.isValid(text, 0, length);
  }

  private void noText(String where, long id, long low) {
    damages.add("%s: a key must be the number of a text: key=%x low=%x", where, id, low);
  }

  private void badCode(String where, int code) {
    damages.add(
        "%s: a code must be in the dictionary: code=%s dateCount=%s",
        where, code, footer.dateCount());
  }

  /** The code at an index of the page that was read. */
  private int code(long index) {
    int codeBits = footer.pages().codeBits();
    long place = index & (1L << footer.pages().pageBits()) - 1;
    return (int) BucketCheck.bits(entry, dataAt, place * codeBits, codeBits);
  }

  private String where(int page, long index) {
    return "page " + page + " place " + (index & (1L << footer.pages().pageBits()) - 1);
  }

  private void checkCodes(int page, DirectPages direct) {
    long first = (long) page << footer.pages().pageBits();
    for (int place = 0; place < 1 << footer.pages().pageBits(); place++) {
      int code = code(place);
      if (code != direct.absent) {
        checkCode(page, first + place, footer.pages().firstKey() + first + place, code);
      }
    }
  }

  private void checkCode(int page, long index, long id, int code) {
    if (code >= footer.dateCount()) {
      badCode(where(page, index), code);
    } else if (!count(id, 0)) {
      noText(where(page, index), id, 0);
    }
  }

  /** The check of hashed pages. */
  private final class IdBuckets extends BucketCheck {
    IdBuckets() {
      super(
          footer.pages(),
          footer.entryCount(),
          footer.pages().lowKeyBits() > 0 ? -1 : footer.highestId() - footer.pages().firstKey(),
          entry,
          dataAt,
          damages);
    }

    @Override
    void found(long key, long low, int code) {
      if (code >= footer.dateCount()) {
        badCode(where(), code);
      }
      long id = footer.pages().firstKey() + key;
      if (!count(id, low)) {
        noText(where(), id, low);
      }
    }

    @Override
    void twice(long key, long low) {
      long id = footer.pages().firstKey() + key;
      String shown =
          shape == null
              ? Long.toString(id)
              : new String(
                  text, 0, Math.max(0, shape.decode(id, low, text, 0)), StandardCharsets.UTF_8);
      damages.add("%s: an ID must be there once: id=%s", pageName(), shown);
    }

    @Override
    String pageName() {
      return "page " + page;
    }
  }

  /**
   * The check of blocks: each slot of the directory, and the codes of its block. Indexes ascend
   * with the mixed blocks, so each page of codes is read once.
   */
  private final class Blocks {
    private final Directory directory;
    private final DirectPages places = new DirectPages(footer.pages());
    private final int blockBits;
    private final ByteBuffer buckets;
    private final DirectoryBuckets check;

    /** Blocks of a page of the directory, and their indexes by mixed block. */
    private final TreeMap<Long, Integer> indexes = new TreeMap<>(Long::compareUnsigned);

    private int nextIndex;
    private int page = -1;

    Blocks(Directory directory) {
      this.directory = directory;
      this.blockBits = directory.blockBits();
      this.buckets = ByteBuffer.allocate((int) directory.pages().entryBytes());
      this.check = new DirectoryBuckets();
    }

    void run() throws IOException {
      for (int i = 0; i < directory.pageCount(); i++) {
        long offset = footer.directoryOffset() + i * directory.pages().entryBytes();
        SealedChannel.readFully(channel, buckets.clear(), offset, path);
        for (int at = (int) directory.pages().dataBytes(); at < buckets.capacity(); at++) {
          if (buckets.get(at) != 0) {
            damages.add(
                "directory page %s: the bytes after its buckets must be 0: offset=%s", i, at);
            break;
          }
        }
        indexes.clear();
        check.check(i);
        for (Map.Entry<Long, Integer> block : indexes.entrySet()) {
          checkBlock(check.unmix(block.getKey()), block.getValue());
        }
      }
      damages.same("blocks must be as many as it says", nextIndex, directory.blockCount());
      damages.same(
          "the longest probe of the directory must be what it says",
          check.longestProbe(),
          directory.longestProbe());
      checkAfterLast();
    }

    private void checkBlock(long block, int index) throws IOException {
      if (index != nextIndex) {
        damages.add(
            "%s: the index of a block must be its rank by mixed block: block=%s index=%s"
                + " expected=%s",
            check.pageName(), block, index, nextIndex);
        if (index < nextIndex || index >= directory.blockCount()) {
          return;
        }
      }
      nextIndex = index + 1;
      long first = (long) index << blockBits;
      long idsBefore = idCount;
      for (long place = 0; place < 1L << blockBits; place++) {
        int code = codeAt(first + place);
        if (code != places.absent) {
          long id = footer.pages().firstKey() + (block << blockBits) + place;
          checkCode(page, first + place, id, code);
        }
      }
      if (idCount == idsBefore) {
        damages.add(
            "%s: a block must have an ID: block=%s index=%s", check.pageName(), block, index);
      }
    }

    /** The code at an index, no lower than those before. */
    private int codeAt(long index) throws IOException {
      while (page < index >>> footer.pages().pageBits()) {
        readPage(++page);
      }
      return code(index);
    }

    private void checkAfterLast() throws IOException {
      long end = footer.entryCount() << footer.pages().pageBits();
      for (long index = (long) nextIndex << blockBits; index < end; index++) {
        int code = codeAt(index);
        if (code != places.absent) {
          damages.add(
              "%s: a place after the last block must have no code: code=%s",
              where(page, index), code);
        }
      }
    }

    private final class DirectoryBuckets extends BucketCheck {
      DirectoryBuckets() {
        super(
            directory.pages(),
            directory.pageCount(),
            footer.highestId() - footer.pages().firstKey() >>> blockBits,
            buckets,
            0,
            damages);
      }

      @Override
      void found(long block, long low, int index) {
        if (index >= directory.blockCount()) {
          damages.add(
              "%s: a block must have an index below their count: blockIndex=%s blockCount=%s",
              where(), index, directory.blockCount());
        }
        indexes.put(mix(block), index);
      }

      @Override
      void twice(long block, long low) {
        damages.add("%s: a block must be there once: block=%s", pageName(), block);
      }

      @Override
      String pageName() {
        return "directory page " + page;
      }
    }
  }
}
