package dev.almanac.read;

import dev.almanac.format.Footer;
import dev.almanac.format.StoreGeometry;
import java.io.IOException;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A file that is mapped, with its dictionary and shape: what all who have it open in this process
 * share.
 *
 * <p>Its users are counted. On Java 22 and later the file is unmapped when the last one closes.
 * Below, it stays mapped until the garbage collector finds it, and who opens it before that gets it
 * back. Closed files that wait for the collector are counted too: near the limit of mappings the
 * JVM may fail to map memory for itself and end.
 */
final class MappedFile {
  /** Closed files that may wait for the collector until a collection is requested. */
  static final int MOST_WAITING = 1000;

  /** Every file that is mapped, by what a look at its name tells. */
  static final Map<FileLook, Entry> MAPPED = new ConcurrentHashMap<>();

  private static final ReferenceQueue<MappedFile> COLLECTED = new ReferenceQueue<>();

  static final WaitingMappings WAITING = new WaitingMappings();

  /** Whether it has been put among those that wait; it may be opened again and close again. */
  private final AtomicBoolean isTraced = new AtomicBoolean();

  private final FileLook look;
  final Mapping mapping;

  final Footer footer;
  final OpeningSections sections;
  final int regionShift;
  final MappedByteBuffer[] regions;

  /** Null where there are pages: whoever walks those needs no header. */
  final @Nullable MappedByteBuffer segmentHeaders;

  final MappedByteBuffer tail;

  static final class Entry extends WeakReference<MappedFile> {
    final FileLook look;

    Entry(MappedFile file) {
      super(file, COLLECTED);
      this.look = file.look;
    }
  }

  private MappedFile(
      FileLook look, Footer footer, OpeningSections sections, FileChannel channel, Path path)
      throws IOException {
    this.look = look;
    this.footer = footer;
    this.sections = sections;
    this.mapping = Mapping.of(channel, path, footer.fileBytes());
    try {
      StoreGeometry g = footer.geometry();
      int shift = 0;
      if (footer.pages().hasPages()) {
        this.regions = Windows.of(footer, mapping);
        this.segmentHeaders = null;
      } else {
        while ((g.tierBytes() << (shift + 1)) <= Mapping.MOST_PIECE_BYTES) {
          shift++;
        }
        int regionCount = ((g.segmentCount() - 1) >> shift) + 1;
        this.regions = new MappedByteBuffer[regionCount];
        for (int i = 0; i < regionCount; i++) {
          int first = i << shift;
          int tierCount = Math.min(1 << shift, g.segmentCount() - first);
          regions[i] = mapping.piece(g.tierOffset(first), tierCount * g.tierBytes());
        }
        this.segmentHeaders =
            mapping.piece(g.segmentHeadersOffset(), g.tiersOffset() - g.segmentHeadersOffset());
      }
      this.regionShift = shift;
      this.tail =
          mapping.piece(footer.dictionaryOffset(), footer.fileBytes() - footer.dictionaryOffset());
    } catch (Throwable e) {
      mapping.unmap();
      throw e;
    }
  }

  /** The file of an open channel, mapped for one more user. Call it where no interrupt can come. */
  static MappedFile open(FileLook look, Footer footer, FileChannel channel, Path path)
      throws IOException {
    forgetCollected();
    if (WAITING.isWorthACollection(MOST_WAITING)) {
      WAITING.collect();
    }
    // Before the mapping, so that a refused file is not mapped; each opening checks again.
    OpeningSections sections = OpeningSections.open(footer, channel, path);
    if (look.inode() == null) {
      return reported(new MappedFile(look, footer, sections, channel, path), path);
    }
    // One at a time for each file, so that two who open it together map it once.
    MappedFile[] opened = {null};
    boolean[] isNew = {false};
    IOException[] failure = {null};
    MAPPED.compute(
        look,
        new BiFunction<FileLook, @Nullable Entry, @Nullable Entry>() {
          @Override
          public @Nullable Entry apply(FileLook key, @Nullable Entry entry) {
            MappedFile known = entry == null ? null : entry.get();
            if (known != null && known.footer.equals(footer) && known.tryUse()) {
              opened[0] = known;
              return entry;
            }
            try {
              opened[0] = new MappedFile(look, footer, sections, channel, path);
              isNew[0] = true;
              return new Entry(opened[0]);
            } catch (IOException e) {
              failure[0] = e;
              return entry;
            }
          }
        });
    if (failure[0] != null) {
      throw failure[0];
    }
    return isNew[0] ? reported(opened[0], path) : opened[0];
  }

  private static MappedFile reported(MappedFile file, Path path) {
    MappedReport.of(path, file.footer.edition(), file.footer.fileBytes());
    return file;
  }

  private static void forgetCollected() {
    for (Entry entry; (entry = (Entry) COLLECTED.poll()) != null; ) {
      MAPPED.remove(entry.look, entry);
    }
  }

  FileLook look() {
    return look;
  }

  /** Adds a user, unless the file is unmapped already. */
  boolean tryUse() {
    return mapping.tryUse();
  }

  /** Ends a use, and with the last one the mapping, as far as the runtime can. */
  void release() {
    int left = mapping.endUse();
    if (left < 0) {
      Entry entry = MAPPED.get(look);
      if (entry != null && entry.refersTo(this)) {
        MAPPED.remove(look, entry);
      }
      mapping.unmap();
    } else if (left == 0 && isTraced.compareAndSet(false, true)) {
      WAITING.add(List.of(mapping));
    }
  }
}
