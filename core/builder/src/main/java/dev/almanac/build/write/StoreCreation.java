package dev.almanac.build.write;

import dev.almanac.format.StoreGeometry;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where {@link ChronicleStore} runs: in this JVM if it was started with the flags that Chronicle
 * needs, else in a child JVM that is. Either takes a second or two to load and compile what it
 * needs, so it starts with the build and warms up on a store of one entry while the rows are read.
 *
 * <p>The child speaks lines on standard input and output. It ends when its input does, so it cannot
 * outlive its parent.
 */
final class StoreCreation implements AutoCloseable {
  /** Flags of a JVM that runs Chronicle Map 2026.1 with a persisted map, on Java 17 to 25. */
  static final List<String> FLAGS =
      List.of(
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
          "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
          "--add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED",
          "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED");

  private static final List<String> QUIET_FLAGS_FROM_24 =
      List.of("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED");

  /**
   * A class of each library that Chronicle Map needs, so that its jar is found wherever the
   * application keeps it.
   */
  private static final List<String> PROBES =
      List.of(
          "net.openhft.chronicle.map.ChronicleMap",
          "net.openhft.chronicle.core.Jvm",
          "net.openhft.chronicle.bytes.Bytes",
          "net.openhft.chronicle.wire.Wire",
          "net.openhft.chronicle.threads.Pauser",
          "net.openhft.chronicle.values.Values",
          "net.openhft.chronicle.algo.MemoryUnit",
          "net.openhft.affinity.Affinity",
          "net.openhft.posix.PosixAPI",
          "net.openhft.compiler.CachedCompiler",
          "com.squareup.javapoet.JavaFile",
          "org.slf4j.Logger",
          "com.sun.jna.Native",
          "com.sun.jna.platform.linux.LibC",
          "jnr.ffi.Runtime",
          "jnr.constants.Constant",
          "jnr.x86asm.Assembler",
          "jnr.a64asm.Assembler_A64",
          "com.kenai.jffi.Foreign",
          "org.objectweb.asm.ClassWriter",
          "org.jetbrains.annotations.NotNull");

  private static final String READY = "almanac-ready";
  private static final String CREATED = "almanac-created";
  private static final String FAILED = "almanac-failed";

  private final Parallel threads;
  private final Path folder;

  // One of the two: this JVM does it, or a child.
  private final @Nullable Future<Void> warmUp;
  private final @Nullable Child child;

  private record Child(
      Process process, Writer in, BufferedReader out, Future<StringBuilder> errors) {}

