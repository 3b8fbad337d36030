package dev.almanac.read;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * The memory that is left for the page cache: what the kernel calls available, and no more than
 * what each control group around this process has left under its limit. File pages that are cached
 * already count as room, because the kernel can drop them. Version 1 and 2 of the control groups.
 *
 * <p>Part of opening a large file, so it reads no more than it needs, and does without what takes
 * milliseconds when a process does it first: regular expressions, and texts joined by {@code +}.
 */
public final class PageCacheRoom {
  private static final String[] V1 = {
    "memory.usage_in_bytes", "total_active_file", "total_inactive_file", "memory.limit_in_bytes"
  };
  private static final String[] V2 = {
    "memory.current", "active_file", "inactive_file", "memory.max", "memory.high"
  };

  /** From here on in those names there are limits; before them are the use and what it can drop. */
  private static final int FIRST_LIMIT = 3;

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
      String groups = Files.readString(proc.resolve("self/cgroup"));
      for (int from = 0, to; (to = groups.indexOf('\n', from)) >= 0; from = to + 1) {
        // Number, controllers, path. Version 2 has the number 0 and names no controllers.
        String[] group = groups.substring(from, to).split(":", 3);
        if (group.length == 3 && group[0].equals("0")) {
          room = least(room, cgroups, group[2], V2);
        } else if (group.length == 3 && hasMemory(group[1])) {
          room = least(room, cgroups.resolve("memory"), group[2], V1);
        }
      }
      return OptionalLong.of(Math.max(0, room));
    } catch (IOException | NumberFormatException e) {
      // Another system, or a kernel that says it in another way.
      return OptionalLong.empty();
    }
  }

  private static boolean hasMemory(String controllers) {
    for (String controller : controllers.split(",", -1)) {
      if (controller.equals("memory")) {
        return true;
      }
    }
    return false;
  }

  /**
   * The least room of a group and of those around it, and at most {@code room}. A container may see
   * its own group as the root and still be told the path that the host has for it, so folders that
   * are not there are passed.
   */
  private static long least(long room, Path root, String path, String[] names) throws IOException {
    long least = room;
    Path folder = root.resolve(path.substring(1)).normalize();
    for (; folder != null && folder.startsWith(root); folder = folder.getParent()) {
      for (int i = FIRST_LIMIT; i < names.length; i++) {
        long limit = limit(folder.resolve(names[i]));
        if (limit != Long.MAX_VALUE) {
          long left = limit - Long.parseLong(Files.readString(folder.resolve(names[0])).trim());
          if (left < least) {
            String stat = Files.readString(folder.resolve("memory.stat"));
            long dropped =
                Math.max(0, number(stat, names[1])) + Math.max(0, number(stat, names[2]));
            least = Math.min(least, left + dropped);
          }
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

  /** The number after a name at the start of a line and blanks, or -1. */
  private static long number(String lines, String name) {
    for (int at = lines.indexOf(name); at >= 0; at = lines.indexOf(name, at + 1)) {
      int after = at + name.length();
      int from = after;
      while (from < lines.length() && lines.charAt(from) == ' ') {
        from++;
      }
      if (from > after && (at == 0 || lines.charAt(at - 1) == '\n')) {
        int to = from;
        while (to < lines.length() && lines.charAt(to) >= '0' && lines.charAt(to) <= '9') {
          to++;
        }
        return Long.parseLong(lines, from, to, 10);
      }
    }
    return -1;
  }
}
