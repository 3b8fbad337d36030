package dev.almanac;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.almanac.Application.Result;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One application, packed and started in the ways that frameworks have, on each JDK: it builds a
 * file, reads every date back, prints nothing else, and leaves nothing beside the file. The table
 * in docs/operations.md, "Inside frameworks", lists these settings.
 *
 * <p>All of them, on JDK 17 and 25 and with 100 kills, by {@code -Pframeworks}; by default a few on
 * this JDK.
 */
@Execution(ExecutionMode.CONCURRENT)
class FrameworksIT {
  private static final boolean ALL = Boolean.getBoolean("almanac.frameworks.all");

  /** Where the build copied logback, log4j and the loader of Spring Boot. */
  private static final Path FRAMEWORKS = Path.of("target/frameworks").toAbsolutePath();

  private static final String UNKNOWN_USER = "12345";

  /** Programs and logging configurations. */
  private static final Path SOURCES = Path.of("src/test/resources/frameworks");

  private static final String APPLICATION = "app.Application";
  private static final String LOGGING = "app.Logging";
  private static final String MODULES = "java.management,java.naming,jdk.compiler,jdk.unsupported";
  private static final String LOGGED = "before the build\nafter the build\n";

  /** A setting that is tried on each JDK by {@code -Pframeworks} alone. */
  @Retention(RetentionPolicy.RUNTIME)
  @ParameterizedTest
  @MethodSource("javas")
  @EnabledIfSystemProperty(named = "almanac.frameworks.all", matches = "true")
  private @interface InFull {}

  @TempDir static Path programs;

  private static Path classes;
  private static List<Path> libraries;
  private static byte[] expected;
  private static Path sampleRows;

  @TempDir Path folder;

  /** Where the file is built. */
  private Path target;

  private Path output;

  @BeforeAll
  static void compile() throws Exception {
    libraries = Application.libraries();
    classes = programs.resolve("classes");
    Path slf4j =
        libraries.stream()
            .filter(jar -> jar.toString().contains("slf4j-api"))
            .findFirst()
            .orElseThrow();
    Application.compile(
        classes,
        List.of("-cp", Application.classPath(with(libraries.subList(0, 2), slf4j))),
        SOURCES.resolve("Application.java"),
        SOURCES.resolve("Logging.java"),
        SOURCES.resolve("Loader.java"));
    Path sample = Files.createDirectory(programs.resolve("sample"));
    expected = Files.readAllBytes(SampleRows.dense(1, 5_000, 40).build(sample, Layout.AUTO));
    sampleRows = sample.resolve("rows.txt");
  }

  @BeforeEach
  void makeFolders() throws IOException {
    target = Files.createDirectory(folder.resolve("target"));
    output = Files.createDirectory(folder.resolve("output"));
    Files.copy(sampleRows, folder.resolve("rows.txt"));
  }

  static List<Path> javas() throws IOException {
    return ALL
        ? List.of(Application.otherJava(17), Application.otherJava(25))
        : List.of(Application.thisJava());
  }

  private static List<Path> with(List<Path> entries, Path... more) {
    return Stream.concat(Arrays.stream(more), entries.stream()).toList();
  }

  /** The application's class path: entries of this setting, its classes, the libraries. */
  private static String classPath(Path... more) {
    return Application.classPath(with(with(libraries, classes), more));
  }

  /** Likewise, with the libraries of a logging framework and its configuration. */
  private String loggingClassPath(String framework, String configuration) throws IOException {
    Path config = Files.createDirectories(folder.resolve("config"));
    Files.copy(SOURCES.resolve(configuration), config.resolve(configuration));
    return classPath(with(startingWith(framework), config).toArray(Path[]::new));
  }

  /** A command of words and lists of words. */
  private static List<String> command(Path java, Object... words) {
    // They live for a second: compiling well does not pay. In full, they run as anyone starts them.
    Stream<String> launcher =
        Stream.of(Application.launcher(java), "-XX:TieredStopAtLevel=1").limit(ALL ? 1 : 2);
    return Stream.concat(launcher, Arrays.stream(words).flatMap(FrameworksIT::words)).toList();
  }

