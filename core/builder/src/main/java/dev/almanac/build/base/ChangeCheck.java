package dev.almanac.build.base;

import dev.almanac.Almanac;
import dev.almanac.DateDictionary;
import dev.almanac.Layout;
import dev.almanac.build.pages.BucketReader;
import dev.almanac.build.pages.PageWriter;
import dev.almanac.build.workspace.FileBytes;
import dev.almanac.build.workspace.Parallel;
import dev.almanac.format.Footer;
import dev.almanac.format.FooterBytes;
import dev.almanac.format.HashedPages;
import dev.almanac.format.PageLayout;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Checks, before a changed base is published, that it differs from the base only by the changes.
 * Where both files have the same bytes, lookups give the same answers, because layout and dates are
 * the same too, and no key lies beyond the longest probe. Looks up in both files, with the reader's
 * own code, every ID that changes, every ID that lies where bytes differ, and every ID whose lookup
 * can pass there.
 */
final class ChangeCheck implements Closeable {
  private static final int LINE_BYTES = HashedPages.BUCKET_BYTES;
  private static final int BATCH = 512;

  private final Base base;
  private final Footer footer;
  private final PageLayout layout;
  private final PageWriter.Place place;
  private final Almanac almanac;
  private final FileChannel channel;
  private final long[] ids;
  private final int[] codes;
  private final ChangedKeys changes;

  /** The most buckets that a lookup in the new file inspects. */
  private int longestProbe;

  /** How many IDs more the pages hold than those of the base. */
  private final AtomicLong gained = new AtomicLong();

  /**
   * Opens the new file.
   *
   * @param ids the IDs that change
   * @param codes their codes, or {@link MergedKeys#REMOVED}
   */
  ChangeCheck(Base base, Path sealedFile, long[] ids, int[] codes) throws IOException {
    this.base = base;
    this.footer = base.footer();
    this.layout = footer.pages();
    this.place = PageWriter.Place.ofStore(footer.geometry());
    this.ids = ids;
    this.codes = codes;
    this.changes = new ChangedKeys(ids.length);
    for (int i = 0; i < ids.length; i++) {
      changes.put(ids[i], codes[i]);
    }
    this.almanac = Almanac.open(sealedFile);
    try {
      this.channel = FileChannel.open(sealedFile, StandardOpenOption.READ);
    } catch (IOException e) {
      almanac.close();
      throw e;
    }
  }

  /**
   * Checks the file.
   *
   * @throws IllegalStateException if it answers something else; nothing was published then
   */
  void run(Parallel threads) throws IOException {
    checkFooter();
    checkDates();
    checkChanges();
    compare(0, place.offset());
    int pageCount = Math.toIntExact(footer.entryCount());
    compare(place.offset() + (long) pageCount * place.entryBytes(), footer.geometry().storeBytes());
    threads.forEachIndex(pageCount, PageComparison::new, PageComparison::check);
    require("IDs", almanac.size() - base.idCount(), gained.get());
  }

