package dev.almanac.reliability;

import dev.almanac.EditionSource;
import dev.almanac.HostCache;
import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Installs an edition for each line that it is told: "DIRECTORY EDITION SOURCE". Says "copying"
 * when it is asked to copy, and then "installed INODE". The source is slow, so that there is a
 * midway.
 *
 * <p>Argument: whether to do it as one would without the cache, for the control.
 */
final class EditionInstaller {
  private static final int PIECES = 20;

  private EditionInstaller() {}

  public static void main(String[] arguments) throws Exception {
    boolean naive = Boolean.parseBoolean(arguments[0]);
    System.out.println("ready");
    BufferedReader orders = new BufferedReader(new InputStreamReader(System.in));
    for (String order; (order = orders.readLine()) != null; ) {
      String[] words = order.split(" ");
      Path directory = Path.of(words[0]);
      EditionSource source = () -> slow(Path.of(words[2]));
      Path installed =
          naive
              ? copyUnlessThere(source, directory.resolve(words[1] + ".almanac"))
              : HostCache.install(source, words[1], directory);
      System.out.println("installed " + Files.getAttribute(installed, "unix:ino"));
    }
  }

  private static InputStream slow(Path file) throws IOException {
    System.out.println("copying");
    int pieceBytes = (int) (Files.size(file) / PIECES);
    return new FilterInputStream(Files.newInputStream(file)) {
      @Override
      public int read(byte[] into, int from, int length) throws IOException {
        try {
          Thread.sleep(1);
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
        return super.read(into, from, Math.min(length, pieceBytes));
      }
    };
  }

  /** Whole by a rename, but nobody waits for anybody. */
  private static Path copyUnlessThere(EditionSource source, Path target) throws IOException {
    if (!Files.exists(target)) {
      Path part = Files.createTempFile(target.getParent(), "copy", ".part");
      try (InputStream in = source.open()) {
        Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
      }
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    }
    return target;
  }
}
