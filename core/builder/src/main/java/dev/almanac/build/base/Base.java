package dev.almanac.build.base;

import dev.almanac.Almanac;
import dev.almanac.CorruptAlmanacException;
import dev.almanac.DateDictionary;
import dev.almanac.IdKind;
import dev.almanac.build.BuildException;
import dev.almanac.build.choice.RowSpooler;
import dev.almanac.build.workspace.FileBytes;
import dev.almanac.build.workspace.Parallel;
import dev.almanac.format.Footer;
import dev.almanac.format.FooterBytes;
import dev.almanac.format.Sha256;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The file that a build begins with, see {@link dev.almanac.build.AlmanacBuilder#base}. */
public final class Base implements Closeable {
  private static final int IDS_PER_PART = 1 << 16;
  private static final int MAX_PARTS = 1 << 16;

  private static final int PIECE_BYTES = 4 << 20;

  private final Almanac almanac;
  private final FileChannel channel;
  private final Footer footer;

  private Base(Almanac almanac, FileChannel channel, Footer footer) {
    this.almanac = almanac;
    this.channel = channel;
    this.footer = footer;
  }

  /** Opens the base; {@link #verify} comes before its entries are used. */
  public static Base open(Path path, IdKind kind) throws IOException {
    Almanac almanac = Almanac.open(path);
    try {
      if (kind == IdKind.LONG && almanac.idKind() == IdKind.TEXT) {
        throw new BuildException(
            "a base of text IDs cannot become a file of numbers: ids=LONG base=TEXT, path=" + path);
      }
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      try {
        return new Base(almanac, channel, footer(channel, almanac));
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      almanac.close();
      throw e;
    }
  }

  /** The footer of the file that the channel reads, which must be the one that is mapped. */
  private static Footer footer(FileChannel channel, Almanac almanac) throws IOException {
    Path path = almanac.path();
    ByteBuffer bytes = ByteBuffer.allocate(Footer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    FileBytes.read(channel, bytes, Math.max(0, channel.size() - Footer.BYTES));
    Footer footer = FooterBytes.decode(bytes, channel.size(), path);
    if (!footer.edition().equals(almanac.edition())) {
      throw new IOException(
          String.format(
              "the name of a base must stand for one file while it is read: opened=%s found=%s,"
                  + " path=%s",
              almanac.edition(), footer.edition(), path));
    }
    return footer;
  }

  /**
   * Reads every byte of the base and compares the hash with its edition. The check of the new file
   * shows whether a lookup finds each ID.
   *
   * @throws CorruptAlmanacException if it is damaged
   */
  public void verify() throws IOException {
    MessageDigest sha256 = Sha256.digest();
    ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);
    long end = footer.footerOffset() + Footer.EDITION_OFFSET;
    for (long offset = 0; offset < end; offset += piece.limit()) {
      read(piece.clear().limit((int) Math.min(PIECE_BYTES, end - offset)), offset);
      sha256.update(piece.flip());
    }
    if (!HexFormat.of().formatHex(sha256.digest()).equals(footer.edition())) {
      // What is damaged, and where.
      throw new CorruptAlmanacException(
          "a base must be whole: " + Almanac.verify(almanac.path()).damages(), almanac.path());
    }
  }

  /** Fills a buffer from the file. */
  void read(ByteBuffer into, long offset) throws IOException {
    FileBytes.read(channel, into, offset);
  }

  /** Gives all entries to spoolers, of which there is one for each thread. */
  public void spool(Parallel threads, List<RowSpooler> spoolers) throws IOException {
    Queue<RowSpooler> free = new ConcurrentLinkedQueue<>(spoolers);
    int partCount = (int) Math.min(MAX_PARTS, almanac.size() / IDS_PER_PART + 1);
    threads.forEachIndex(
        partCount,
        spoolers.size(),
        free::remove,
        (spooler, part) -> spool(almanac.entries().part(part, partCount), spooler));
    for (RowSpooler spooler : spoolers) {
      spooler.flush();
    }
  }

  private void spool(dev.almanac.Entries entries, RowSpooler spooler) throws IOException {
    DateDictionary dictionary = almanac.dictionary();
    try {
      if (almanac.idKind() == IdKind.LONG) {
        entries.forEach(
            (id, code) -> {
              try {
                spooler.base(id, dictionary, code);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
      } else {
        entries.forEachUtf8(
            (utf8, from, to, code) -> {
              try {
                spooler.base(utf8, from, to, dictionary, code);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  Footer footer() {
    return footer;
  }

  public Almanac almanac() {
    return almanac;
  }

  public Path path() {
    return almanac.path();
  }

  public IdKind idKind() {
    return almanac.idKind();
  }

  public long idCount() {
    return almanac.size();
  }

  @Override
  public void close() throws IOException {
    almanac.close();
    channel.close();
  }
}
