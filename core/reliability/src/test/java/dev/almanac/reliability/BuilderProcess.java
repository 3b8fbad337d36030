package dev.almanac.reliability;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@link BuildOnce} in a process of its own, and what can be done to it. */
final class BuilderProcess implements AutoCloseable {
  /** One that outlives a test that did it no harm: starting one takes seconds. */
  private static BuilderProcess spare;

  private final Process process;
  private final Writer in;
  private final BufferedReader out;
  private final List<String> said = new ArrayList<>();
  private long mainThread;
  private boolean asked;

  private BuilderProcess(Process process) {
    this.process = process;
    this.in = new OutputStreamWriter(process.getOutputStream(), UTF_8);
    this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
  }

  /** Starts one that creates stores in its own JVM; it warms up while the caller goes on. */
  static BuilderProcess start(Path scratch) throws IOException {
    return start(scratch, List.of(), true, List.of("-Xmx64m"));
  }

  /**
   * @param scratch a folder for its first build
   * @param wrapper a program and its arguments that start the JVM, or nothing
   * @param ownStore whether it creates stores itself, or in a child JVM
   */
  static BuilderProcess start(
      Path scratch, List<String> wrapper, boolean ownStore, List<String> flags) throws IOException {
    return start(
        scratch, wrapper, ownStore, flags, warmUp(scratch, Editions.in(scratch).oldRows()));
  }

  private static List<String> warmUp(Path scratch, Path rows) throws IOException {
    return List.of(
        rows.toString(),
        Files.createTempDirectory(scratch, "warm").resolve("warm.almanac").toString());
  }

  /** One to copy: see {@link #copy}. */
  static BuilderProcess startToCopy(Path scratch, Path rows) throws IOException {
    return start(
        scratch,
        List.of(),
        true,
        List.of("-Xint", "-Xmx400m", "-Xmn300m", "-XX:MetaspaceSize=256m"),
        warmUp(scratch, rows));
  }

  /** One that has built nothing yet, and creates stores in a child JVM. */
  static BuilderProcess startWithChild(Path scratch) throws IOException {
    return start(scratch, List.of(), false, List.of("-Xmx64m"), List.of());
  }

