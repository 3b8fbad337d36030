package dev.almanac.reliability;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code strace} on a thread or a process that runs already: what it calls, and what is put in its
 * way.
 */
final class Strace implements AutoCloseable {
  private static final Pattern CALL = Pattern.compile("(?:[0-9]+ +)?([a-z0-9_]+)\\(.*");
  private static final Pattern RESUMED =
      Pattern.compile("[0-9]+ +<\\.\\.\\. [a-z0-9_]+ resumed>(.*)");
  private static final String UNFINISHED = " <unfinished ...>";
  private static final Pattern PATH = Pattern.compile("[<\"](/[^>\"]*)[>\"]");

  private final Process process;
  private final Path output;

  private Strace(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /**
   * A call that was seen.
   *
   * @param name of the system call
   * @param ordinal the how manieth of this name since the start of the trace, from 1; strace counts
   *     in the same way
   * @param file the name of the last file in it, without what is random
   */
  record Call(String name, int ordinal, String file, String line) {
    boolean injected() {
      return line.contains("(INJECTED)");
    }

    /** The same step of another build. */
    boolean sameStep(Call other) {
      return name.equals(other.name) && file.equals(other.file);
    }

    String step() {
      return name + " " + file;
    }
  }

  /** Why it cannot be used here, or null. */
  static String missing() throws IOException {
    String missing = Command.missing("strace");
    if (missing != null) {
      return missing;
    }
    Process sleeper = new ProcessBuilder("sleep", "60").start();
    Path output = Files.createTempFile("strace", ".txt");
    try (Strace strace = attach(sleeper.pid(), false, output)) {
      return strace.process.isAlive() ? null : "strace must be allowed to trace a process";
    } catch (IOException e) {
      return "strace must be allowed to trace a process that is not its child: " + e.getMessage();
    } finally {
      sleeper.destroyForcibly();
      Files.delete(output);
    }
  }

  /**
   * Attaches to a thread, or to all threads of a process; returns when it has.
   *
   * @param expressions which calls to trace, and what to inject into them
   */
  static Strace attach(long id, boolean allThreads, Path output, String... expressions)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("strace", "-y", "-s", "16"));
    if (allThreads) {
      command.add("-f");
    }
    for (String expression : expressions) {
      command.addAll(List.of("-e", expression));
    }
    command.addAll(List.of("-o", output.toString(), "-p", Long.toString(id)));
    Process process = new ProcessBuilder(command).start();
    BufferedReader errors =
        new BufferedReader(new InputStreamReader(process.getErrorStream(), UTF_8));
    StringBuilder said = new StringBuilder();
    for (String line = errors.readLine(); line != null; line = errors.readLine()) {
      if (line.contains("attached")) {
        return new Strace(process, output);
      }
      said.append(line).append(' ');
    }
    throw new IOException("strace must attach: it said: " + said);
  }

  /** Lets go, and tells what was seen. */
  List<Call> detach() throws IOException {
    close();
    List<Call> calls = new ArrayList<>();
    Map<String, Integer> counts = new HashMap<>();
    for (String line : wholeLines(Files.readAllLines(output))) {
      Matcher matcher = CALL.matcher(line);
      if (matcher.matches()) {
        String name = matcher.group(1);
        String file = "";
        Matcher path = PATH.matcher(line);
        while (path.find()) {
          file = path.group(1);
        }
        calls.add(
            new Call(
                name,
                counts.merge(name, 1, Integer::sum),
                file.replaceAll("almanac-[^/]*-[0-9]+", "almanac-N").replaceAll(".*/", ""),
                line));
      }
    }
    return calls;
  }

  /** Puts the two lines together that a call has while another thread calls too. */
  private static List<String> wholeLines(List<String> lines) {
    List<String> whole = new ArrayList<>();
    Map<String, Integer> unfinished = new HashMap<>();
    for (String line : lines) {
      String thread = line.replaceAll("[^0-9].*", "");
      Matcher resumed = RESUMED.matcher(line);
      if (resumed.matches() && unfinished.containsKey(thread)) {
        int index = unfinished.remove(thread);
        whole.set(index, whole.get(index) + resumed.group(1));
      } else if (line.endsWith(UNFINISHED)) {
        unfinished.put(thread, whole.size());
        whole.add(line.substring(0, line.length() - UNFINISHED.length()));
      } else {
        whole.add(line);
      }
    }
    return whole;
  }

  /**
   * The calls of a publish: those that touch the target's folder, from the first write of the
   * sealed file to the answer. Without those that map: the C library maps memory now and then, so
   * that one build's third is another's fourth.
   */
  static List<Call> publish(List<Call> calls, Path target) {
    List<Call> publish = new ArrayList<>();
    for (Call call : calls) {
      if (!call.name.equals("mmap")
          && call.line.contains(target.getParent().toString())
          && (!publish.isEmpty() || call.step().equals("pwrite64 sealed"))) {
        publish.add(call);
      }
    }
    return publish;
  }

  @Override
  public void close() throws IOException {
    // Not forcibly: it must let go of what it traces.
    process.destroy();
    try {
      if (!process.waitFor(300, TimeUnit.SECONDS)) {
        throw new IOException("strace must end");
      }
    } catch (InterruptedException e) {
      throw new IOException("a test must not be interrupted", e);
    }
  }
}
