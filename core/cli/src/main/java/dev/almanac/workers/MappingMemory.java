package dev.almanac.workers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeSet;

/**
 * What one process maps of one file, summed over all its mappings of it, from {@code
 * /proc/PID/smaps}.
 *
 * @param permissions as smaps writes them, such as {@code r--s}: no write, shared; several, joined
 *     by commas, if they differ; empty if the file is not mapped
 * @param mappingCount mappings of the file
 * @param sizeKilobytes address space
 * @param rssKilobytes resident
 * @param pssKilobytes proportional share
 * @param dirtyKilobytes pages written and not yet on disk, shared or private
 * @param copiedKilobytes pages that are a copy of this process's own (anonymous memory in a private
 *     mapping)
 */
public record MappingMemory(
    String permissions,
    int mappingCount,
    long sizeKilobytes,
    long rssKilobytes,
    long pssKilobytes,
    long dirtyKilobytes,
    long copiedKilobytes) {

  private static final int FIELDS_BEFORE_PATH = 5;

  /**
   * The mappings of {@code file} in a running process, found by inode or by path (on layered file
   * systems the two views of an inode can differ).
   *
   * @throws IOException if there is no such process or file, or it belongs to someone else
   */
  public static MappingMemory of(long pid, Path file) throws IOException {
    Path real = file.toRealPath();
    String inode = Files.getAttribute(real, "unix:ino").toString();
    String device = device((Long) Files.getAttribute(real, "unix:dev"));
    // A path in smaps is bytes of any encoding; read byte by byte, an ASCII one compares right and
    // none is malformed.
    String smaps =
        Files.readString(
            Path.of("/proc", Long.toString(pid), "smaps"), StandardCharsets.ISO_8859_1);
    TreeSet<String> permissions = new TreeSet<>();
    int mappings = 0;
    long size = 0;
    long rss = 0;
    long pss = 0;
    long dirty = 0;
    long copied = 0;
    boolean ours = false;
    for (String line : (Iterable<String>) smaps.lines()::iterator) {
      if (Character.isUpperCase(line.charAt(0))) {
        if (!ours) {
          continue;
        }
        if (line.startsWith("Size:")) {
          size += ProcessMemory.kilobytes(line);
        } else if (line.startsWith("Rss:")) {
          rss += ProcessMemory.kilobytes(line);
        } else if (line.startsWith("Pss:")) {
          pss += ProcessMemory.kilobytes(line);
        } else if (line.startsWith("Shared_Dirty:") || line.startsWith("Private_Dirty:")) {
          dirty += ProcessMemory.kilobytes(line);
        } else if (line.startsWith("Anonymous:")) {
          copied += ProcessMemory.kilobytes(line);
        }
      } else {
        // addresses permissions offset device inode path
        String[] fields = line.split(" +", FIELDS_BEFORE_PATH + 1);
        boolean sameInode = fields[4].equals(inode) && fields[3].equals(device);
        ours =
            sameInode
                || (fields.length > FIELDS_BEFORE_PATH
                    && fields[FIELDS_BEFORE_PATH].equals(real.toString()));
        if (ours) {
          permissions.add(fields[1]);
          mappings++;
        }
      }
    }
    return new MappingMemory(
        String.join(",", permissions), mappings, size, rss, pss, dirty, copied);
  }

  MappingMemory plus(MappingMemory other) {
    TreeSet<String> both =
        new TreeSet<>(Arrays.asList((permissions + "," + other.permissions).split(",")));
    both.remove("");
    return new MappingMemory(
        String.join(",", both),
        mappingCount + other.mappingCount,
        sizeKilobytes + other.sizeKilobytes,
        rssKilobytes + other.rssKilobytes,
        pssKilobytes + other.pssKilobytes,
        dirtyKilobytes + other.dirtyKilobytes,
        copiedKilobytes + other.copiedKilobytes);
  }

  /** A device number as smaps writes it, {@code major:minor} in hexadecimal. */
  private static String device(long number) {
    long major = (number >>> 8 & 0xFFF) | (number >>> 32 & 0xFFFFF000L);
    long minor = (number & 0xFF) | (number >>> 12 & 0xFFFFFF00L);
    return String.format("%02x:%02x", major, minor);
  }
}