  private static Stream<String> words(Object word) {
    return word instanceof List<?> list
        ? list.stream().flatMap(FrameworksIT::words)
        : Stream.of(word.toString());
  }

  /** What the application is told. */
  private List<String> arguments() {
    return List.of(
        folder.resolve("rows.txt").toString(), target.resolve("dates.almanac").toString());
  }

  /** Runs a JVM with options that end in the application's name, which must build. */
  private void assertBuilds(Path java, Object... words) throws Exception {
    assertBuilds(command(java, Arrays.asList(words), arguments()));
  }

  private void assertBuilds(List<String> command) throws Exception {
    assertEquals(new Result(0, "right: 5000\n", ""), run(command));
    assertBuilt();
  }

  private void assertBuilt() throws IOException {
    assertEquals(List.of("dates.almanac"), SampleRows.names(target));
    assertTrue(
        Arrays.equals(expected, Files.readAllBytes(target.resolve("dates.almanac"))),
        "the same rows must give the same bytes in every setting");
  }

  private Result run(List<String> command) throws Exception {
    return Application.result(Application.start(output, folder, command), output);
  }

  @ParameterizedTest
  @MethodSource("javas")
  void aFatJarWhoseLogFileStaysAsItWrote(Path java) throws Exception {
    Path config = Files.createDirectory(folder.resolve("config"));
    Files.copy(SOURCES.resolve("logback.xml"), config.resolve("logback.xml"));
    Path jar = folder.resolve("fat.jar");
    writeFatJar(
        jar, with(with(libraries, classes, config), startingWith("logback").toArray(Path[]::new)));
    Path log = folder.resolve("app.log");
    assertBuilds(java, "-Dlog=" + log, "-cp", jar, LOGGING);
    assertEquals(LOGGED, Files.readString(log));
  }

  @ParameterizedTest
  @MethodSource("javas")
  void anExecutableJarOfSpringBoot(Path java) throws Exception {
    assertBuilds(java, "-jar", bootJar("spring-boot-loader-3"));
  }

  @InFull
  void anExecutableJarOfSpringBoot2(Path java) throws Exception {
    assertBuilds(java, "-jar", bootJar("spring-boot-loader-2"));
  }

  /** What used to be the way out, and on 25 was none. */
  @InFull
  void anExecutableJarOfSpringBootInAJvmThatHasChroniclesFlags(Path java) throws Exception {
    assertBuilds(java, flags(java), "-jar", bootJar("spring-boot-loader-3"));
  }

  @InFull
  void aClassPathWithAStarAndRelativeFolders(Path java) throws Exception {
    copyAll(libraries, Files.createDirectory(folder.resolve("lib")));
    copy(classes, folder.resolve("classes"));
    assertBuilds(java, "-cp", "classes:lib/*", APPLICATION);
  }

