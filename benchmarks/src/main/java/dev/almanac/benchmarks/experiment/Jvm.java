package dev.almanac.benchmarks.experiment;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/** The JVMs and other processes that the measurements start. */
final class Jvm {
  private Jvm() {}

  /** The java launcher of this JVM. */
  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** The class path of this JVM. */
  static String classPath() {
    return System.getProperty("java.class.path");
  }

  /** A command line with flags, class path, main class and arguments. */
  static List<String> command(
      List<String> flags, String classPath, Class<?> mainClass, Object... arguments) {
    List<String> command = new ArrayList<>();
    command.add(java());
    command.addAll(flags);
    command.add("-cp");
    command.add(classPath);
    command.add(mainClass.getName());
    Arrays.stream(arguments).map(Object::toString).forEach(command::add);
    return command;
  }

  /**
   * A jar with the project's own classes and none of the peers: what a reader has on its class
   * path. The benchmarks' jar has the directory of some 20,000 classes, which every JVM would read
   * and keep.
   */
  static Path readerJar(Path directory) throws IOException {
    Path jar = directory.resolve("reader.jar");
    Path source = Path.of(classPath());
    if (!source.toString().endsWith(".jar")) {
      throw new IllegalStateException(
          "The measurements of processes run from the benchmarks' jar; classPath=" + source);
    }
    Files.createDirectories(directory);
    Path temporary = directory.resolve("reader.jar.writing");
    try (JarFile all = new JarFile(source.toFile());
        JarOutputStream output = new JarOutputStream(Files.newOutputStream(temporary))) {
      Enumeration<JarEntry> entries = all.entries();
      while (entries.hasMoreElements()) {
        JarEntry entry = entries.nextElement();
        String name = entry.getName();
        if (name.startsWith("dev/almanac/")
            && name.endsWith(".class")
            && !name.contains("jmh_generated")) {
          output.putNextEntry(new JarEntry(name));
          try (InputStream bytes = all.getInputStream(entry)) {
            bytes.transferTo(output);
          }
          output.closeEntry();
        }
      }
    }
    Files.move(temporary, jar, StandardCopyOption.ATOMIC_MOVE);
    return jar;
  }

  /** Copies a file out of this jar. */
  static Path resource(String name, Path directory) throws IOException {
    Files.createDirectories(directory);
    Path file = directory.resolve(name);
    try (InputStream bytes = Jvm.class.getResourceAsStream("/" + name);
        OutputStream output = Files.newOutputStream(file)) {
      if (bytes == null) {
        throw new IllegalStateException("The jar holds the file; name=" + name);
      }
      bytes.transferTo(output);
    }
    return file;
  }

  /** Runs a command to its end and gives its standard output. */
  static String run(List<String> command) throws IOException, InterruptedException {
    return run(command, ProcessBuilder.Redirect.PIPE);
  }

  private static String run(List<String> command, ProcessBuilder.Redirect output)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(output)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Thread killer = new Thread(process::destroyForcibly, "killer");
    Runtime.getRuntime().addShutdownHook(killer);
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    Runtime.getRuntime().removeShutdownHook(killer);
    if (status != 0) {
      throw new IOException(
          "A measured process ends with status 0; status=%d, command=%s"
              .formatted(status, command));
    }
    return said;
  }

  /** Seconds from the start of a process to its end; its output is dropped. */
  static double seconds(List<String> command) throws IOException, InterruptedException {
    long start = System.nanoTime();
    run(command, ProcessBuilder.Redirect.DISCARD);
    return (System.nanoTime() - start) / 1e9;
  }

  /** The last line of some output. */
  static String lastLine(String output) {
    List<String> lines = output.lines().toList();
    return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
  }

  /** The most memory that this process has had resident, in bytes. */
  static long highWaterBytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
      }
    }
    return 0;
  }
}