  private void checkFooter() throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Footer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    FileBytes.read(channel, bytes, channel.size() - Footer.BYTES);
    Footer found = FooterBytes.decode(bytes, channel.size(), almanac.path());
    if (!found.pages().equals(layout)
        || !found.geometry().equals(footer.geometry())
        || found.entryCount() != footer.entryCount()
        || found.lowestId() != footer.lowestId()
        || found.highestId() < footer.highestId()) {
      throw new IllegalStateException(
          "a changed base must keep its layout: found=" + found + " expected=" + footer);
    }
    longestProbe = found.longestProbe();
  }

  private void checkDates() {
    DateDictionary dates = almanac.dictionary();
    DateDictionary baseDates = base.almanac().dictionary();
    for (int code = 0; code < baseDates.size(); code++) {
      if (dates.epochDay(code) != baseDates.epochDay(code)
          || !dates.text(code).equals(baseDates.text(code))) {
        throw new IllegalStateException(
            String.format(
                "a code of the base must mean its date: code=%s date=%s expected=%s",
                code, dates.text(code), baseDates.text(code)));
      }
    }
  }

  private void checkChanges() {
    int[] found = new int[ids.length];
    almanac.codes(ids, 0, found, 0, found.length);
    for (int i = 0; i < found.length; i++) {
      require("code of id=" + ids[i], found[i], codes[i]);
    }
  }

  private static void require(String what, long found, long expected) {
    if (found != expected) {
      throw new IllegalStateException(
          String.format(
              "a changed base must answer as the base and its changes: %s found=%s expected=%s",
              what, found, expected));
    }
  }

  /** The bytes of both files must be the same. */
  private void compare(long from, long to) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1 << 16);
    ByteBuffer other = ByteBuffer.allocate(1 << 16);
    for (long at = from; at < to; at += one.limit()) {
      int bytes = (int) Math.min(one.capacity(), to - at);
      base.read(one.clear().limit(bytes), at);
      FileBytes.read(channel, other.clear().limit(bytes), at);
      int differs = one.flip().mismatch(other.flip());
      require("offset of other bytes", differs < 0 ? -1 : at + differs, -1);
    }
  }

  /** Compares pages, and looks up what lies where they differ. For one thread. */
  private final class PageComparison {
    private final ByteBuffer old = page();
    private final ByteBuffer entry = page();
    private final long[] batch = new long[BATCH];
    private final int[] found = new int[BATCH];
    private final int[] expected = new int[BATCH];
    private final BitSet lines = new BitSet();
    private int count;

    private ByteBuffer page() {
      return ByteBuffer.allocate(place.entryBytes()).order(ByteOrder.LITTLE_ENDIAN);
    }

    void check(int page) throws IOException {
      long at = place.offset() + (long) page * place.entryBytes();
      base.read(old.clear(), at);
      FileBytes.read(channel, entry.clear(), at);
      if (longestProbe < footer.longestProbe()) {
        checkDistances(page);
      }
      findLines(page);
      if (lines.isEmpty()) {
        return;
      }
      if (layout.layout() == Layout.HASHED) {
        checkBuckets(page);
      } else {
        checkPlaces(page);
      }
      lookUp();
    }

    /** Where lookups end earlier than in the base, no key may lie beyond their end. */
    private void checkDistances(int page) {
      BucketReader reader = new BucketReader(layout, footer.entryCount());
      for (int bucket = 0; bucket < 1 << layout.pageBits(); bucket++) {
        int at = place.dataAt() + bucket * LINE_BYTES;
        int slots = reader.count(entry, at);
        for (int slot = 0; slot < slots; slot++) {
          int probe = reader.distance(entry, at, slot) + 1;
          require("longest probe of page " + page, longestProbe, Math.max(longestProbe, probe));
        }
      }
    }

    /** Sets the bits of the lines of the data that differ; all else must not. */
    private void findLines(int page) {
      lines.clear();
      int dataBytes = Math.toIntExact(layout.dataBytes());
      for (int from = 0; from < place.entryBytes(); ) {
        int differs = old.clear().position(from).mismatch(entry.clear().position(from));
        if (differs < 0) {
          return;
        }
        int offset = from + differs - place.dataAt();
        if (offset < 0 || offset >= dataBytes) {
          require("bytes beside the data of page " + page + " from offset", from + differs, -1);
        }
        lines.set(offset / LINE_BYTES);
        from = place.dataAt() + (offset / LINE_BYTES + 1) * LINE_BYTES;
      }
    }

    /** A key of a bucket that differs may lie in one of those after it. */
    private void checkBuckets(int page) {
      BucketReader reader = new BucketReader(layout, footer.entryCount());
      int bucketCount = 1 << layout.pageBits();
      BitSet reached = new BitSet();
      for (int line = lines.nextSetBit(0); line >= 0; line = lines.nextSetBit(line + 1)) {
        int at = place.dataAt() + line * LINE_BYTES;
        gained.addAndGet(reader.count(entry, at) - reader.count(old, at));
        int farthest = Math.max(reader.reach(old, at), reader.reach(entry, at));
        for (int distance = 0; distance <= farthest; distance++) {
          reached.set(line + distance & bucketCount - 1);
        }
      }
      for (int bucket = reached.nextSetBit(0);
          bucket >= 0;
          bucket = reached.nextSetBit(bucket + 1)) {
        int at = place.dataAt() + bucket * LINE_BYTES;
        long number = ((long) page << layout.pageBits()) + bucket;
        addKeys(reader, entry, at, number);
        if (lines.get(bucket)) {
          addKeys(reader, old, at, number);
        }
      }
    }

    private void addKeys(BucketReader reader, ByteBuffer page, int at, long bucket) {
      int slots = reader.count(page, at);
      for (int slot = 0; slot < slots; slot++) {
        add(layout.firstKey() + reader.pages.unmix(reader.mixed(page, at, slot, bucket), 0));
      }
    }

    private void checkPlaces(int page) {
      long firstPlace = (long) page << layout.pageBits();
      // A code may lie in two lines.
      long next = 0;
      for (int line = lines.nextSetBit(0); line >= 0; line = lines.nextSetBit(line + 1)) {
        long first = 8L * line * LINE_BYTES / layout.codeBits();
        long last = (8L * (line + 1) * LINE_BYTES - 1) / layout.codeBits();
        for (next = Math.max(first, next); next <= last; next++) {
          add(layout.firstKey() + firstPlace + next);
        }
      }
    }

    private void add(long id) {
      batch[count++] = id;
      if (count == BATCH) {
        lookUp();
      }
    }

    private void lookUp() {
      almanac.codes(batch, 0, found, 0, count);
      base.almanac().codes(batch, 0, expected, 0, count);
      int more = 0;
      for (int i = 0; i < count; i++) {
        require("code of id=" + batch[i], found[i], changes.codeOr(batch[i], expected[i]));
        more += (found[i] >= 0 ? 1 : 0) - (expected[i] >= 0 ? 1 : 0);
      }
      if (layout.layout() == Layout.DIRECT) {
        gained.addAndGet(more);
      }
      count = 0;
    }
  }

  @Override
  public void close() throws IOException {
    almanac.close();
    channel.close();
  }
}
