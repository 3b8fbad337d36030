package dev.almanac.build.chronicle;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import org.jspecify.annotations.Nullable;

/**
 * What a JVM must have to run {@link ChronicleStore}: flags, modules and libraries. Starts a child
 * JVM that has them and nothing of the application: its class path is one jar with the classes that
 * Chronicle Map needs, copied out of wherever the application keeps them, so that no logging
 * configuration, annotation processor or class path length of the application reaches it.
 */
public final class ChronicleJvm {
  /** Written by the child, beside its jar. */
  static final String ERRORS_FILE = "chronicle-errors";

  /** The flags that Chronicle Map 2026.1 needs for a persisted map, on Java 17 to 25. */
  private static final List<String> FLAGS = flags();

  private static final List<String> QUIET_FLAGS_FROM_24 =
      List.of("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED");

  /** Modules beside java.base that Chronicle Map needs to create a store. */
  private static final List<String> MODULES =
      List.of("java.management", "java.naming", "jdk.compiler", "jdk.unsupported");

  private static final String JAR = "chronicle.jar";

  /**
   * A class of each library that creating a store takes; CoreJarIT shows that these suffice.
   * Libraries with native code are not among them.
   */
  private static final List<String> LIBRARIES =
      List.of(
          "dev.almanac.build.chronicle.StoreChild",
          "dev.almanac.format.StoreGeometry",
          "net.openhft.chronicle.map.ChronicleMap",
          "net.openhft.chronicle.algo.MemoryUnit",
          "net.openhft.chronicle.bytes.Bytes",
          "net.openhft.chronicle.core.Jvm",
          "net.openhft.chronicle.threads.Pauser",
          "net.openhft.chronicle.values.Values",
          "net.openhft.chronicle.wire.Wire",
          "net.openhft.compiler.CachedCompiler",
          "net.openhft.posix.PosixAPI",
          "com.squareup.javapoet.JavaFile",
          "org.slf4j.Logger");

  /** What the child's jar takes from each of their jars, which may hold anything else as well. */
  private static final List<String> TAKEN =
      List.of(
          "dev/almanac/",
          "net/openhft/",
          "com/squareup/javapoet/",
          "org/slf4j/",
          "META-INF/services/net.openhft.",
          "map.version");

  /** Logging back ends of slf4j 1 and the sender of usage reports. */
  private static final List<String> NOT_TAKEN =
      List.of("org/slf4j/impl/", "net/openhft/chronicle/analytics/");

  private static final Set<String> KEPT_ENVIRONMENT =
      Set.of("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LANG", "LC_ALL", "LC_CTYPE");

  private ChronicleJvm() {}

