package dev.almanac.build.base;

import dev.almanac.Layout;
import dev.almanac.build.chronicle.ChronicleStore;
import dev.almanac.build.pages.DirectPageWriter;
import dev.almanac.build.pages.HashedPageWriter;
import dev.almanac.build.pages.PagePlan;
import dev.almanac.build.pages.PageWriter;
import dev.almanac.build.pages.Seal;
import dev.almanac.build.workspace.Parallel;
import dev.almanac.build.workspace.RadixSort;
import dev.almanac.format.Footer;
import dev.almanac.format.HashedPages;
import dev.almanac.format.PageLayout;
import dev.almanac.format.StoreGeometry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The data store of a base in which a few keys change, for a file that has the same pages: what no
 * change touches is copied as it is. For one thread, which reads from front to back.
 */
public final class ChangedPages implements Seal.Content {
  private final Base base;
  private final Footer footer;
  private final PageLayout layout;

  /** The arithmetic of hashed pages; null if the pages are direct. */
  private final @Nullable HashedPages pages;

  private final @Nullable ChangedBuckets buckets;

  /** The keys that change: mixed ones if the pages are hashed. In the order of the pages. */
  private final long[] keys;

  /** Their codes, or {@link MergedKeys#REMOVED}. */
  private final int[] codes;

  private final int count;

  private final PageWriter.Place place;

  /** The page as it is in the base. */
  private final ByteBuffer old;

  /** The page with its changes. */
  private final ByteBuffer entry;

  /** The number of the page that {@link #entry} holds. */
  private int page = -1;

  /** The first change of the pages that were not read yet. */
  private int next;

  private int longestProbe = 1;

  /** Keys of a page that do not fit under its seed. */
  public static final class TooFullException extends IOException {
    private static final long serialVersionUID = 1;

    TooFullException(int page) {
      super("keys must fit the buckets of their page: page=" + page);
    }
  }

  private ChangedPages(Base base, PagePlan plan, long[] ids, int[] newCodes, int count) {
    this.base = base;
    this.footer = base.footer();
    this.layout = footer.pages();
    StoreGeometry g = footer.geometry();
    this.place = PageWriter.Place.ofStore(g);
    // A word more, since the last code of a page may be written as a part of one.
    this.old = ByteBuffer.allocate(place.entryBytes() + Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    this.entry =
        ByteBuffer.allocate(place.entryBytes() + Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    boolean hashed = layout.layout() == Layout.HASHED;
    this.pages = hashed ? new HashedPages(layout, footer.entryCount()) : null;
    this.count = count;
    long[] places = new long[count];
    for (int i = 0; i < count; i++) {
      long key = ids[i] - layout.firstKey();
      places[i] = pages == null ? key : pages.mix(key);
    }
    RadixSort sort = new RadixSort();
    sort.sort(places, Arrays.copyOf(newCodes, count), count);
    this.keys = sort.keys;
    this.codes = sort.payload;
    this.buckets =
        hashed ? new ChangedBuckets(footer, new HashedPageWriter(plan, g), keys, codes) : null;
  }

  /**
   * The changed pages, or null where the new file's pages are others than those of the base. Its
   * codes must be those of the base.
   *
   * @param ids the IDs that change, each once
   * @param codes their new codes, or {@link MergedKeys#REMOVED}
   * @param count how many they are
   */
  public static @Nullable ChangedPages of(
      Base base, PagePlan plan, long[] ids, int[] codes, int count) {
    Footer footer = base.footer();
    if (!footer.pages().equals(plan.pages())
        || footer.entryCount() != plan.pageCount()
        || !footer.chronicleVersion().equals(ChronicleStore.version())) {
      return null;
    }
    return new ChangedPages(base, plan, ids, codes, count);
  }

  /** The footer of the base, which says how its store lies. */
  public Footer baseFooter() {
    return footer;
  }

  @Override
  public void read(ByteBuffer into, long offset) throws IOException {
    long at = offset;
    long pagesEnd = place.offset() + footer.entryCount() * place.entryBytes();
    while (into.hasRemaining()) {
      int before = into.position();
      if (at < place.offset() || at >= pagesEnd) {
        // What Chronicle Map wrote for pages of this number and size.
        long end = at < place.offset() ? place.offset() : Long.MAX_VALUE;
        int limit = into.limit();
        into.limit((int) Math.min(limit, before + Math.min(end - at, limit - before)));
        base.read(into, at);
        into.limit(limit);
      } else {
        int wanted = Math.toIntExact((at - place.offset()) / place.entryBytes());
        if (wanted != page) {
          readPage(wanted);
        }
        int from = (int) ((at - place.offset()) % place.entryBytes());
        int bytes = Math.min(into.remaining(), place.entryBytes() - from);
        into.put(before, entry, from, bytes).position(before + bytes);
      }
      at += into.position() - before;
    }
  }

  private void readPage(int number) throws IOException {
    page = number;
    base.read(
        old.clear().limit(place.entryBytes()), place.offset() + (long) number * place.entryBytes());
    entry.put(0, old.clear(), 0, place.entryBytes());
    int from = next;
    while (next < count && pageOf(keys[next]) == number) {
      next++;
    }
    if (buckets == null) {
      for (int i = from; i < next; i++) {
        DirectPageWriter.putCode(entry, place.dataAt(), layout, keys[i], codes[i]);
      }
    } else {
      if (!buckets.change(number, from, next, old, entry, place.dataAt())) {
        throw new TooFullException(number);
      }
      longestProbe = Math.max(longestProbe, buckets.longestProbe(entry, place.dataAt()));
    }
  }

  private long pageOf(long key) {
    return (pages == null ? key : pages.bucket(key)) >>> layout.pageBits();
  }

  @Override
  public int longestProbe() {
    return longestProbe;
  }

  /** Finds that the new file answers as the base does, but for the changes. */
  public void check(Parallel threads, Path sealedFile) throws IOException {
    long[] ids = new long[count];
    for (int i = 0; i < count; i++) {
      ids[i] = layout.firstKey() + (pages == null ? keys[i] : pages.unmix(keys[i], 0));
    }
    try (ChangeCheck check = new ChangeCheck(base, sealedFile, ids, codes)) {
      check.run(threads);
    }
  }
}
