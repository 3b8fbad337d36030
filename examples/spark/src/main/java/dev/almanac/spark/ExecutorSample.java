package dev.almanac.spark;

import dev.almanac.Almanac;
import dev.almanac.workers.MappingMemory;
import dev.almanac.workers.ProcessMemory;
import java.io.IOException;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * What an executor says about itself, in kB of 1,024 bytes.
 *
 * @param executor Spark's name for it
 * @param pid its process
 * @param heap of its heap, what a full collection leaves
 * @param privateMemory what this process alone has in memory
 * @param peak the most that it ever had in memory, with what it shares
 * @param inode of the file, if it maps it, else 0
 * @param mapped of the file, in memory through its mapping
 * @param permissions of the mapping, such as {@code r--s}
 * @param copied pages of the file that are a copy of this process's own, or that it wrote to
 */
record ExecutorSample(
    String executor,
    long pid,
    long heap,
    long privateMemory,
    long peak,
    long inode,
    long mapped,
    String permissions,
    long copied)
    implements Serializable {

  private static final int TRIES = 20;
  private static final int TASKS = 8;
  private static final long HOLD_MILLIS = 200;

  /**
   * A sample of each of {@code executorCount} executors, asked by short tasks until all answered.
   *
   * @param dates what they look dates up in, opened and read for the sample, or null
   */
  static Collection<ExecutorSample> ofAll(SparkSession spark, int executorCount, HostDates dates) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    TreeMap<Long, ExecutorSample> byPid = new TreeMap<>();
    List<Integer> tasks = new ArrayList<>(Collections.nCopies(TASKS, 0));
    for (int i = 0; i < TRIES && byPid.size() < executorCount; i++) {
      context
          .parallelize(tasks, TASKS)
          .map(task -> ofThisProcess(dates))
          .collect()
          .forEach(sample -> byPid.put(sample.pid, sample));
    }
    if (byPid.size() != executorCount) {
      throw new IllegalStateException(
          "every executor must answer: answered=" + byPid.size() + " expected=" + executorCount);
    }
    return byPid.values();
  }

  private static ExecutorSample ofThisProcess(HostDates dates) throws IOException {
    try {
      // Long enough that the other executor gets a task of its own.
      Thread.sleep(HOLD_MILLIS);
    } catch (InterruptedException e) {
      throw new IllegalStateException("a task must not be interrupted", e);
    }
    System.gc();
    if (dates == null) {
      return ofThisProcess(new MappingMemory("", 0, 0, 0, 0, 0, 0), 0);
    }
    try (Almanac almanac = dates.open()) {
      almanac.preload();
      Path file = dates.file().toRealPath();
      MappingMemory mapping = MappingMemory.of(ProcessHandle.current().pid(), file);
      return ofThisProcess(
          mapping, mapping.mappingCount() == 0 ? 0 : (Long) Files.getAttribute(file, "unix:ino"));
    }
  }

  private static ExecutorSample ofThisProcess(MappingMemory mapping, long inode)
      throws IOException {
    long pid = ProcessHandle.current().pid();
    return new ExecutorSample(
        SparkEnv.get().executorId(),
        pid,
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() >> 10,
        ProcessMemory.of(pid).privateKilobytes(),
        peakKilobytes(),
        inode,
        mapping.rssKilobytes(),
        mapping.permissions(),
        mapping.copiedKilobytes() + mapping.dirtyKilobytes());
  }

  private static long peakKilobytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new IOException("a process must have a peak: path=/proc/self/status");
  }
}