  private static List<String> flags() {
    try (InputStream in = ChronicleJvm.class.getResourceAsStream("chronicle.flags")) {
      if (in == null) {
        throw new IllegalStateException("the jar of almanac-core must hold chronicle.flags");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Checks that a build can create a store.
   *
   * @throws IllegalStateException that says what the Java runtime or the class path lacks
   */
  public static void requireAll() {
    Set<String> missing = new TreeSet<>(MODULES);
    ModuleFinder.ofSystem().findAll().forEach(m -> missing.remove(m.descriptor().name()));
    if (!missing.isEmpty() || !Files.isExecutable(launcher())) {
      throw new IllegalStateException(
          String.format(
              "building must have a Java runtime with a launcher and the modules that Chronicle Map"
                  + " uses; use a full JDK, or jlink with --add-modules %s and without"
                  + " --strip-native-commands: missing modules=%s launcher=%s",
              String.join(",", MODULES), missing, launcher()));
    }
    for (String library : LIBRARIES) {
      if (find(library) == null && module(library) == null) {
        throw new IllegalStateException(
            "building must have the libraries that almanac-core declares on the class path: "
                + "missing class="
                + library);
      }
    }
  }

  private static Path launcher() {
    return Path.of(System.getProperty("java.home", ""), "bin", "java");
  }

  private static @Nullable Class<?> find(String name) {
    try {
      return Class.forName(name, false, ChronicleJvm.class.getClassLoader());
    } catch (ClassNotFoundException | LinkageError e) {
      return null;
    }
  }

  /**
   * Where a class lies that no class loader finds because nothing requires its module. A module
   * that is named by a manifest alone, as Chronicle's are, can require nothing.
   */
  private static @Nullable Path module(String className) {
    String modulePath = System.getProperty("jdk.module.path", "");
    String packageName = className.substring(0, className.lastIndexOf('.'));
    Path[] entries =
        Arrays.stream(modulePath.split(File.pathSeparator))
            .filter(entry -> !entry.isEmpty())
            .map(Path::of)
            .toArray(Path[]::new);
    return ModuleFinder.of(entries).findAll().stream()
        .filter(module -> module.descriptor().packages().contains(packageName))
        .findFirst()
        .flatMap(ModuleReference::location)
        .map(Path::of)
        .orElse(null);
  }

  /**
   * Whether this JVM will do. It must have the flags. Chronicle's run-time compiler must find what
   * Chronicle's classes name, which it does on the class path of the JVM alone, and must find no
   * annotation processor of the application there. And nothing may send usage reports.
   */
  static boolean isThisOne() {
    Class<?> chronicle = find("net.openhft.chronicle.map.ChronicleMap");
    return chronicle != null
        && chronicle.getClassLoader() == ClassLoader.getSystemClassLoader()
        && hasFlags(chronicle.getModule())
        && ClassLoader.getSystemResource("META-INF/services/javax.annotation.processing.Processor")
            == null
        && find("net.openhft.chronicle.analytics.Analytics") == null;
  }

  /** Whether this JVM has all the flags, seen from the module of Chronicle's classes. */
  private static boolean hasFlags(Module chronicle) {
    for (String flag : FLAGS) {
      String[] words = flag.split("[=/]", -1);
      Module module = ModuleLayer.boot().findModule(words[1]).orElse(null);
      if (module == null
          || !(words[0].equals("--add-opens")
              ? module.isOpen(words[2], chronicle)
              : module.isExported(words[2], chronicle))) {
        return false;
      }
    }
    // From 24 on, a JVM prints warnings about what Chronicle does with memory unless a flag says
    // not to; no manifest can. Asked of the JVM, since ProcessHandle knows no arguments when they
    // are longer than a page.
    return Runtime.version().feature() < 24
        || ManagementFactory.getRuntimeMXBean()
            .getInputArguments()
            .contains(QUIET_FLAGS_FROM_24.get(0));
  }

  /**
   * Starts a program in {@code folder}, which takes its jar, its temporary files and what it prints
   * on standard error.
   *
   * @throws IllegalStateException if the application keeps a library where it cannot be copied from
   */
  static Process start(Path folder, Class<?> program) throws IOException {
    writeJar(folder.resolve(JAR));
    List<String> command = new ArrayList<>();
    command.add(launcher().toString());
    command.addAll(FLAGS);
    if (Runtime.version().feature() >= 24) {
      command.addAll(QUIET_FLAGS_FROM_24);
    }
    // It runs for seconds and works for milliseconds: the quick compiler, the small collector, no
    // shared files. Paths are relative to its working folder, so no letter in them is lost,
    // whatever
    // the locale.
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx128m",
            "-XX:-UsePerfData",
            "-Djava.io.tmpdir=.",
            "-Duser.home=.",
            "-Dslf4j.internal.verbosity=ERROR",
            "-Dchronicle.analytics.disable=true",
            "-cp",
            JAR,
            program.getName()));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectError(new File(folder.toFile(), ERRORS_FILE));
    // What the user set for every JVM must not reach this one: an agent or a heap size would change
    // it, and it would print that it has them.
    builder.environment().keySet().retainAll(KEPT_ENVIRONMENT);
    return builder.start();
  }

  private static void writeJar(Path file) throws IOException {
    Set<String> locations = new HashSet<>();
    Set<String> names = new HashSet<>();
    try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file))) {
      // Read once, from the same disk: compressing it would cost more than it saves.
      jar.setMethod(ZipEntry.STORED);
      for (String library : LIBRARIES) {
        copy(library, locations, names, jar);
      }
    }
  }

  /** Copies what is taken from the jar or folder that a class lies in, once. */
  private static void copy(
      String className, Set<String> locations, Set<String> names, JarOutputStream to)
      throws IOException {
    Class<?> type = find(className);
    CodeSource source = type == null ? null : type.getProtectionDomain().getCodeSource();
    URL location = source == null ? null : source.getLocation();
    Path path = null;
    if (type == null) {
      path = module(className);
    } else if (location != null && location.getProtocol().equals("file")) {
      path = path(location);
    }
    if (path != null && Files.exists(path)) {
      if (locations.add(path.toString())) {
        copy(path, names, to);
      }
      return;
    }
    // A jar in a jar: whoever loads classes from there has a connection that reads it.
    URL resource =
        type == null ? null : type.getResource("/" + className.replace('.', '/') + ".class");
    URLConnection connection = resource == null ? null : resource.openConnection();
    if (connection instanceof JarURLConnection nested) {
      if (locations.add(nested.getJarFileURL().toString())) {
        nested.setUseCaches(false);
        try (JarFile jar = nested.getJarFile()) {
          copy(jar, names, to);
        }
      }
      return;
    }
    throw new IllegalStateException(
        String.format(
            "a build must be able to copy the libraries of Chronicle Map for its child JVM; start"
                + " the application from jar files on a disk: class=%s location=%s",
            className, location == null ? resource : location));
  }

  private static Path path(URL location) {
    try {
      return Path.of(location.toURI());
    } catch (URISyntaxException e) {
      // Not escaped, as some loaders make them.
      return Path.of(location.getPath());
    }
  }

  private static void copy(JarFile from, Set<String> names, JarOutputStream to) throws IOException {
    for (JarEntry entry : (Iterable<JarEntry>) from.stream()::iterator) {
      if (isTaken(entry.getName()) && names.add(entry.getName())) {
        try (InputStream in = from.getInputStream(entry)) {
          write(entry.getName(), in.readAllBytes(), to);
        }
      }
    }
  }

  /** Copies from a jar or a folder. */
  private static void copy(Path from, Set<String> names, JarOutputStream to) throws IOException {
    if (!Files.isDirectory(from)) {
      try (JarFile jar = new JarFile(from.toFile())) {
        copy(jar, names, to);
      }
      return;
    }
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = from.relativize(file).toString().replace(File.separatorChar, '/');
        if (isTaken(name) && Files.isRegularFile(file) && names.add(name)) {
          write(name, Files.readAllBytes(file), to);
        }
      }
    }
  }

  private static boolean isTaken(String name) {
    return !name.endsWith("/")
        && TAKEN.stream().anyMatch(name::startsWith)
        && NOT_TAKEN.stream().noneMatch(name::startsWith);
  }

  private static void write(String name, byte[] content, JarOutputStream to) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    to.putNextEntry(entry);
    to.write(content);
  }
}