  /** Starts warming up. {@code folder} takes a store of one entry for the time. */
  StoreCreation(Parallel threads, Path folder) throws IOException {
    this.threads = threads;
    this.folder = folder;
    if (hasFlags(requireChronicle().getModule())) {
      child = null;
      warmUp =
          threads.start(
              () -> {
                warmUp(folder);
                return null;
              });
    } else {
      requireCompiler();
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(FLAGS);
      if (Runtime.version().feature() >= 24) {
        command.addAll(QUIET_FLAGS_FROM_24);
      }
      // It runs for seconds and works for milliseconds: the quick compiler, the small collector, no
      // shared files of its own.
      command.addAll(
          List.of(
              "-XX:TieredStopAtLevel=1",
              "-XX:+UseSerialGC",
              "-Xmx128m",
              "-XX:-UsePerfData",
              "-Dchronicle.analytics.disable=true",
              "-cp",
              classPath(),
              StoreCreation.class.getName(),
              folder.toString()));
      ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
      // What the user set for every JVM must not reach this one: an agent or a heap size would
      // change it, and it would say so.
      builder
          .environment()
          .keySet()
          .removeAll(Set.of("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS"));
      Process process = builder.start();
      child =
          new Child(
              process,
              new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8),
              new BufferedReader(
                  new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)),
              threads.start(() -> read(process.getErrorStream())));
      warmUp = null;
    }
  }

  private static Class<?> requireChronicle() {
    Class<?> chronicle = find("net.openhft.chronicle.map.ChronicleMap");
    if (chronicle == null) {
      throw new IllegalStateException(
          "building must have net.openhft:chronicle-map on the class path, as almanac-core declares"
              + " it: found none");
    }
    return chronicle;
  }

  private static void requireCompiler() {
    if (ModuleFinder.ofSystem().find("jdk.compiler").isEmpty()) {
      throw new IllegalStateException(
          "building must have a Java runtime with the module jdk.compiler, since Chronicle Map"
              + " compiles classes as it runs: java.home="
              + System.getProperty("java.home")
              + " has none; use a full JDK, or jlink with "
              + "--add-modules jdk.compiler. Reading needs no such thing");
    }
  }

  private static @Nullable Class<?> find(String name) {
    try {
      return Class.forName(name, false, StoreCreation.class.getClassLoader());
    } catch (ClassNotFoundException | LinkageError e) {
      return null;
    }
  }

  /** Whether this JVM has all the flags, seen from the module of Chronicle's classes. */
  private static boolean hasFlags(Module chronicle) {
    ModuleLayer boot = ModuleLayer.boot();
    Module base = Object.class.getModule();
    return base.isOpen("java.lang", chronicle)
        && base.isOpen("java.lang.reflect", chronicle)
        && base.isExported("sun.nio.ch", chronicle)
        && base.isExported("jdk.internal.ref", chronicle)
        && boot.findModule("jdk.compiler")
            .map(m -> m.isExported("com.sun.tools.javac.file", chronicle))
            .orElse(false)
        && isQuiet();
  }

  /**
   * From 24 on, a JVM prints warnings about what Chronicle does with memory unless it is told not
   * to; no manifest can tell it. Asked of the JVM, since {@link ProcessHandle} knows no arguments
   * when they are longer than a page, as with a long class path.
   */
  private static boolean isQuiet() {
    return Runtime.version().feature() < 24
        || ManagementFactory.getRuntimeMXBean()
            .getInputArguments()
            .contains(QUIET_FLAGS_FROM_24.get(0));
  }

  private static String classPath() {
    Set<String> entries = new LinkedHashSet<>();
    List<String> names = new ArrayList<>(PROBES);
    names.add(0, StoreCreation.class.getName());
    for (String name : names) {
      Class<?> type = find(name);
      CodeSource source = type == null ? null : type.getProtectionDomain().getCodeSource();
      URL url = source == null ? null : source.getLocation();
      if (url == null) {
        continue;
      }
      try {
        Path place = Path.of(url.toURI());
        if (Files.exists(place)) {
          entries.add(place.toString());
        }
      } catch (URISyntaxException | RuntimeException e) {
        throw new IllegalStateException(
            "the libraries of a build must lie in files of their own, so that a child JVM can load"
                + " them: class="
                + name
                + " location="
                + url,
            e);
      }
    }
    entries.addAll(
        Arrays.asList(System.getProperty("java.class.path", "").split(File.pathSeparator)));
    return entries.stream()
        .filter(entry -> !entry.isEmpty())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static StringBuilder read(InputStream childErrors) throws IOException {
    StringBuilder errors = new StringBuilder();
    char[] chars = new char[1024];
    try (InputStreamReader reader = new InputStreamReader(childErrors, StandardCharsets.UTF_8)) {
      for (int n = reader.read(chars); n >= 0; n = reader.read(chars)) {
        if (errors.length() < 10_000) {
          errors.append(chars, 0, n);
        }
      }
    }
    return errors;
  }

  /** Creates the store. Called once. */
  ChronicleStore.Created create(StorePlan plan, Path file) throws IOException {
    if (warmUp != null) {
      Parallel.awaitEnd(warmUp);
    }
    if (child == null) {
      return Parallel.awaitEnd(threads.start(() -> ChronicleStore.create(plan, file)));
    }
    if (!folder.equals(file.getParent())) {
      throw new IllegalArgumentException(
          "the store must be made in the folder of the warm-up: folder="
              + folder
              + " file="
              + file);
    }
    try {
      child.in.write(encode(plan) + "\t" + file.getFileName() + "\n");
      child.in.flush();
    } catch (IOException e) {
      throw failed(child, "it does not take the plan: " + e.getMessage());
    }
    // In a thread of its own: a pipe's reader does not hear an interrupt, and the store of a large
    // table takes the child seconds.
    String line = Parallel.await(threads.start(() -> answer(child.out)));
    if (line == null || line.startsWith(FAILED)) {
      throw failed(child, line == null ? "it ended early" : line.substring(FAILED.length()).trim());
    }
    return decode(line);
  }

  private static @Nullable String answer(BufferedReader out) throws IOException {
    String line = out.readLine();
    while (line != null && !line.startsWith(CREATED) && !line.startsWith(FAILED)) {
      line = out.readLine();
    }
    return line;
  }

  private static IOException failed(Child child, String how) throws IOException {
    child.process.destroy();
    String errors = Parallel.await(child.errors).toString().trim();
    return new IOException(
        "the JVM that creates the Chronicle Map must succeed: "
            + how
            + (errors.isEmpty() ? "" : ", it said: " + errors)
            + ", java.home="
            + System.getProperty("java.home"));
  }

  @Override
  public void close() throws IOException {
    if (child != null) {
      try {
        child.in.close();
      } catch (IOException e) {
        // The child has ended already: nothing is left to tell it.
      }
      // It may be in the middle of a store, and the folder must not go under it.
      awaitEnd(child.process.destroyForcibly());
    }
    if (warmUp != null && !warmUp.isDone()) {
      // The folder must not go under it.
      Parallel.awaitEnd(warmUp);
    }
  }

  private static void awaitEnd(Process process) {
    boolean interrupted = Thread.interrupted();
    while (process.isAlive()) {
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void warmUp(Path folder) throws IOException {
    Path file = folder.resolve("warm-up");
    try {
      ChronicleStore.create(new StorePlan(1, 1, 1, 10, 2, false, 1), file);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static String encode(StorePlan p) {
    return line(
        p.segmentCount(),
        p.entriesPerSegment(),
        p.chunksPerSegment(),
        p.chunkBytes(),
        p.valueBytes(),
        p.text(),
        p.entryCount());
  }

  private static String encode(ChronicleStore.Created created) {
    StoreGeometry g = created.geometry();
    return line(
        CREATED,
        g.segmentCount(),
        g.segmentHeadersOffset(),
        g.segmentHeaderBytes(),
        g.tiersOffset(),
        g.tierBytes(),
        g.slotCount(),
        g.keyBits(),
        g.countersOffset(),
        g.entrySpaceOffset(),
        g.chunkBytes(),
        g.chunkCount(),
        created.version());
  }

  private static String line(Object... fields) {
    return Arrays.stream(fields).map(Object::toString).collect(Collectors.joining("\t"));
  }

  private static ChronicleStore.Created decode(String line) {
    String[] f = line.split("\t", -1);
    return new ChronicleStore.Created(
        new StoreGeometry(
            Integer.parseInt(f[1]),
            Long.parseLong(f[2]),
            Integer.parseInt(f[3]),
            Long.parseLong(f[4]),
            Long.parseLong(f[5]),
            Integer.parseInt(f[6]),
            Integer.parseInt(f[7]),
            Integer.parseInt(f[8]),
            Integer.parseInt(f[9]),
            Integer.parseInt(f[10]),
            Integer.parseInt(f[11])),
        f[12]);
  }

  /** The child: warms up, waits for a plan on standard input, creates, answers, ends. */
  public static void main(String[] arguments) throws IOException {
    PrintStream out = System.out;
    // Whatever a library prints must not look like an answer.
    System.setOut(System.err);
    try {
      warmUp(Path.of(arguments[0]));
      out.println(READY);
      BufferedReader in =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      String line = in.readLine();
      if (line == null) {
        return;
      }
      String[] f = line.split("\t", 8);
      StorePlan plan =
          new StorePlan(
              Integer.parseInt(f[0]),
              Integer.parseInt(f[1]),
              Integer.parseInt(f[2]),
              Integer.parseInt(f[3]),
              Integer.parseInt(f[4]),
              Boolean.parseBoolean(f[5]),
              Long.parseLong(f[6]));
      out.println(encode(ChronicleStore.create(plan, Path.of(arguments[0]).resolve(f[7]))));
      out.flush();
    } catch (IOException | RuntimeException | LinkageError e) {
      out.println(FAILED + " " + e);
      out.flush();
      e.printStackTrace();
      System.exit(1);
    }
    System.exit(0);
  }
}