  private static BuilderProcess start(
      Path scratch,
      List<String> wrapper,
      boolean ownStore,
      List<String> flags,
      List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>(wrapper);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (ownStore && (flag.startsWith("--add-") || flag.startsWith("--enable-native"))) {
        command.add(flag);
      }
      if (flag.startsWith("--sun-misc-unsafe")) {
        command.add(flag);
      }
    }
    command.addAll(flags);
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-XX:ErrorFile=" + scratch.resolve("hs_err"),
            "-Dchronicle.analytics.disable=true",
            "-cp",
            System.getProperty("java.class.path"),
            BuildOnce.class.getName()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    return new BuilderProcess(builder.start());
  }

  /** The spare one, which the caller does not close and does no lasting harm to. */
  static synchronized BuilderProcess shared() throws IOException {
    if (spare != null && spare.asked) {
      // A test that failed left it with an answer that nobody waits for.
      spare.close();
    }
    if (spare == null || !spare.process.isAlive()) {
      Path scratch = Files.createTempDirectory("almanac-builder");
      spare = start(scratch);
      BuilderProcess mine = spare;
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    mine.process.destroyForcibly();
                    try {
                      Command.run("rm", "-rf", scratch.toString());
                    } catch (IOException e) {
                      // The JVM is going down, and the folder is a temporary one.
                    }
                  }));
    }
    return spare.awaitReady();
  }

  BuilderProcess awaitReady() throws IOException {
    if (mainThread == 0) {
      String[] ready = line("ready").split("\t");
      mainThread = Long.parseLong(ready[2]);
    }
    return this;
  }

  long pid() {
    return process.pid();
  }

  /** The thread that does the steps of a publish, but for the first sync. */
  long mainThread() {
    return mainThread;
  }

  void ask(String command, Object rowsOrUid, Object target) throws IOException {
    in.write(command + "\t" + rowsOrUid + "\t" + target + "\n");
    in.flush();
    asked = true;
  }

  /** Has a copy of it build, which {@link #answered} and {@link #answer} are about then. */
  ProcessHandle copy(Editions editions, Path target) throws IOException {
    ask("copy", editions.newRows(), target);
    String forked = line("forked", "failed");
    if (forked == null || forked.startsWith("failed")) {
      throw new IOException("a builder must fork: answer=" + forked);
    }
    return ProcessHandle.of(Long.parseLong(forked.split("\t")[1])).orElseThrow();
  }

  /** SIGKILL to a copy; waits for its end. */
  void kill(ProcessHandle copy) throws IOException {
    copy.destroyForcibly();
    ask("reap", copy.pid(), "-");
    String reaped;
    do {
      // It may have answered in its last moment.
      reaped = line("published", "failed", "reaped");
    } while (reaped != null && !reaped.startsWith("reaped"));
    asked = false;
    if (!("reaped " + copy.pid()).equals(reaped)) {
      throw new IOException("a copy must end: pid=" + copy.pid() + " answer=" + reaped);
    }
  }

  /** What it answers, or null if it dies before it does. */
  String answer() throws IOException {
    asked = false;
    return line("published", "failed", "became");
  }

  /** Asks and waits. */
  String ask(Editions editions, Path target) throws IOException {
    ask("build", editions.newRows(), target);
    return answer();
  }

  /** What is done while a builder stands still. */
  interface Look {
    void look() throws IOException;
  }

  /**
   * Asks, and looks after every {@code step}th call of each kind of the thread that builds, where
   * the whole process stands still. Gives the answer.
   *
   * @param trace a file for what strace sees
   */
  String askAndLook(String command, Path rows, Path target, int step, Path trace, Look look)
      throws IOException {
    Strace strace =
        Strace.attach(
            mainThread,
            false,
            trace,
            "trace=%file,%desc",
            "inject=%file,%desc:signal=STOP:when=1+" + step);
    try {
      ask(command, rows, target);
      while (!answered()) {
        if (frozen()) {
          look.look();
          thaw();
        }
        pause();
      }
    } finally {
      // Whoever detaches from a stopped process leaves it stopped.
      strace.close();
      thaw();
    }
    return answer();
  }

  boolean answered() throws IOException {
    return out.ready();
  }

  private String line(String... beginnings) throws IOException {
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      for (String beginning : beginnings) {
        if (line.startsWith(beginning)) {
          return line;
        }
      }
      said.add(line);
    }
    if (beginnings[0].equals("ready")) {
      throw new IOException("a builder must start: exit=" + exit() + " it said: " + said);
    }
    return null;
  }

  /** What else it printed: the last words of a JVM. */
  String said() {
    return String.join("\n", said);
  }

  int exit() throws IOException {
    try {
      if (!process.waitFor(300, TimeUnit.SECONDS)) {
        throw new IOException("a builder must end: pid=" + pid());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new IOException("a test must not be interrupted", e);
    }
  }

  /** SIGKILL, and waits for the end. */
  void kill() throws IOException {
    process.destroyForcibly();
    exit();
  }

  /** Stops all of its threads where they are; returns when they have. */
  void freeze() throws IOException {
    Command.must("kill", "-STOP", Long.toString(pid()));
    while (!frozen()) {
      pause();
    }
  }

  /** Between two looks: short, so that little is missed, but not a busy wait. */
  static void pause() throws IOException {
    try {
      TimeUnit.MICROSECONDS.sleep(300);
    } catch (InterruptedException e) {
      throw new IOException("a test must not be interrupted", e);
    }
  }

  void thaw() throws IOException {
    Command.must("kill", "-CONT", Long.toString(pid()));
  }

  /** Whether every thread has stopped. A traced one says {@code t}. */
  boolean frozen() throws IOException {
    if (state(Path.of("/proc/" + pid() + "/stat")) != 'T') {
      return false;
    }
    try (DirectoryStream<Path> tasks =
        Files.newDirectoryStream(Path.of("/proc/" + pid() + "/task"))) {
      for (Path task : tasks) {
        char state = state(task.resolve("stat"));
        if (state != 'T' && state != 't' && state != 0) {
          return false;
        }
      }
    }
    return true;
  }

  private static char state(Path stat) throws IOException {
    try {
      String line = Files.readString(stat);
      return line.charAt(line.lastIndexOf(')') + 2);
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    exit();
  }
}
