package dev.almanac.build.chronicle;

import dev.almanac.Almanac;
import dev.almanac.IdKind;
import dev.almanac.build.workspace.Workspace;
import dev.almanac.format.Footer;
import dev.almanac.format.StoreGeometry;
import dev.almanac.read.SealedFile;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import net.openhft.chronicle.bytes.BytesStore;
import net.openhft.chronicle.bytes.MappedBytes;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;

/**
 * Has stock Chronicle Map open a copy of a sealed file and compares every entry, in a child JVM
 * that has what Chronicle needs.
 */
public final class StockCheck {
  /** Most differences that are listed. */
  private static final int MOST_LISTED = 10;

  private static final String SEALED = "sealed";
  private static final String COPY = "copy";

  private StockCheck() {}

  /**
   * Compares a file with what stock Chronicle Map finds in a copy of it.
   *
   * @param temporaryDirectory takes the copy, which is as large as the file, until the end
   * @return what differs, a line each; empty if stock agrees
   * @throws IOException if the file cannot be copied or stock cannot open the copy
   * @throws IllegalStateException if this runtime lacks what Chronicle Map needs
   */
  public static List<String> run(Path file, Path temporaryDirectory) throws IOException {
    ChronicleJvm.requireAll();
    Path folder = Files.createTempDirectory(temporaryDirectory, "almanac-stock-");
    try {
      // A link, so that no letter of the path is lost on the way to the child.
      Files.createSymbolicLink(folder.resolve(SEALED), file.toRealPath());
      Path copy = Files.copy(file, folder.resolve(COPY));
      Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
      Process child = ChronicleJvm.start(folder, StockCheck.class);
      child.getOutputStream().close();
      String said =
          new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      int status = child.waitFor();
      if (status != 0) {
        throw new IOException(
            String.format(
                "stock Chronicle Map must be able to open a copy of the file: exitStatus=%s, it"
                    + " printed: %s, path=%s",
                status, Files.readString(folder.resolve(ChronicleJvm.ERRORS_FILE)).strip(), file));
      }
      return said.lines().toList();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the comparison was interrupted, path=" + file, e);
    } finally {
      Workspace.delete(folder);
    }
  }

  /** The child: prints what differs. */
  public static void main(String[] arguments) throws IOException {
    PrintStream answers = System.out;
    // What a library prints must not get into the answer.
    System.setOut(System.err);
    print(compare(Path.of(SEALED), Path.of(COPY)), answers);
    // Chronicle may have left threads that keep a JVM alive.
    System.exit(0);
  }

  /** Prints what differs for {@link #run}, in UTF-8 whatever the locale. */
  static void print(List<String> differences, PrintStream answers) throws IOException {
    answers.write(String.join("\n", differences).getBytes(StandardCharsets.UTF_8));
    answers.flush();
  }

  /**
   * Opens a writable copy of a sealed file as stock Chronicle Map does, and compares every entry
   * with what a lookup of this library finds at the address that it computes.
   *
   * @param copy written to: stock takes locks in its file
   */
  static List<String> compare(Path sealed, Path copy) throws IOException {
    List<String> differences = new ArrayList<>();
    SealedFile look = SealedFile.open(sealed);
    Footer footer = look.footer();
    look.close();
    try (Almanac almanac = Almanac.open(sealed)) {
      if (footer.idKind() == IdKind.TEXT && !footer.isPacked()) {
        try (ChronicleMap<byte[], byte[]> stock =
            ChronicleMapBuilder.of(byte[].class, byte[].class).createPersistedTo(copy.toFile())) {
          compareSize(footer, stock.longSize(), differences);
          stock.forEach(
              (id, value) ->
                  compareCode(
                      new String(id, StandardCharsets.UTF_8),
                      almanac.code(id, 0, id.length),
                      value,
                      differences));
        }
        return differences;
      }
      try (ChronicleMap<Long, byte[]> stock =
          ChronicleMapBuilder.of(Long.class, byte[].class).createPersistedTo(copy.toFile())) {
        compareSize(footer, stock.longSize(), differences);
        if (footer.pages().hasPages()) {
          comparePages(footer, sealed, stock, differences);
        } else {
          stock.forEach(
              (id, value) -> compareCode(id.toString(), almanac.code(id), value, differences));
        }
      }
    }
    return differences;
  }

  private static void compareSize(Footer footer, long found, List<String> differences) {
    if (found != footer.entryCount()) {
      differences.add(
          "stock must hold as many entries: found=" + found + " expected=" + footer.entryCount());
    }
  }

  private static void compareCode(String id, int expected, byte[] value, List<String> differences) {
    int code = 0;
    for (int i = 0; i < value.length; i++) {
      code |= (value[i] & 0xFF) << 8 * i;
    }
    if (code != expected && differences.size() < MOST_LISTED) {
      differences.add(
          String.format(
              "stock must have the code of a lookup: id=%s found=%s expected=%s",
              id, code, expected));
    }
  }

  /** Stock finds each page by its key; a lookup computes where it lies. */
  private static void comparePages(
      Footer footer, Path sealed, ChronicleMap<Long, byte[]> stock, List<String> differences)
      throws IOException {
    StoreGeometry g = footer.geometry();
    try (MappedBytes stored = MappedBytes.readOnly(sealed.toFile())) {
      for (long page = 0; page < footer.entryCount(); page++) {
        long offset = g.tiersOffset() + g.entrySpaceOffset() + page * g.chunkBytes();
        byte[] value = stock.get(page);
        boolean same =
            value != null
                && Long.BYTES + value.length == g.chunkBytes()
                && isAt(stored, offset, page, value);
        if (!same && differences.size() < MOST_LISTED) {
          differences.add(
              String.format(
                  "stock must find a page where a lookup computes it: page=%s offset=%s",
                  page, offset));
        }
      }
    }
  }

  /** Whether the entry of a page with this value lies there in the file. */
  private static boolean isAt(MappedBytes stored, long offset, long page, byte[] value) {
    stored.readPositionRemaining(offset, Long.BYTES + value.length);
    return stored.readLong() == page && stored.contentEquals(BytesStore.wrap(value));
  }
}
