package dev.almanac.reliability;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.jna.Function;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.DelimitedRows;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * The victim: a process that builds when it is told to, one line in, one line out. Given rows and a
 * target it builds once before it says that it is ready, so that what is done to it is done to a
 * build and not to the loading of classes.
 *
 * <pre>{@code
 * build     ROWS TARGET   publishes as any program does
 * in-place  ROWS TARGET   a control: what a program does that writes onto the target itself
 * mapped    ROWS TARGET   a control: what a program does that fills a mapping of a file with holes
 * become    UID  -        gives its rights away
 * copy      ROWS TARGET   forks, and the copy says its number, builds, and answers
 * reap      PID  -        waits for the end of a copy
 * }</pre>
 *
 * <p>A copy is a process like any other to the kernel, and costs milliseconds where a JVM that
 * starts and warms up costs seconds. It has but the one thread that forked, and what that starts:
 * no collector and no compiler. That does for one build if the heap has room for it and the code is
 * interpreted: compiled code waits, now and then, for a thread that a copy does not have.
 */
final class BuildOnce {
  private static final int PIECE_BYTES = 1 << 10;
  private static final int PR_SET_PDEATHSIG = 1;
  private static final int SIGKILL = 9;

  private static boolean isCopy;

  private BuildOnce() {}

  public static void main(String[] arguments) throws IOException {
    PrintStream out = System.out;
    // Whatever a library prints must not look like an answer.
    System.setOut(System.err);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    if (arguments.length > 0) {
      build(Path.of(arguments[0]), Path.of(arguments[1]));
      System.gc();
    }
    Path thread = Files.readSymbolicLink(Path.of("/proc/thread-self"));
    out.println("ready\t" + thread.getName(0) + "\t" + thread.getFileName());
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String answer = answer(line.split("\t"), out);
      if (answer != null) {
        out.println(answer);
      }
      while (isCopy) {
        // Until it is killed: the end of a JVM is more than a copy can do.
        c("pause");
      }
    }
  }

  private static String answer(String[] command, PrintStream out) {
    try {
      return switch (command[0]) {
        case "build" -> "published " + build(Path.of(command[1]), Path.of(command[2]));
        case "delta" ->
            "published " + Editions.buildDelta(Path.of(command[1]), Path.of(command[2]));
        case "in-place" -> "published " + inPlace(Path.of(command[1]), Path.of(command[2]));
        case "mapped" -> "published " + mapped(Path.of(command[2]));
        case "copy" -> {
          awaitQuiet();
          int pid = c("fork");
          if (pid != 0) {
            // The copy answers for itself.
            yield pid > 0 ? null : "failed to fork";
          }
          isCopy = true;
          c("prctl", PR_SET_PDEATHSIG, SIGKILL);
          out.println("forked\t" + c("getpid"));
          yield "published " + build(Path.of(command[1]), Path.of(command[2]));
        }
        case "reap" -> "reaped " + c("waitpid", Integer.parseInt(command[1]), null, 0);
        case "become" -> become(Integer.parseInt(command[1]));
        default -> throw new IllegalArgumentException("a command must be known: " + command[0]);
      };
    } catch (Throwable e) {
      // The whole answer, so that a test can tell a named refusal from an accident.
      StringBuilder answer = new StringBuilder("failed ").append(e);
      for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
        answer.append(" <- ").append(cause);
      }
      return answer.toString().replace('\n', ' ');
    } finally {
      // A mapping lives until it is collected, and would keep a file system from being unmounted.
      if (!command[0].equals("copy") && !command[0].equals("reap")) {
        System.gc();
      }
    }
  }

  /** Waits until no other thread runs: a copy would wait for ever for a lock that one holds. */
  private static void awaitQuiet() throws IOException, InterruptedException {
    Path mine = Path.of("/proc/thread-self").toRealPath();
    boolean quiet = false;
    while (!quiet) {
      Thread.sleep(2);
      quiet = true;
      try (DirectoryStream<Path> threads = Files.newDirectoryStream(mine.getParent())) {
        for (Path thread : threads) {
          String stat = Files.readString(thread.resolve("stat"));
          quiet &= thread.equals(mine) || stat.charAt(stat.lastIndexOf(')') + 2) == 'S';
        }
      }
    }
  }

  /** Calls a function of the C library. */
  private static int c(String function, Object... arguments) {
    return Function.getFunction("c", function).invokeInt(arguments);
  }

  private static String build(Path rows, Path target) throws IOException {
    return AlmanacBuilder.create().threads(1).build(DelimitedRows.of(rows), target).edition();
  }

  private static String inPlace(Path rows, Path target) throws IOException {
    Path folder = Files.createTempDirectory("in-place");
    try {
      Path sealed = folder.resolve("sealed");
      String edition = build(rows, sealed);
      byte[] bytes = Files.readAllBytes(sealed);
      try (OutputStream file = Files.newOutputStream(target)) {
        for (int i = 0; i < bytes.length; i += PIECE_BYTES) {
          file.write(Arrays.copyOfRange(bytes, i, Math.min(bytes.length, i + PIECE_BYTES)));
        }
      }
      return edition;
    } finally {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }

  private static String mapped(Path target) throws IOException {
    try (FileChannel file =
        FileChannel.open(
            target, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MappedByteBuffer mapping = file.map(MapMode.READ_WRITE, 0, 64 << 20);
      for (int i = 0; i < mapping.capacity(); i += 4096) {
        mapping.put(i, (byte) 1);
      }
    }
    return "a file without an edition";
  }

  private static String become(int uid) {
    int result = c("setresgid", uid, uid, uid) | c("setresuid", uid, uid, uid);
    return result == 0 ? "became " + uid : "failed to become " + uid;
  }
}
