package dev.almanac.workers;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Starts worker processes, lets them all read at the same time, and measures their memory: after
 * start, several times a second while they read, and when all have read, before they end. What the
 * workers are does not matter, as long as they speak {@link WorkerProtocol}.
 *
 * <p>No worker outlives the experiment, whatever happens to it: they are killed if it fails or this
 * JVM is told to end, and find their standard input closed if this JVM is killed. Not thread-safe;
 * one object can run several times.
 */
public final class WorkerExperiment {
  private static final String MUST_LIVE = "a worker must live until it is told to exit";

  private final List<List<String>> commands;
  private @Nullable Path file;
  private Duration sampleInterval = Duration.ofMillis(250);
  private Duration timeLimit = Duration.ofHours(1);

  private WorkerExperiment(List<List<String>> commands) {
    this.commands = commands;
  }

  /**
   * An experiment with one process for each command line.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static WorkerExperiment of(List<List<String>> commands) {
    if (commands.isEmpty()) {
      throw new IllegalArgumentException("an experiment must have a worker: commands=" + commands);
    }
    return new WorkerExperiment(commands.stream().map(List::copyOf).toList());
  }

  /** The file whose mappings are measured in each worker. Default: none. */
  public WorkerExperiment file(Path mappedFile) {
    file = Objects.requireNonNull(mappedFile, "mappedFile");
    return this;
  }

  /**
   * Time between two samples of memory. Default: a quarter of a second. A sample costs the machine
   * some milliseconds a worker.
   */
  public WorkerExperiment sampleInterval(Duration interval) {
    if (interval.isNegative() || interval.isZero()) {
      throw new IllegalArgumentException(
          "the sample interval must be positive: interval=" + interval);
    }
    sampleInterval = interval;
    return this;
  }

  /** The longest that the whole experiment may take. Default: an hour. */
  public WorkerExperiment timeLimit(Duration limit) {
    timeLimit = Objects.requireNonNull(limit, "limit");
    return this;
  }

  /**
   * Runs it.
   *
   * @throws WorkerFailedException if a worker ended early, broke the protocol, or the time limit
   *     passed
   * @throws IOException if a worker cannot be started or /proc cannot be read
   */
  public WorkersReport run() throws IOException, InterruptedException {
    List<WorkerProcess> workers = new ArrayList<>();
    Thread killer = new Thread(() -> workers.forEach(WorkerProcess::kill), "worker-killer");
    Runtime.getRuntime().addShutdownHook(killer);
    try {
      return run(workers);
    } catch (WorkerFailedException e) {
      throw e;
    } catch (IOException e) {
      // /proc has no figures for a process that is gone.
      for (WorkerProcess worker : workers) {
        if (!worker.isAlive()) {
          WorkerFailedException failure = worker.failed(MUST_LIVE, "");
          failure.initCause(e);
          throw failure;
        }
      }
      throw e;
    } finally {
      workers.forEach(WorkerProcess::kill);
      try {
        Runtime.getRuntime().removeShutdownHook(killer);
      } catch (IllegalStateException e) {
        // This JVM is ending, and the hook is running.
      }
    }
  }

  private WorkersReport run(List<WorkerProcess> workers) throws IOException, InterruptedException {
    BlockingQueue<WorkerProcess.Line> lines = new LinkedBlockingQueue<>();
    long launched = System.nanoTime();
    long deadline = launched + timeLimit.toNanos();
    for (List<String> command : commands) {
      workers.add(new WorkerProcess(workers.size(), command, lines));
    }
    for (int waiting = workers.size(); waiting > 0; waiting--) {
      ready(next(lines, deadline, workers));
    }
    long readyNanos = System.nanoTime() - launched;
    List<Long> pids = workers.stream().flatMap(worker -> worker.pids.stream()).toList();
    Samples samples = new Samples(pids, launched);
    MemorySample afterStart = samples.take();
    List<ProcessWrites> writesBefore = writes(workers);

    long started = System.nanoTime();
    for (WorkerProcess worker : workers) {
      worker.send(WorkerProtocol.GO);
    }
    long nextSample = started + sampleInterval.toNanos();
    for (int reading = workers.size(); reading > 0; ) {
      WorkerProcess.Line line =
          lines.poll(Math.max(0, nextSample - System.nanoTime()), TimeUnit.NANOSECONDS);
      if (line != null) {
        done(line);
        reading--;
      }
      if (System.nanoTime() >= nextSample) {
        samples.take();
        nextSample = System.nanoTime() + sampleInterval.toNanos();
        checkDeadline(deadline, workers);
      }
    }
    long readingNanos = System.nanoTime() - started;
    List<ProcessWrites> writesAfter = writes(workers);
    MemorySample atEnd = samples.take();

    List<WorkersReport.Worker> results = results(workers, writesBefore, writesAfter);
    for (WorkerProcess worker : workers) {
      worker.end();
    }
    long[] privates = samples.highestPrivateKilobytes();
    return new WorkersReport(
        results,
        Duration.ofNanos(readyNanos),
        Duration.ofNanos(readingNanos),
        afterStart,
        samples.peak(),
        atEnd,
        median(privates),
        Arrays.stream(privates).max().orElseThrow(),
        samples.all());
  }

