package dev.almanac.read;

import dev.almanac.CorruptAlmanacException;
import dev.almanac.format.BlockChecksums;
import dev.almanac.format.Footer;
import dev.almanac.format.PageIndex;
import dev.almanac.format.StoreGeometry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * One sealed file, mapped read-only. The one owner of the mappings: tables and the dictionary
 * borrow them.
 *
 * <p>A file is mapped in <em>regions</em>, each a power of two of tiers and less than 2 GiB,
 * because a buffer's index is an {@code int}. The descriptor is closed as soon as the mappings
 * stand. They go when the last reference to them has gone: Java 17 has no way to unmap that a
 * racing lookup survives.
 */
public final class SealedFile {
  private static final MappedByteBuffer[] CLOSED = {};
  private static final int WINDOW_BYTES = 1 << 16;

  private static final boolean ERRORS_COME_LATE = Runtime.version().feature() < 25;

  /** What the header of every Chronicle Map says within its first {@value #START_BYTES} bytes. */
  private static final String STORE_NAME = "net.openhft.chronicle.map";

  private static final int START_BYTES = 64;

  private final Path path;
  private final Footer footer;
  private final MappedByteBuffer segmentHeaders;
  private final MappedByteBuffer tail;
  private final int sealOffset;
  private final int regionShift;

  /** Always 0. Not final, so that the compiler does not know. */
  private int nothing;

  /** Always 1. Not final, so that the compiler does not know. */
  private int one = 1;

  /** Any number, which the compiler does not know, see {@link #sealIsGone}. */
  private final long salt;

  private final long saltedSeal;

  private MappedByteBuffer[] regions;

  private SealedFile(Path path, Footer footer, FileChannel channel) throws IOException {
    this.path = path;
    this.footer = footer;
    StoreGeometry g = footer.geometry();
    int shift = 0;
    while ((g.tierBytes() << (shift + 1)) <= Integer.MAX_VALUE) {
      shift++;
    }
    this.regionShift = shift;
    int regionCount = ((g.segmentCount() - 1) >> shift) + 1;
    this.regions = new MappedByteBuffer[regionCount];
    for (int i = 0; i < regionCount; i++) {
      int first = i << shift;
      int tierCount = Math.min(1 << shift, g.segmentCount() - first);
      regions[i] = map(channel, path, g.tierOffset(first), tierCount * g.tierBytes());
    }
    this.segmentHeaders =
        map(channel, path, g.segmentHeadersOffset(), g.tiersOffset() - g.segmentHeadersOffset());
    this.tail =
        map(
            channel,
            path,
            footer.dictionaryOffset(),
            footer.fileBytes() - footer.dictionaryOffset());
    this.sealOffset = tail.capacity() - Long.BYTES;
    this.salt = (long) footer.dictionaryCrc() << 32 | footer.checksumsCrc() & 0xFFFFFFFFL;
    this.saltedSeal = Footer.SEAL ^ salt;
  }

  private SealedFile(SealedFile other) {
    this.path = other.path;
    this.footer = other.footer;
    this.segmentHeaders = other.segmentHeaders;
    this.tail = other.tail;
    this.sealOffset = other.sealOffset;
    this.regionShift = other.regionShift;
    this.regions = other.regions;
    this.salt = other.salt;
    this.saltedSeal = other.saltedSeal;
  }

  /**
   * Reads and checks the footer, then maps the file. O(1) in the size of the file.
   *
   * @throws NoSuchFileException if there is no file of this name
   * @throws CorruptAlmanacException if it is not a whole sealed file, as far as the footer tells
   * @throws dev.almanac.UnsupportedFormatException if it is of another format version
   */
  public static SealedFile open(Path path) throws IOException {
    try (FileChannel channel = openChannel(path)) {
      return new SealedFile(path, readFooter(channel, path), channel);
    }
  }

  /**
   * Reads and checks the footer, and maps nothing.
   *
   * @throws IOException as {@link #open}
   */
  public static Footer footerOf(Path path) throws IOException {
    try (FileChannel channel = openChannel(path)) {
      return readFooter(channel, path);
    }
  }

