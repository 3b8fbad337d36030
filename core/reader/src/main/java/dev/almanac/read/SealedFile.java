package dev.almanac.read;

import dev.almanac.CorruptAlmanacException;
import dev.almanac.VerifyReport;
import dev.almanac.format.Footer;
import dev.almanac.format.IdShape;
import dev.almanac.format.Rule;
import dev.almanac.format.StoreGeometry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One user's hold on a sealed file, whose mappings tables and cursors borrow. The process maps a
 * file once for all of its users, see {@link MappedFile}.
 */
public final class SealedFile {
  private static final MappedByteBuffer[] CLOSED = {};

  private static final boolean ERRORS_COME_LATE = Runtime.version().feature() < 25;

  private final Path path;
  private final Footer footer;
  private final MappedByteBuffer tail;
  private final int sealOffset;

  /** Where the seal lies in {@link #onlyWindow}. */
  private final int sealInWindow;

  // Always 0 and 1. Not final, so that the compiler does not know.
  private int nothing;
  private int one = 1;

  /** Any number, which the compiler does not know, see {@link #sealIsGone}. */
  private final long salt;

  private final long saltedSeal;

  private final MappedFile mapped;

  /** Set where a hold that is forgotten rather than closed must be ended for it. */
  private final @Nullable Hold hold;

  private final AtomicBoolean isOpen = new AtomicBoolean(true);
  private MappedByteBuffer[] regions;
  private @Nullable MappedByteBuffer onlyWindow;

  /** Takes over one use of {@code mapped}. */
  private SealedFile(Path path, MappedFile mapped) {
    this.path = path;
    this.mapped = mapped;
    this.footer = mapped.footer;
    this.tail = mapped.tail;
    this.sealOffset = tail.capacity() - Long.BYTES;
    this.regions = mapped.regions;
    this.sealInWindow = Windows.sealOffset(footer, regions);
    this.onlyWindow = sealInWindow < 0 ? null : regions[0];
    this.salt = (long) footer.dictionaryCrc() << 32 | footer.checksumsCrc() & 0xFFFFFFFFL;
    this.saltedSeal = Footer.SEAL ^ salt;
    this.hold = Mapping.UNMAPS ? Hold.of(this, mapped) : null;
  }

  /** As {@link #open(Path, String)}, whatever its edition. */
  public static SealedFile open(Path path) throws IOException {
    return open(path, null);
  }

  /**
   * Reads and checks footer, dictionary and shape, then maps the file unless this process has it
   * mapped already. An interrupt of the calling thread is kept and does not stop it.
   *
   * @param edition the edition that the file must be, or null
   * @throws NoSuchFileException if there is no file of this name
   * @throws CorruptAlmanacException if it is not a whole sealed file, as far as footer and
   *     dictionary tell, or another edition
   * @throws dev.almanac.UnsupportedFormatException if it is of another format version
   */
  public static SealedFile open(Path path, @Nullable String edition) throws IOException {
    return Uninterrupted.call(
        path,
        new Callable<>() {
          @Override
          public SealedFile call() throws IOException {
            BasicFileAttributes found = SealedChannel.attributes(path);
            try (FileChannel channel = SealedChannel.open(path, found)) {
              return map(path, found, channel, edition);
            }
          }
        });
  }

  /**
   * As {@link #open(Path, String)}, and checks the whole file before it is mapped. An interrupt
   * stops the check.
   *
   * @throws CorruptAlmanacException also if the check finds damage
   */
  public static SealedFile openVerified(Path path, @Nullable String edition) throws IOException {
    BasicFileAttributes found = SealedChannel.attributes(path);
    try (FileChannel channel = SealedChannel.open(path, found)) {
      VerifyReport report = Verification.of(path, channel);
      if (!report.ok()) {
        throw new CorruptAlmanacException(
            "an edition must be whole to come into service: " + report.damages(), path);
      }
      return Uninterrupted.call(path, () -> map(path, found, channel, edition));
    }
  }

  private static SealedFile map(
      Path path, BasicFileAttributes found, FileChannel channel, @Nullable String edition)
      throws IOException {
    Footer footer = SealedChannel.readFooter(channel, path);
    if (edition != null && !footer.edition().equalsIgnoreCase(edition)) {
      throw Rule.broken(
          "the file must be the expected edition: found=%s expected=%s",
          path, footer.edition(), edition);
    }
    return new SealedFile(path, MappedFile.open(look(found, footer), footer, channel, path));
  }

  /** What a name stands for now. Maps nothing. */
  public static FileLook lookAt(Path path) throws IOException {
    BasicFileAttributes found = SealedChannel.attributes(path);
    try (FileChannel channel = SealedChannel.open(path, found)) {
      return look(found, SealedChannel.readFooter(channel, path));
    }
  }

  private static FileLook look(BasicFileAttributes found, Footer footer) {
    return new FileLook(
        found.fileKey(), footer.fileBytes(), found.lastModifiedTime(), footer.edition());
  }

  /** The file's name, as it was opened. */
  public Path path() {
    return path;
  }

  /** What the footer says. */
  public Footer footer() {
    return footer;
  }