  private List<WorkersReport.Worker> results(
      List<WorkerProcess> workers,
      List<ProcessWrites> writesBefore,
      List<ProcessWrites> writesAfter)
      throws IOException {
    List<WorkersReport.Worker> results = new ArrayList<>();
    for (WorkerProcess worker : workers) {
      ProcessWrites written = writesAfter.get(worker.index).minus(writesBefore.get(worker.index));
      results.add(
          new WorkersReport.Worker(
              worker.index,
              List.copyOf(worker.pids),
              Objects.requireNonNull(worker.outcome),
              worker.nanos,
              mapping(worker),
              written.storageBytes(),
              written.callBytes() - worker.protocolBytes));
    }
    return results;
  }

  private WorkerProcess.Line next(
      BlockingQueue<WorkerProcess.Line> lines, long deadline, List<WorkerProcess> workers)
      throws IOException, InterruptedException {
    while (true) {
      WorkerProcess.Line line = lines.poll(100, TimeUnit.MILLISECONDS);
      if (line != null) {
        return line;
      }
      checkDeadline(deadline, workers);
    }
  }

  private void checkDeadline(long deadline, List<WorkerProcess> workers) throws IOException {
    if (System.nanoTime() > deadline) {
      WorkerProcess slow =
          workers.stream().filter(worker -> worker.outcome == null).findFirst().orElseThrow();
      throw slow.failed("the workers must be done within the time limit", "limit=" + timeLimit);
    }
  }

  private static void ready(WorkerProcess.Line line) throws IOException {
    String[] words = words(line, WorkerProtocol.READY);
    try {
      for (int i = 1; i < words.length; i++) {
        line.worker().pids.add(Long.valueOf(words[i]));
      }
    } catch (NumberFormatException e) {
      throw line.worker()
          .failed("a worker must list process IDs after \"ready\"", "line=" + line.text());
    }
  }

  private static void done(WorkerProcess.Line line) throws IOException {
    String[] words = words(line, WorkerProtocol.DONE);
    WorkerProcess worker = line.worker();
    String text = line.text();
    try {
      if (text != null && words.length == 5 && worker.outcome == null) {
        worker.outcome =
            new WorkerProtocol.Outcome(
                Long.parseLong(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3]));
        worker.nanos = Long.parseLong(words[4]);
        worker.protocolBytes = text.length() + 1L;
        return;
      }
    } catch (NumberFormatException e) {
      // Refused below.
    }
    throw worker.failed("a worker must answer once with four whole numbers", "line=" + line.text());
  }

  private static String[] words(WorkerProcess.Line line, String expected) throws IOException {
    String text = line.text();
    if (text == null) {
      boolean early = line.worker().outcome == null;
      throw line.worker()
          .failed(
              early ? "a worker must not end before it has said \"" + expected + "\"" : MUST_LIVE,
              "");
    }
    String[] words = text.split(" ", -1);
    if (!words[0].equals(expected)) {
      throw line.worker().failed("a worker must say \"" + expected + "\"", "line=" + line.text());
    }
    return words;
  }

  private static List<ProcessWrites> writes(List<WorkerProcess> workers) throws IOException {
    List<ProcessWrites> all = new ArrayList<>();
    for (WorkerProcess worker : workers) {
      long storage = 0;
      long calls = 0;
      for (long pid : worker.pids) {
        ProcessWrites writes = ProcessWrites.of(pid);
        storage += writes.storageBytes();
        calls += writes.callBytes();
      }
      all.add(new ProcessWrites(storage, calls));
    }
    return all;
  }

  /**
   * The worker's mappings of the file; those of the process itself where it forked others, which
   * inherited them.
   */
  private Optional<MappingMemory> mapping(WorkerProcess worker) throws IOException {
    if (file == null) {
      return Optional.empty();
    }
    MappingMemory sum = null;
    for (long pid : worker.pids) {
      MappingMemory one = MappingMemory.of(pid, file);
      sum = sum == null ? one : sum.plus(one);
    }
    return Optional.ofNullable(sum);
  }

  static long median(long[] values) {
    long[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** The samples of one run. */
  private static final class Samples {
    private final List<Long> pids;
    private final long launched;
    private final long[] highestPrivate;
    private final List<MemorySample> all = new ArrayList<>();

    Samples(List<Long> pids, long launched) {
      this.pids = pids;
      this.launched = launched;
      highestPrivate = new long[pids.size()];
    }

    MemorySample take() throws IOException {
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - launched);
      long pss = 0;
      long unshared = 0;
      for (int i = 0; i < highestPrivate.length; i++) {
        ProcessMemory memory = ProcessMemory.of(pids.get(i));
        pss += memory.pssKilobytes();
        unshared += memory.privateKilobytes();
        highestPrivate[i] = Math.max(highestPrivate[i], memory.privateKilobytes());
      }
      MemorySample sample = new MemorySample(millis, pss, unshared);
      all.add(sample);
      return sample;
    }

    MemorySample peak() {
      return all.stream()
          .max((a, b) -> Long.compare(a.pssKilobytes(), b.pssKilobytes()))
          .orElseThrow();
    }

    long[] highestPrivateKilobytes() {
      return highestPrivate.clone();
    }

    List<MemorySample> all() {
      return List.copyOf(all);
    }
  }
}