  /**
   * Opens a regular file for reading; anything else, a pipe say, could wait for ever or answer
   * differently each time.
   */
  static FileChannel openChannel(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      throw new IOException("an almanac must be a file, not a directory: path=" + path);
    }
    if (!Files.exists(path)) {
      throw new NoSuchFileException(path.toString(), null, "there is no such file");
    }
    if (!Files.isRegularFile(path)) {
      throw new IOException("an almanac must be a regular file: path=" + path);
    }
    return FileChannel.open(path, StandardOpenOption.READ);
  }

  /** Reads and checks the footer of an open file. */
  static Footer readFooter(FileChannel channel, Path path) throws IOException {
    long fileBytes = channel.size();
    ByteBuffer bytes = ByteBuffer.allocate(Footer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    if (fileBytes >= Footer.BYTES) {
      readFully(channel, bytes, fileBytes - Footer.BYTES, path);
    }
    if (!Footer.isSealed(bytes.clear())) {
      throw unsealed(channel, fileBytes, path);
    }
    return Footer.decode(bytes, fileBytes, path);
  }

  /** Tells an almanac that lost its end from a file of another kind, for the message alone. */
  private static CorruptAlmanacException unsealed(FileChannel channel, long fileBytes, Path path)
      throws IOException {
    if (fileBytes == 0) {
      return new CorruptAlmanacException("the file is empty", path);
    }
    ByteBuffer start = ByteBuffer.allocate(START_BYTES);
    channel.read(start, 0);
    return new String(start.array(), StandardCharsets.US_ASCII).contains(STORE_NAME)
        ? new CorruptAlmanacException(
            "the file has no seal at its end, it was cut short or overwritten: fileBytes="
                + fileBytes,
            path)
        : new CorruptAlmanacException("not an almanac file", path);
  }

  /** Fills {@code into} from {@code offset}; a file that ends before is corrupt. */
  static void readFully(FileChannel channel, ByteBuffer into, long offset, Path path)
      throws IOException {
    long at = offset;
    while (into.hasRemaining()) {
      int n = channel.read(into, at);
      if (n < 0) {
        throw new CorruptAlmanacException("the file must not end here: offset=" + at, path);
      }
      at += n;
    }
  }

  private static MappedByteBuffer map(FileChannel channel, Path path, long offset, long bytes)
      throws IOException {
    try {
      MappedByteBuffer buffer = channel.map(MapMode.READ_ONLY, offset, bytes);
      buffer.order(ByteOrder.LITTLE_ENDIAN);
      return buffer;
    } catch (IOException e) {
      if (e.getCause() instanceof OutOfMemoryError) {
        // The JDK has collected garbage already, and with it the mappings of closed almanacs.
        throw new IOException(
            "a file can be mapped only while the process has address space and fewer mappings than"
                + " vm.max_map_count: bytes="
                + bytes
                + ", path="
                + path,
            e);
      }
      throw e;
    }
  }

  /** The file's name, as it was opened. */
  public Path path() {
    return path;
  }

  /** What the footer says. */
  public Footer footer() {
    return footer;
  }

  /**
   * The bytes of the dictionary section, a view of the mapping, after its checksum.
   *
   * @throws CorruptAlmanacException if the checksum does not match
   */
  public ByteBuffer dictionary() throws IOException {
    ByteBuffer section =
        tail.slice(0, Math.toIntExact(footer.dictionaryBytes())).order(ByteOrder.LITTLE_ENDIAN);
    int crc = BlockChecksums.crc(section.duplicate());
    if (crc != footer.dictionaryCrc()) {
      throw new CorruptAlmanacException(
          String.format(
              "the dictionary's checksum must match: found=%08x computed=%08x",
              footer.dictionaryCrc(), crc),
          path);
    }
    return section;
  }

  /** The places of the pages, see {@link PageIndex}, or null where the file has none. */
  @Nullable ByteBuffer pageIndex() {
    return footer.pageIndexBytes() == 0
        ? null
        : tail.slice(
                (int) (footer.pageIndexOffset() - footer.dictionaryOffset()),
                footer.pageIndexBytes())
            .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The mapped tiers; segment s lies in region {@code s >>> regionShift()}. */
  MappedByteBuffer[] regions() {
    return regions;
  }

  int regionShift() {
    return regionShift;
  }

  /** The number of entries of a segment, checked against its chunks. */
  int entryCount(int segment) {
    int count = segmentHeaders.getInt(segment * footer.geometry().segmentHeaderBytes() + 8);
    if (count < 0 || count > footer.geometry().chunkCount()) {
      throw corrupt(
          "a segment must not have more entries than chunks: segment="
              + segment
              + " entryCount="
              + count
              + " chunkCount="
              + footer.geometry().chunkCount());
    }
    return count;
  }

  /**
   * Checks that the end of the file is still there. A file that is cut short under its mapping
   * reads as zeros up to the end of the page, and a zero slot would say "absent": so no answer
   * counts before this has passed.
   */
  void checkSeal() {
    if (sealIsGone(0)) {
      throw sealIsGone();
    }
  }

  /**
   * {@link #checkSeal} behind the read of a code. Where to look is made to depend on the code, so
   * neither the compiler nor the processor can look earlier; a fence would say the same, but also
   * make a loop of lookups read every field anew for each.
   */
  void checkSealAfter(int code) {
    if (sealIsGone(code & nothing)) {
      throw sealIsGone();
    }
  }

  /** {@link #checkSeal} behind everything that was read before. */
  public void checkSealAfterwards() {
    VarHandle.loadLoadFence();
    checkSeal();
  }

  /*
   * In compiled code a read that faults is skipped: the register keeps what it held, or a comparison with memory leaves
   * the flags of an earlier one, and the error follows some time later. So the seal is not compared but mixed into a
   * value of which the compiler knows nothing, and whichever of the instructions is skipped, the result is another.
   */
  private boolean sealIsGone(int zero) {
    return (tail.getLong(sealOffset + zero) ^ saltedSeal) != salt;
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

  /**
   * Meets the error of a skipped read that is still to come, here rather than wherever the caller
   * has got to by then.
   */
  private void meetLateError() {
    try {
      throwLateError();
    } catch (InternalError late) {
      // It tells of the fault that is being reported already.
    }
  }

  /**
   * Throws the error of a read that was skipped, if one is still to come. Compiled code meets it
   * when it comes back from the virtual machine, for which it leaves to make an array of arrays of
   * a size that it does not know: here an empty one, of 16 bytes.
   */
  private void throwLateError() {
    byte[][] arrays = new byte[nothing][nothing];
    nothing = arrays.length;
  }

  /**
   * Before the answers of a batch, or of a stretch of a walk, are given away: meets the error of a
   * read that was skipped, so that a wrong answer does not leave before it. Compiled code of JDK 25
   * throws before an answer is used, so there this does nothing.
   *
   * @throws UncheckedIOException if a read was skipped
   */
  void endBatch() {
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
   * says. A late error may come on the way here, so those who call this also catch what the call
   * ends in, and call again.
   */
  RuntimeException explain(Throwable error) {
    if (regions == CLOSED) {
      return closed();
    }
    return unreadable(error);
  }

  /** What an error of a read means, also of a closed file whose dictionary is still in use. */
  public UncheckedIOException unreadable(Throwable error) {
    meetLateError();
    return new UncheckedIOException(
        new CorruptAlmanacException(
            "what a sealed file refers to must lie in it: " + error.getMessage(), path, error));
  }

  /**
   * Asks the operating system to bring every page into memory. Takes as long as reading the file,
   * when it is not there yet.
   */
  public void load() {
    for (MappedByteBuffer region : regions) {
      region.load();
    }
    tail.load();
  }

  /**
   * How many bytes of the tiers are in memory, counted by windows of 64 KiB that are wholly there.
   */
  public long residentBytes() {
    long resident = 0;
    for (MappedByteBuffer region : regions) {
      for (int from = 0; from < region.capacity(); from += WINDOW_BYTES) {
        int bytes = Math.min(WINDOW_BYTES, region.capacity() - from);
        if (region.slice(from, bytes).isLoaded()) {
          resident += bytes;
        }
      }
    }
    return resident;
  }

  /** Whether {@link #close} was called. */
  public boolean isClosed() {
    return regions == CLOSED;
  }

  /** Throws {@link IllegalStateException} after {@link #close}. */
  public void requireOpen() {
    if (isClosed()) {
      throw closed();
    }
  }

  /**
   * The same mappings for another user, who closes them on its own. They go when the last one has
   * let go of them: the collector does the counting, so that a lookup need not.
   */
  public SealedFile share() {
    return new SealedFile(this);
  }

  /** Cleared when nobody refers to the mappings any more, so just before they go. */
  public Reference<?> mapping() {
    return new WeakReference<>(tail);
  }

  /**
   * Lets go of the mappings. Lookups from here on fail; those in flight end as if it had come after
   * them.
   */
  public void close() {
    regions = CLOSED;
  }
}
