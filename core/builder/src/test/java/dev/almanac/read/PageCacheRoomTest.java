package dev.almanac.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.almanac.Almanac;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PageCacheRoomTest {
  private static final long KIB = 1 << 10;

  @TempDir private Path folder;

  /** Writes what the kernel would say: a path, then the text of that file. */
  private OptionalLong room(String... files) throws IOException {
    write("proc/meminfo", "MemTotal:  9000 kB\nMemFree:  100 kB\nMemAvailable:  5000 kB\n");
    for (int i = 0; i < files.length; i += 2) {
      write(files[i], files[i + 1]);
    }
    return new PageCacheRoom(folder.resolve("proc"), folder.resolve("cgroup")).bytes();
  }

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @Test
  void withoutALimitItIsWhatTheKernelCallsAvailable() throws IOException {
    assertEquals(
        OptionalLong.of(5000 * KIB),
        room(
            "proc/self/cgroup", "0::/a\n",
            "cgroup/a/memory.max", "max\n",
            "cgroup/a/memory.high", "max\n",
            "cgroup/a/memory.current", "77\n",
            "cgroup/a/memory.stat", "active_file 7\n"));
  }

  @Test
  void inALimitedGroupItIsWhatIsNotUsedOrCanBeDropped() throws IOException {
    assertEquals(
        OptionalLong.of(1000 - 700 + 30 + 4),
        room(
            "proc/self/cgroup", "0::/a/b\n",
            "cgroup/a/b/memory.max", "1000\n",
            "cgroup/a/b/memory.current", "700\n",
            "cgroup/a/b/memory.stat", "anon 600\nfile 90\ninactive_file 30\nactive_file 4\n"));
  }

  @Test
  void theTightestOfTheGroupsAroundItCounts() throws IOException {
    String[] files = {
      "proc/self/cgroup", "0::/a/b\n",
      "cgroup/a/b/memory.max", "2000\n",
      "cgroup/a/b/memory.current", "700\n",
      "cgroup/a/b/memory.stat", "active_file 0\n",
      "cgroup/a/memory.max", "max\n",
      "cgroup/a/memory.high", "1500\n",
      "cgroup/a/memory.current", "800\n",
      "cgroup/a/memory.stat", "active_file 0\n"
    };
    assertEquals(OptionalLong.of(1500 - 800), room(files));
  }

  @Test
  void aContainerThatSeesItsGroupAsTheRootIsToldThePathOfTheHost() throws IOException {
    assertEquals(
        OptionalLong.of(1000 - 600 + 50),
        room(
            "proc/self/cgroup", "5:cpu:/other\n4:hugetlb,memory:/docker/1\n0::/docker/1\n",
            "cgroup/memory/other/memory.limit_in_bytes", "1\n",
            "cgroup/memory/other/memory.usage_in_bytes", "0\n",
            "cgroup/memory/other/memory.stat", "total_active_file 0\n",
            "cgroup/memory/memory.limit_in_bytes", "1000\n",
            "cgroup/memory/memory.usage_in_bytes", "600\n",
            "cgroup/memory/memory.stat",
                "active_file 1\ntotal_active_file 20\ntotal_inactive_file 30\n"));
  }

  /** And it is not read: an opening reads no more than it needs. */
  @Test
  void whatCanBeDroppedDoesNotMatterWhereALimitLeavesAllThatThereIs() throws IOException {
    assertEquals(
        OptionalLong.of(5000 * KIB),
        room(
            "proc/self/cgroup", "0::/a\n",
            "cgroup/a/memory.max", 5000 * KIB + 700 + "\n",
            "cgroup/a/memory.current", "700\n"));
  }

  @Test
  void aLineWithoutAGroupIsPassed() throws IOException {
    assertEquals(
        OptionalLong.of(1000 - 700),
        room(
            "proc/self/cgroup", "\n0::/a\n",
            "cgroup/a/memory.max", "1000\n",
            "cgroup/a/memory.current", "700\n",
            "cgroup/a/memory.stat", "active_file 0\n"));
  }

  @Test
  void aGroupThatUsesMoreThanItsLimitHasNone() throws IOException {
    assertEquals(
        OptionalLong.of(0),
        room(
            "proc/self/cgroup", "4:memory:/\n",
            "cgroup/memory/memory.limit_in_bytes", "1000\n",
            "cgroup/memory/memory.usage_in_bytes", "1001\n",
            "cgroup/memory/memory.stat", "total_active_file 0\n"));
  }

  @Test
  void whereTheKernelSaysNothingItIsUnknown() throws IOException {
    assertEquals(OptionalLong.empty(), new PageCacheRoom(folder, folder).bytes());
    assertEquals(OptionalLong.empty(), room("proc/self/cgroup", "0::/\n", "proc/meminfo", "a b\n"));
  }

  @ParameterizedTest
  @CsvSource({
    "'MemAvailable: 0 kB\n', 0",
    "'MemAvailable:   905 kB\nMemFree: 1 kB\n', 905",
    "'MemFree: 1 kB\nMemAvailable: 9059', 9059",
    "'MemFree: 1 kB\nMemAvailable: ', ",
    "'MemFree: 1 kB\nMemAvailable:', ",
    "'XMemAvailable: 7 kB\n', ",
    "'MemAvailable:7 kB\n', "
  })
  void theLineOfTheKernelIsReadWhereverItIs(String lines, Long kib) throws IOException {
    assertEquals(
        kib == null ? OptionalLong.empty() : OptionalLong.of(kib * KIB),
        room("proc/self/cgroup", "0::/\n", "proc/meminfo", lines));
  }

  /** Opens files in a control group of this machine that is made for it. */
  @Test
  void aProcessWarnsOnceOfFilesThatItsGroupHasNoRoomFor() throws Exception {
    Path memory = Path.of("/sys/fs/cgroup/memory");
    assumeTrue(Files.isWritable(memory.resolve("cgroup.procs")), "needs root and cgroup v1");
    Path group = Files.createDirectory(memory.resolve("almanac-" + ProcessHandle.current().pid()));
    long limit = 200 << 20;
    try {
      Files.writeString(group.resolve("memory.limit_in_bytes"), Long.toString(limit));
      Path small = file("small", 70 << 20);
      Path large = file("large", 300 << 20);
      Path other = file("other", 400 << 20);
      Process process =
          new ProcessBuilder(
                  "sh",
                  "-c",
                  "echo $$ > " + group.resolve("cgroup.procs") + " && exec \"$@\"",
                  "sh",
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx32m",
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Opener.class.getName(),
                  small.toString(),
                  large.toString(),
                  other.toString())
              .redirectOutput(folder.resolve("out").toFile())
              .redirectError(folder.resolve("errors").toFile())
              .start();
      assertEquals(0, process.waitFor(), () -> "see " + folder.resolve("errors"));
      long room = Long.parseLong(Files.readString(folder.resolve("out")).trim());
      assertTrue(room > 0 && room < limit, () -> "room=" + room);
      String errors = Files.readString(folder.resolve("errors"));
      List<String> warnings =
          errors.lines().filter(line -> line.contains("memory that is left")).toList();
      assertEquals(1, warnings.size(), errors);
      assertTrue(warnings.get(0).endsWith("path=" + large), errors);
      assertTrue(warnings.get(0).contains("fileBytes=" + Files.size(large) + " "), errors);
      assertFalse(errors.contains("Exception"), errors);
    } finally {
      Files.delete(group);
    }
  }

  /** A file with holes, which takes no space. */
  private Path file(String name, long bytes) throws IOException {
    Path path = folder.resolve(name);
    try (HandmadeFile file = HandmadeFile.ofNumbers(path, 3, 1, 16, 8, bytes)) {
      file.put(5, 1);
      file.seal();
    }
    return path;
  }

  /** Prints the room, and opens files. */
  static final class Opener {
    public static void main(String[] paths) throws IOException {
      System.out.println(Almanac.availableBytes().orElseThrow());
      for (String path : paths) {
        Almanac.open(Path.of(path)).close();
      }
    }
  }
}
