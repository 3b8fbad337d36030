package dev.almanac.read;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * The memory that is left for the page cache: what the kernel calls available, and no more than
 * what each control group around this process has left under its limit. File pages that are cached
 * already count as room, because the kernel can drop them. Version 1 and 2 of the control groups.
 */
public final class PageCacheRoom {
  private static final List<String> V1_LIMITS = List.of("memory.limit_in_bytes");
  private static final List<String> V2_LIMITS = List.of("memory.max", "memory.high");

  private final Path proc;
  private final Path cgroups;

  /** Of this process. */
  public PageCacheRoom() {
    this(Path.of("/proc"), Path.of("/sys/fs/cgroup"));
  }

  /** Reads other folders than the kernel's, for tests. */
  PageCacheRoom(Path proc, Path cgroups) {
    this.proc = proc;
    this.cgroups = cgroups;
  }

  /** The room now, in bytes; empty where the kernel does not say. Reads about ten small files. */
  public OptionalLong bytes() {
    try {
      long available = number(Files.readString(proc.resolve("meminfo")), "MemAvailable:");
      if (available < 0) {
        return OptionalLong.empty();
      }
      long room = available << 10;
      for (String line : Files.readAllLines(proc.resolve("self/cgroup"))) {
        // Number, controllers, path. Version 2 has the number 0 and names no controllers.
        String[] group = line.split(":", 3);
        if (group.length == 3 && group[0].equals("0")) {
          room = Math.min(room, smallest(cgroups, group[2], V2_LIMITS, "memory.current", ""));
        } else if (group.length == 3 && List.of(group[1].split(",")).contains("memory")) {
          room =
              Math.min(
                  room,
                  smallest(
                      cgroups.resolve("memory"),
                      group[2],
                      V1_LIMITS,
                      "memory.usage_in_bytes",
                      "total_"));
        }
      }
      return OptionalLong.of(Math.max(0, room));
    } catch (IOException | NumberFormatException e) {
      // Another system, or a kernel that says it in another way.
      return OptionalLong.empty();
    }
  }

  /**
   * The least room of a group and of those around it. A container may see its own group as the root
   * and still be told the path that the host has for it, so folders that are not there are passed.
   */
  private static long smallest(
      Path root, String path, List<String> limits, String usage, String statPrefix)
      throws IOException {
    long least = Long.MAX_VALUE;
    Path folder = root.resolve(path.substring(1)).normalize();
    for (; folder != null && folder.startsWith(root); folder = folder.getParent()) {
      for (String name : limits) {
        long limit = limit(folder.resolve(name));
        if (limit != Long.MAX_VALUE) {
          long used = Long.parseLong(Files.readString(folder.resolve(usage)).trim());
          String stat = Files.readString(folder.resolve("memory.stat"));
          long dropped =
              Math.max(0, number(stat, statPrefix + "active_file"))
                  + Math.max(0, number(stat, statPrefix + "inactive_file"));
          least = Math.min(least, limit - used + dropped);
        }
      }
    }
    return least;
  }

  /** The limit in a file; without one, or for "max", no limit. */
  private static long limit(Path file) throws IOException {
    if (!Files.isReadable(file)) {
      return Long.MAX_VALUE;
    }
    String text = Files.readString(file).trim();
    return text.equals("max") ? Long.MAX_VALUE : Long.parseLong(text);
  }

  /**
   * The number in the line that begins with a name, or -1. Without a regular expression or a map of
   * all lines, which took a third of the opening of a large file.
   */
  private static long number(String lines, String name) {
    int at = ("\n" + lines).indexOf("\n" + name + " ");
    if (at < 0) {
      return -1;
    }
    int from = at + name.length();
    while (from < lines.length() && lines.charAt(from) == ' ') {
      from++;
    }
    int to = from;
    while (to < lines.length() && lines.charAt(to) >= '0' && lines.charAt(to) <= '9') {
      to++;
    }
    return Long.parseLong(lines, from, to, 10);
  }
}
