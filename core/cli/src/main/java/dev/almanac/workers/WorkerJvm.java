package dev.almanac.workers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines of worker JVMs that take little memory beside what they read. */
public final class WorkerJvm {
  /** What every worker JVM is started with, beside its heap's size. */
  static final List<String> FLAGS =
      List.of(
          // One thread collects; no card tables, remembered sets and worker stacks for parallel
          // ones.
          "-XX:+UseSerialGC",
          // No /tmp/hsperfdata file: it is a writable mapping, and its pages would be written to
          // storage.
          "-XX:-UsePerfData",
          // Standard output carries the protocol; a JVM prints its warnings there unless told not
          // to.
          "-XX:+DisplayVMOutputToStderr",
          "-Xlog:disable",
          "-Xlog:all=error:stderr",
          // JDK classes come from an archive that all JVMs of the machine map (the default; a JDK
          // without one still runs), at the address for which it was made. Elsewhere, which is the
          // default since 17, each JVM writes new pointers into 7 MB of it, and these pages are its
          // own. Workers run no code of strangers, from whom a random address would protect.
          "-Xshare:auto",
          "-XX:+UnlockDiagnosticVMOptions",
          "-XX:ArchiveRelocationMode=0",
          // The quick compiler: the slow one needs megabytes to compile, for loops that wait for
          // memory most of the time.
          "-XX:TieredStopAtLevel=1",
          // Garbage is collected after a megabyte, so that no more memory than that is ever touched
          // for it.
          "-Xmn1m");

  private WorkerJvm() {}

  /**
   * A command line for {@code mainClass} with the class path of this JVM.
   *
   * @param heapMegabytes size of the heap, fixed from the start, so that it cannot grow while it is
   *     measured
   */
  public static List<String> command(
      int heapMegabytes, Class<?> mainClass, List<String> arguments) {
    return command(
        heapMegabytes,
        List.of(),
        System.getProperty("java.class.path"),
        mainClass.getName(),
        arguments);
  }

  /** As above, with further flags of the JVM, and any class path. */
  public static List<String> command(
      int heapMegabytes,
      List<String> flags,
      String classPath,
      String mainClass,
      List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xms" + heapMegabytes + "m");
    command.add("-Xmx" + heapMegabytes + "m");
    command.addAll(FLAGS);
    command.addAll(flags);
    command.add("-cp");
    command.add(classPath);
    command.add(mainClass);
    command.addAll(arguments);
    return command;
  }
}