  /** As surefire starts tests. */
  @InFull
  void aJarThatIsNothingButAManifest(Path java) throws Exception {
    Manifest manifest = manifest(APPLICATION);
    String classPath =
        with(libraries, classes).stream()
            .map(entry -> entry.toUri().toString())
            .collect(Collectors.joining(" "));
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classPath);
    Path jar = folder.resolve("manifest.jar");
    new JarOutputStream(Files.newOutputStream(jar), manifest).close();
    assertBuilds(java, "-jar", jar);
  }

  @InFull
  void aClassPathOf200KilobytesInAnArgumentFile(Path java) throws Exception {
    StringBuilder classPath = new StringBuilder();
    for (int i = 0; classPath.length() < 200_000; i++) {
      classPath.append(folder).append("/cache/of/a/large/application/").append(i).append(':');
    }
    Path file = folder.resolve("arguments");
    Files.writeString(file, "-cp\n" + classPath + classPath() + "\n");
    assertBuilds(java, "@" + file, APPLICATION);
  }

  @InFull
  void aModulePath(Path java) throws Exception {
    Path module = folder.resolve("module");
    Path descriptor = folder.resolve("module-info.java");
    Files.writeString(
        descriptor, "module app { requires dev.almanac.build; requires dev.almanac; }\n");
    Application.compile(
        module,
        // The builder's module has its name from its manifest, since Chronicle's have none.
        List.of(
            // And their manifests name jars that lie elsewhere.
            "-Xlint:-requires-automatic,-path",
            "-cp",
            "",
            "--module-path",
            Application.classPath(libraries)),
        descriptor,
        SOURCES.resolve("Application.java"));
    assertBuilds(
        java, "-p", Application.classPath(with(libraries, module)), "-m", "app/" + APPLICATION);
  }

  /** Without the flight recorder, and without much else. */
  @InFull
  void aRuntimeWithTheModulesThatTheMessageNames(Path java) throws Exception {
    assertBuilds(runtime(java, MODULES), "-cp", classPath(), APPLICATION);
  }

  /** The refusal before the first row, with the way out that the test above takes. */
  @InFull
  void aRuntimeWithoutThemIsToldWhichItNeeds(Path java) throws Exception {
    Result result =
        run(command(runtime(java, "java.base"), "-cp", classPath(), APPLICATION, arguments()));
    assertEquals(1, result.status());
    assertTrue(
        result.errors().contains("jlink with --add-modules " + MODULES + " and without"),
        result::errors);
    assertEquals(List.of(), SampleRows.names(target));
  }

  private Path runtime(Path java, String modules) throws Exception {
    Path runtime = folder.resolve("runtime");
    String jlink = java.resolve("bin/jlink").toString();
    List<String> command = List.of(jlink, "--add-modules", modules, "--output", runtime.toString());
    assertEquals(0, run(command).status());
    return runtime;
  }

  @InFull
  void logbackThatEmptiesItsFile(Path java) throws Exception {
    Path log = folder.resolve("app.log");
    assertBuilds(java, "-Dlog=" + log, "-cp", loggingClassPath("logback", "logback.xml"), LOGGING);
    assertEquals(LOGGED, Files.readString(log));
  }

  @InFull
  void logbackWithALogFileBesideTheWorkingFolder(Path java) throws Exception {
    assertBuilds(
        java, "-Dlog=logs/app.log", "-cp", loggingClassPath("logback", "logback.xml"), LOGGING);
    assertEquals(LOGGED, Files.readString(folder.resolve("logs/app.log")));
  }

  @InFull
  void log4jThatRollsItsFile(Path java) throws Exception {
    Path logs = Files.createDirectory(folder.resolve("logs"));
    Path log = logs.resolve("app.log");
    assertBuilds(java, "-Dlog=" + log, "-cp", loggingClassPath("log4j", "log4j2.xml"), LOGGING);
    assertEquals(List.of("app.log"), SampleRows.names(logs));
    assertEquals(LOGGED, Files.readString(log));
  }

  @InFull
  void anAnnotationProcessorThatComplains(Path java) throws Exception {
    Path processor = Files.createDirectory(folder.resolve("processor"));
    Application.compile(
        processor, List.of("-proc:none", "-cp", ""), SOURCES.resolve("Complaining.java"));
    Path services = Files.createDirectories(processor.resolve("META-INF/services"));
    Files.writeString(
        services.resolve("javax.annotation.processing.Processor"), "processor.Complaining\n");
    for (List<String> flags : List.of(List.<String>of(), flags(java))) {
      assertBuilds(java, flags, "-cp", classPath(processor), APPLICATION);
    }
  }

  @InFull
  void aClassLoaderOfItsOwn(Path java) throws Exception {
    Path odd = Files.createDirectory(folder.resolve("a folder, 100% ü+#"));
    List<Path> copies = copyAll(libraries, odd);
    Path app = odd.resolve("classes");
    copy(classes.resolve("app"), app.resolve("app"));
    for (List<String> flags : List.of(List.<String>of(), flags(java))) {
      assertBuilds(
          java,
          flags,
          "-Dsun.jnu.encoding=UTF-8",
          "-cp",
          classes,
          "Loader",
          "escaped",
          Application.classPath(with(copies, app)),
          APPLICATION);
    }
  }

  @InFull
  void aClassLoaderWhoseUrlsAreNotEscaped(Path java) throws Exception {
    List<Path> copies = copyAll(libraries, Files.createDirectory(folder.resolve("a folder")));
    assertBuilds(
        java,
        "-cp",
        classes,
        "Loader",
        "unescaped",
        Application.classPath(with(copies, classes)),
        APPLICATION);
  }

  @InFull
  void folderWithBlanksUmlautsAndSigns(Path java) throws Exception {
    Path odd = Files.createDirectory(folder.resolve("Größe 100% + # 日付"));
    copyAll(libraries, odd);
    copy(classes, odd.resolve("classes"));
    target = Files.createDirectory(odd.resolve("target"));
    String classPath = odd + "/*:" + odd.resolve("classes");
    List<String> command = new ArrayList<>(List.of("env", "LC_ALL=C.UTF-8"));
    command.addAll(command(java, "-cp", classPath, APPLICATION, arguments()));
    assertBuilds(command);
  }

  @InFull
  void aSmallHeap(Path java) throws Exception {
    assertBuilds(java, "-Xmx64m", "-cp", classPath(), APPLICATION);
  }

  @InFull
  void optionsForEveryJvmOfTheEnvironment(Path java) throws Exception {
    String options =
        "-Xmx200m -Dlog=x -agentlib:jdwp=transport=dt_socket,server=y,suspend=n,quiet=y,"
            + "address=localhost:0";
    List<String> command = new ArrayList<>(List.of("env", "JDK_JAVA_OPTIONS=" + options));
    command.addAll(command(java, "-cp", classPath(), APPLICATION, arguments()));
    Result result = run(command);
    assertEquals(0, result.status(), result::errors);
    // The launcher's own line about the options, once: of the parent.
    assertEquals(1, result.errors().lines().count(), result::errors);
    assertBuilt();
  }

  @InFull
  void noTemporaryFolder(Path java) throws Exception {
    assertBuilds(
        java,
        // There, so that the JVM does not warn of it, and not to be written to by anyone.
        "-Djava.io.tmpdir=/proc",
        "-Duser.home=" + folder.resolve("missing"),
        "-cp",
        classPath(),
        APPLICATION);
  }

  @InFull
  void aTemporaryFolderThatIsReadOnlyOrRunsNoPrograms(Path java) throws Exception {
    requireRoot();
    copyForOthers();
    for (String option : List.of("ro", "noexec,nosuid,nodev")) {
      // /tmp is another one then, so all that is needed is mounted elsewhere.
      String script =
          "mount --bind '"
              + folder
              + "' /mnt && mount -t tmpfs -o "
              + option
              + " none /tmp && cd /mnt && exec '"
              + Application.launcher(java)
              + "' -XX:-UsePerfData -cp '/mnt/classes:/mnt/lib/*' app.Application /mnt/rows.txt"
              + " /mnt/target/dates.almanac";
      assertBuilds(List.of("unshare", "--mount", "sh", "-c", script));
    }
  }

  @InFull
  void aUserWhomNobodyKnows(Path java) throws Exception {
    requireRoot();
    copyForOthers();
    for (int i = 0; i < 3; i++) {
      assertBuilds(asUnknownUser(java, APPLICATION));
    }
  }

  /** The worst setting of the first trial. */
  @Test
  void whatKilledBuildsLeaveIsGoneAfterTheNext() throws Exception {
    boolean root = ALL && System.getProperty("user.name").equals("root");
    copyForOthers();
    Path java = Application.thisJava();
    List<String> command =
        root
            ? asUnknownUser(java, LOGGING)
            : command(
                java,
                "-Dlog=logs/app.log",
                "-cp",
                folder.resolve("classes") + ":" + folder.resolve("lib") + "/*",
                LOGGING,
                arguments());
    SplittableRandom random = new SplittableRandom(20240229);
    int killed = 0;
    int withLeftovers = 0;
    int kills = ALL ? 100 : 4;
    while (killed < kills) {
      List<String> before = SampleRows.names(target);
      Process process = Application.start(output, folder, command);
      while (process.isAlive() && SampleRows.names(target).equals(before)) {
        Thread.sleep(1);
      }
      // From the first change of the folder, which is a sweep or a workspace, to the end.
      Thread.sleep(random.nextInt(2_000));
      boolean alive = process.isAlive();
      process.destroyForcibly().waitFor();
      killed += alive ? 1 : 0;
      withLeftovers += SampleRows.names(target).stream().anyMatch(n -> n.startsWith(".")) ? 1 : 0;
    }
    assertTrue(withLeftovers > 0, "some kill must come in the middle of a build");
    assertBuilds(command);
  }

  @Test
  void anApplicationWithTheReaderAloneIsAModuleAndAnImage() throws Exception {
    Path source = Files.createDirectories(folder.resolve("source/app"));
    Files.writeString(
        source.resolve("Reader.java"),
        """
        package app;

        import dev.almanac.Almanac;
        import java.nio.file.Path;

        public class Reader {
          public static void main(String[] arguments) throws Exception {
            try (Almanac dates = Almanac.open(Path.of(arguments[0]))) {
              System.out.println(dates.size() + " " + dates.date(1) + " " + dates.date(0));
            }
          }
        }
        """);
    Files.writeString(
        folder.resolve("source/module-info.java"), "module app { requires dev.almanac; }\n");
    Files.write(target.resolve("dates.almanac"), expected);
    Path file = target.resolve("dates.almanac");
    Path reader = Application.readerJar();
    Result right = new Result(0, "5000 " + SampleRows.date(0) + " null\n", "");

    Path onClassPath = folder.resolve("on-class-path");
    Application.compile(
        onClassPath, List.of("-cp", reader.toString()), source.resolve("Reader.java"));
    Path asModule = folder.resolve("as-module");
    Application.compile(
        asModule,
        List.of("-cp", "", "--module-path", reader.toString()),
        folder.resolve("source/module-info.java"),
        source.resolve("Reader.java"));

    Path base = folder.resolve("base");
    Application.tool("jlink", List.of("--add-modules", "java.base", "--output", base.toString()));
    for (Path java : List.of(Application.thisJava(), base)) {
      assertEquals(
          right,
          run(command(java, "-cp", reader + ":" + onClassPath, "app.Reader", file)),
          "class path");
      assertEquals(
          right, run(command(java, "-p", reader + ":" + asModule, "-m", "app/app.Reader", file)));
    }

    Path image = folder.resolve("image");
    Application.tool(
        "jlink",
        List.of(
            "--module-path",
            reader + ":" + asModule,
            "--add-modules",
            "app",
            "--output",
            image.toString()));
    assertEquals(right, run(command(image, "-m", "app/app.Reader", file)));
  }

  private List<String> asUnknownUser(Path java, String main) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "setpriv",
                "--reuid",
                UNKNOWN_USER,
                "--regid",
                UNKNOWN_USER,
                "--clear-groups",
                "env",
                "-i"));
    command.addAll(
        command(
            java,
            "-Dlog=logs/app.log",
            "-cp",
            folder.resolve("classes") + ":" + folder.resolve("lib") + "/*",
            main,
            arguments()));
    return command;
  }

  /** Copies the application to where another user can read it. */
  private void copyForOthers() throws IOException {
    Path lib = Files.createDirectory(folder.resolve("lib"));
    copyAll(libraries, lib);
    copyAll(startingWith("logback"), lib);
    copy(classes, folder.resolve("classes"));
    Files.copy(SOURCES.resolve("logback.xml"), folder.resolve("classes/logback.xml"));
    Files.createDirectory(folder.resolve("logs"));
    for (String shared : List.of("", "target", "logs")) {
      Files.setPosixFilePermissions(
          folder.resolve(shared), PosixFilePermissions.fromString("rwxrwxrwx"));
    }
  }

  private static void requireRoot() {
    assumeTrue(System.getProperty("user.name").equals("root"), "needs root");
  }

  private static List<String> flags(Path java) throws IOException {
    List<String> flags = new ArrayList<>(List.of(Application.CHRONICLE_FLAGS));
    if (!Files.readString(java.resolve("release")).contains("JAVA_VERSION=\"17")) {
      flags.addAll(
          List.of("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED"));
    }
    return flags;
  }

  /** The jars of a framework, which the build has copied. */
  private static List<Path> startingWith(String prefix) throws IOException {
    try (Stream<Path> jars = Files.list(FRAMEWORKS)) {
      List<Path> found =
          jars.filter(jar -> jar.getFileName().toString().startsWith(prefix)).sorted().toList();
      assertFalse(found.isEmpty(), "the build must copy " + prefix + " to " + FRAMEWORKS);
      return found;
    }
  }

  private static List<Path> copyAll(List<Path> files, Path to) throws IOException {
    List<Path> copies = new ArrayList<>();
    for (Path file : files) {
      copies.add(Files.copy(file, to.resolve(file.getFileName())));
    }
    return copies;
  }

  private static Manifest manifest(String main) {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, main);
    return manifest;
  }

  /** All classes and resources of jars and folders in one jar, services joined, as plugins do. */
  private static void writeFatJar(Path jar, List<Path> from) throws IOException {
    Map<String, byte[]> contents = new LinkedHashMap<>();
    for (Path source : from) {
      contents(source)
          .forEach(
              (name, bytes) -> {
                if (name.startsWith("META-INF/services/")) {
                  contents.merge(name, bytes, FrameworksIT::joined);
                } else {
                  contents.putIfAbsent(name, bytes);
                }
              });
    }
    contents.remove("META-INF/MANIFEST.MF");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest("none"))) {
      for (var entry : contents.entrySet()) {
        out.putNextEntry(new ZipEntry(entry.getKey()));
        out.write(entry.getValue());
      }
    }
  }

  private static byte[] joined(byte[] one, byte[] other) {
    return (new String(one) + "\n" + new String(other)).getBytes();
  }

  private static Map<String, byte[]> contents(Path source) throws IOException {
    Map<String, byte[]> contents = new LinkedHashMap<>();
    if (Files.isDirectory(source)) {
      try (Stream<Path> files = Files.walk(source)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          contents.put(source.relativize(file).toString(), Files.readAllBytes(file));
        }
      }
    } else {
      try (JarFile jar = new JarFile(source.toFile())) {
        for (JarEntry entry : jar.stream().filter(e -> !e.isDirectory()).toList()) {
          try (InputStream in = jar.getInputStream(entry)) {
            contents.put(entry.getName(), in.readAllBytes());
          }
        }
      }
    }
    return contents;
  }

  /** Laid out as Spring Boot's plugins do: the loader at the top, libraries as jars in the jar. */
  private Path bootJar(String loaderPrefix) throws IOException {
    Path loader = startingWith(loaderPrefix).get(0);
    boolean old = loaderPrefix.endsWith("2");
    Manifest manifest =
        manifest("org.springframework.boot.loader." + (old ? "" : "launch.") + "JarLauncher");
    manifest.getMainAttributes().putValue("Start-Class", "app.Application");
    manifest.getMainAttributes().putValue("Spring-Boot-Classes", "BOOT-INF/classes/");
    manifest.getMainAttributes().putValue("Spring-Boot-Lib", "BOOT-INF/lib/");
    Path jar = folder.resolve("boot.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
      for (var entry : contents(loader).entrySet()) {
        if (entry.getKey().startsWith("org/")) {
          store(out, entry.getKey(), entry.getValue());
        }
      }
      store(out, "BOOT-INF/", new byte[0]);
      store(out, "BOOT-INF/classes/", new byte[0]);
      for (var entry : contents(classes).entrySet()) {
        store(out, "BOOT-INF/classes/" + entry.getKey(), entry.getValue());
      }
      store(out, "BOOT-INF/lib/", new byte[0]);
      for (Path library : libraries) {
        store(out, "BOOT-INF/lib/" + library.getFileName(), Files.readAllBytes(library));
      }
    }
    return jar;
  }

  private static void store(JarOutputStream out, String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    out.putNextEntry(entry);
    out.write(content);
  }

  private static void copy(Path from, Path to) throws IOException {
    for (var entry : contents(from).entrySet()) {
      Path file = to.resolve(entry.getKey());
      Files.createDirectories(file.getParent());
      try (OutputStream out = Files.newOutputStream(file)) {
        out.write(entry.getValue());
      }
    }
  }
}