  /** The dictionary section, on the heap, checked. */
  public ByteBuffer dictionary() {
    return mapped.sections.dictionary().duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The shape of packed texts, checked, or null if the IDs are not packed. */
  public @Nullable IdShape shape() {
    return mapped.sections.shape();
  }

  /** What the look told that found this file. */
  public FileLook look() {
    return mapped.look();
  }

  MappedFile mapped() {
    return mapped;
  }

  /** Adds the files of one edition, which is put away, to those that wait. */
  public static void putAway(List<SealedFile> edition, WaitingMappings waiting) {
    waiting.add(edition.stream().map(file -> file.mapped.mapping).toList());
  }

  /**
   * The mapped tiers, in regions of less than 2 GiB; segment s lies in region {@code s >>>
   * regionShift()}. In a file of pages, their {@link Windows}.
   */
  MappedByteBuffer[] regions() {
    return regions;
  }

  /** The window of a file of pages that has one, which holds the seal, too; else null. */
  @Nullable MappedByteBuffer onlyWindow() {
    return onlyWindow;
  }

  int regionShift() {
    return mapped.regionShift;
  }

  /** The number of entries of a segment, checked against its chunks. */
  int entryCount(int segment) {
    StoreGeometry g = footer.geometry();
    int at = segment * g.segmentHeaderBytes() + 8;
    int count = Objects.requireNonNull(mapped.segmentHeaders).getInt(at);
    if (count < 0 || count > g.chunkCount()) {
      throw corrupt(
          Rule.text(
              "a segment must not have more entries than chunks: segment=%s entryCount=%s"
                  + " chunkCount=%s",
              segment, count, g.chunkCount()));
    }
    return count;
  }

  /**
   * Checks that the end of the file is still there. No answer counts before: where a file is cut
   * under its mapping it reads as zeros up to the end of the page, and a zero slot says "absent".
   */
  void checkSeal() {
    if (sealIsGone(0)) {
      throw sealIsGone();
    }
  }

  /**
   * {@link #checkSeal} after the read of a code. Where it looks depends on the code, so neither the
   * compiler nor the processor can look earlier. After a fence, lookups would read each field anew.
   */
  void checkSealAfter(int code) {
    if (sealIsGone(code & nothing)) {
      throw sealIsGone();
    }
  }

  /** Likewise, after a read from the only window: its address and limits are at hand. */
  void checkSealAfter(int code, MappedByteBuffer window) {
    try {
      if ((window.getLong(sealInWindow + (code & nothing)) ^ saltedSeal) != salt) {
        throw sealIsGone();
      }
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /** {@link #checkSeal} after everything that was read before. */
  void checkSealAfterwards() {
    VarHandle.loadLoadFence();
    checkSeal();
  }

  /*
   * In compiled code a read that faults is skipped: the register or the flags keep what they held, and the error follows
   * later. So the seal is mixed into a value of which the compiler knows nothing: whichever instruction is skipped, the
   * result is another.
   */
  private boolean sealIsGone(int zero) {
    try {
      return (tail.getLong(sealOffset + zero) ^ saltedSeal) != salt;
    } finally {
      // So that the hold does not end while its last lookup is under way.
      Reference.reachabilityFence(this);
    }
  }

  /** 1, which the compiler does not know. */
  int one() {
    return one;
  }

  private UncheckedIOException sealIsGone() {
    return corrupt(
        "a sealed file must not be cut short or written while it is read: the seal at its end is"
            + " gone");
  }

  /** Waits for the error of a skipped read, so that it does not reach the caller later. */
  private void meetLateError() {
    try {
      throwLateError();
    } catch (InternalError late) {
      // It tells of the fault that is being reported already.
    }
  }

  /**
   * Throws the error of a read that was skipped, if one is still to come. Compiled code meets it on
   * its return from the virtual machine, which makes an array of arrays of a size unknown to it.
   */
  private void throwLateError() {
    byte[][] arrays = new byte[nothing][nothing];
    nothing = arrays.length;
  }

  /**
   * Waits for the error of a skipped read before the answers of a batch, or of a part of a walk,
   * are returned. Compiled code of JDK 25 throws before an answer is used: there, does nothing.
   *
   * @throws UncheckedIOException if a read was skipped
   */
  public void endBatch() {
    if (ERRORS_COME_LATE) {
      try {
        throwLateError();
      } catch (InternalError late) {
        throw explain(late);
      }
    }
  }

  UncheckedIOException corrupt(String ruleAndFindings) {
    meetLateError();
    return new UncheckedIOException(new CorruptAlmanacException(ruleAndFindings, path));
  }

  IllegalStateException closed() {
    return new IllegalStateException("the almanac is closed: path=" + path);
  }

  /**
   * What an error of the hot path means: the mapping is closed, or the file is not what its footer
   * says. A late error may come on the way here, so callers also catch that, and call again.
   */
  RuntimeException explain(Throwable error) {
    if (regions == CLOSED || isClosed()) {
      return closed();
    }
    meetLateError();
    return new UncheckedIOException(
        new CorruptAlmanacException(
            "what a sealed file refers to must lie in it: " + error.getMessage(), path, error));
  }

  /** Brings every page into memory, see {@link Residency#load}. */
  public void load(LongConsumer progress) {
    requireOpen();
    try {
      Residency.load(regions, tail, footer.fileBytes(), progress);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /** How many bytes of the tiers or pages are in memory, see {@link Residency#bytes}. */
  public long residentBytes() {
    requireOpen();
    try {
      return Residency.bytes(regions);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /** Whether {@link #close} was called. */
  public boolean isClosed() {
    return !isOpen.get();
  }

  /** Throws {@link IllegalStateException} after {@link #close}. */
  public void requireOpen() {
    if (isClosed()) {
      throw closed();
    }
  }

  /**
   * The same mappings for another user, who closes them separately.
   *
   * @throws IllegalStateException if this is closed
   */
  public SealedFile share() {
    if (isClosed() || !mapped.tryUse()) {
      throw closed();
    }
    return new SealedFile(path, mapped);
  }

  /** Ends this use. Later lookups fail; those under way answer or fail. Idempotent. */
  public void close() {
    if (isOpen.compareAndSet(true, false)) {
      regions = CLOSED;
      onlyWindow = null;
      if (hold != null) {
        hold.end();
      } else {
        mapped.release();
      }
    }
  }
}
