package dev.almanac;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.almanac.Application.Result;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
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

  private static final String APPLICATION =
      """
      package app;

      import dev.almanac.Almanac;
      import dev.almanac.build.AlmanacBuilder;
      import dev.almanac.build.DelimitedRows;
      import java.nio.file.Files;
      import java.nio.file.Path;

      public class Application {
        public static void main(String[] arguments) throws Exception {
          Path rows = Path.of(arguments[0]);
          Path target = Path.of(arguments[1]);
          AlmanacBuilder.create().build(DelimitedRows.of(rows), target);
          try (Almanac dates = Almanac.open(target)) {
            for (String row : Files.readAllLines(rows)) {
              String[] fields = row.split("[|]");
              if (!fields[1].equals(dates.date(fields[0]).toString())) {
                throw new AssertionError(row);
              }
            }
            System.out.println("right: " + dates.size());
          }
        }
      }
      """;

  private static final String LOGGING =
      """
      package app;

      import org.slf4j.Logger;
      import org.slf4j.LoggerFactory;

      public class Logging {
        public static void main(String[] arguments) throws Exception {
          Logger log = LoggerFactory.getLogger("application");
          log.info("before the build");
          Application.main(arguments);
          log.info("after the build");
        }
      }
      """;

  private static final String LOGGED = "before the build\nafter the build\n";

  /** Empties its file when it starts. */
  private static final String LOGBACK =
      """
      <configuration>
        <appender name="file" class="ch.qos.logback.core.FileAppender">
          <file>${log}</file>
          <append>false</append>
          <encoder><pattern>%msg%n</pattern></encoder>
        </appender>
        <root level="info"><appender-ref ref="file"/></root>
      </configuration>
      """;

  /** Renames its file when it starts, and deletes the oldest of two. */
  private static final String LOG4J =
      """
      <Configuration status="warn">
        <Appenders>
          <RollingFile name="file" fileName="${sys:log}" filePattern="${sys:log}.%i">
            <PatternLayout pattern="%msg%n"/>
            <OnStartupTriggeringPolicy/>
            <DefaultRolloverStrategy max="2"/>
          </RollingFile>
        </Appenders>
        <Loggers><Root level="info"><AppenderRef ref="file"/></Root></Loggers>
      </Configuration>
      """;

  private static final String LOADER =
      """
      import java.io.File;
      import java.net.URL;
      import java.net.URLClassLoader;
      import java.util.ArrayList;
      import java.util.Arrays;
      import java.util.List;

      /** Runs a program in a class loader of its own: loader, URL form, class path, class. */
      class Loader {
        @SuppressWarnings("deprecation")
        public static void main(String[] arguments) throws Exception {
          List<URL> urls = new ArrayList<>();
          for (String entry : arguments[1].split(File.pathSeparator)) {
            File file = new File(entry);
            urls.add(arguments[0].equals("unescaped") ? file.toURL() : file.toURI().toURL());
          }
          try (URLClassLoader loader =
              new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Thread.currentThread().setContextClassLoader(loader);
            loader.loadClass(arguments[2]).getMethod("main", String[].class)
                .invoke(null, (Object) Arrays.copyOfRange(arguments, 3, arguments.length));
          }
        }
      }
      """;

  private static final String PROCESSOR =
      """
      package processor;

      import java.util.Set;
      import javax.annotation.processing.AbstractProcessor;
      import javax.annotation.processing.RoundEnvironment;
      import javax.annotation.processing.SupportedAnnotationTypes;
      import javax.lang.model.SourceVersion;
      import javax.lang.model.element.TypeElement;
      import javax.tools.Diagnostic;

      @SupportedAnnotationTypes("*")
      public class Complaining extends AbstractProcessor {
        @Override public SourceVersion getSupportedSourceVersion() {
          return SourceVersion.latest();
        }
        @Override public boolean process(Set<? extends TypeElement> types, RoundEnvironment round) {
          processingEnv.getMessager().printMessage(Diagnostic.Kind.ERROR, "not my style");
          return false;
        }
      }
      """;

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
    List<Path> sources = new ArrayList<>();
    for (var source :
        Map.of("Application", APPLICATION, "Logging", LOGGING, "Loader", LOADER).entrySet()) {
      sources.add(
          Files.writeString(programs.resolve(source.getKey() + ".java"), source.getValue()));
    }
    Application.compile(
        classes,
        List.of(
            "-cp",
            Application.classPath(libraries.stream().limit(2).toList())
                + File.pathSeparator
                + libraries.stream()
                    .filter(jar -> jar.toString().contains("slf4j-api"))
                    .findFirst()
                    .orElseThrow()),
        sources.toArray(Path[]::new));
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

  private List<String> arguments() {
    return List.of(
        folder.resolve("rows.txt").toString(), target.resolve("dates.almanac").toString());
  }

  private static List<String> command(Path java, Object... words) {
    List<String> command = new ArrayList<>(List.of(Application.launcher(java)));
    for (Object word : words) {
      if (word instanceof List<?> more) {
        more.forEach(one -> command.add(one.toString()));
      } else {
        command.add(word.toString());
      }
    }
    return command;
  }

  private void assertBuilds(List<String> command) throws Exception {
    assertBuilds(command, folder);
  }

  private void assertBuilds(List<String> command, Path workingFolder) throws Exception {
    Result result = Application.result(Application.start(output, workingFolder, command), output);
    assertEquals(new Result(0, "right: 5000\n", ""), result);
    assertBuilt();
  }

  private void assertBuilt() throws IOException {
    assertEquals(List.of("dates.almanac"), SampleRows.names(target));
    assertTrue(
        Arrays.equals(expected, Files.readAllBytes(target.resolve("dates.almanac"))),
        "the same rows must give the same bytes in every setting");
  }

  @ParameterizedTest
  @MethodSource("javas")
  void aFatJarWhoseLogFileStaysAsItWrote(Path java) throws Exception {
    requireFrameworks("logback");
    Path jar = folder.resolve("fat.jar");
    writeFatJar(jar, with(frameworks("logback"), classes, config("logback.xml", LOGBACK)));
    Path log = folder.resolve("app.log");
    assertBuilds(command(java, "-Dlog=" + log, "-cp", jar, "app.Logging", arguments()));
    assertEquals(LOGGED, Files.readString(log));
  }

  @ParameterizedTest
  @MethodSource("javas")
  void anExecutableJarOfSpringBoot(Path java) throws Exception {
    requireFrameworks("spring-boot-loader-3");
    assertBuilds(command(java, "-jar", bootJar("spring-boot-loader-3"), arguments()));
  }

  @ParameterizedTest
  @MethodSource("javas")
  void anExecutableJarOfSpringBoot2(Path java) throws Exception {
    assumeTrue(ALL);
    requireFrameworks("spring-boot-loader-2");
    assertBuilds(command(java, "-jar", bootJar("spring-boot-loader-2"), arguments()));
  }

  /** What used to be the way out, and on 25 was none. */
  @ParameterizedTest
  @MethodSource("javas")
  void anExecutableJarOfSpringBootInAJvmThatHasChroniclesFlags(Path java) throws Exception {
    assumeTrue(ALL);
    requireFrameworks("spring-boot-loader-3");
    assertBuilds(command(java, flags(java), "-jar", bootJar("spring-boot-loader-3"), arguments()));
  }

  @ParameterizedTest
  @MethodSource("javas")
  void aClassPathWithAStarAndRelativeFolders(Path java) throws Exception {
    assumeTrue(ALL);
    Path lib = Files.createDirectory(folder.resolve("lib"));
    for (Path jar : libraries) {
      Files.copy(jar, lib.resolve(jar.getFileName()));
    }
    copy(classes, folder.resolve("classes"));
    assertBuilds(command(java, "-cp", "classes:lib/*", "app.Application", arguments()));
  }

  /** As surefire starts tests. */
  @ParameterizedTest
  @MethodSource("javas")
  void aJarThatIsNothingButAManifest(Path java) throws Exception {
    assumeTrue(ALL);
    Manifest manifest = manifest("app.Application");
    StringBuilder classPath = new StringBuilder();
    for (Path entry : with(libraries, classes)) {
      classPath.append(entry.toUri()).append(' ');
    }
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classPath.toString().trim());
    Path jar = folder.resolve("manifest.jar");
    new JarOutputStream(Files.newOutputStream(jar), manifest).close();
    assertBuilds(command(java, "-jar", jar, arguments()));
  }

  @ParameterizedTest
  @MethodSource("javas")
  void aClassPathOf200KilobytesInAnArgumentFile(Path java) throws Exception {
    assumeTrue(ALL);
    StringBuilder classPath = new StringBuilder();
    for (int i = 0; classPath.length() < 200_000; i++) {
      classPath.append(folder).append("/cache/of/a/large/application/").append(i).append(':');
    }
    Path file =
        Files.writeString(
            folder.resolve("arguments"),
            "-cp\n" + classPath + Application.classPath(with(libraries, classes)) + "\n");
    assertBuilds(command(java, "@" + file, "app.Application", arguments()));
  }

  @ParameterizedTest
  @MethodSource("javas")
  void aModulePath(Path java) throws Exception {
    assumeTrue(ALL);
    Path module = folder.resolve("module");
    Path source = Files.createDirectories(folder.resolve("source/app"));
    Files.writeString(source.resolve("Application.java"), APPLICATION);
    Files.writeString(
        folder.resolve("source/module-info.java"),
        "module app { requires dev.almanac.build; requires dev.almanac; }\n");
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
        folder.resolve("source/module-info.java"),
        source.resolve("Application.java"));
    assertBuilds(
        command(
            java,
            "-p",
            Application.classPath(with(libraries, module)),
            "-m",
            "app/app.Application",
            arguments()));
  }

  @ParameterizedTest
  @MethodSource("javas")
  void aRuntimeWithTheModulesThatTheMessageNames(Path java) throws Exception {
    assumeTrue(ALL);
    Path runtime = folder.resolve("runtime");
    List<String> jlink =
        List.of(
            java.resolve("bin/jlink").toString(),
            "--add-modules",
            "java.management,java.naming,jdk.compiler,jdk.unsupported",
            "--output",
            runtime.toString());
    assertEquals(0, Application.result(Application.start(output, folder, jlink), output).status());
    assertBuilds(
        command(
            runtime,
            "-cp",
            Application.classPath(with(libraries, classes)),
            "app.Application",
            arguments()));
  }

  @ParameterizedTest
  @MethodSource("javas")
  void logbackThatEmptiesItsFile(Path java) throws Exception {
    assumeTrue(ALL);
    requireFrameworks("logback");
    Path log = folder.resolve("app.log");
    assertBuilds(
        command(
            java,
            "-Dlog=" + log,
            "-cp",
            Application.classPath(
                with(frameworks("logback"), classes, config("logback.xml", LOGBACK))),
            "app.Logging",
            arguments()));
    assertEquals(LOGGED, Files.readString(log));
  }

  @ParameterizedTest
  @MethodSource("javas")
  void logbackWithALogFileBesideTheWorkingFolder(Path java) throws Exception {
    assumeTrue(ALL);
    requireFrameworks("logback");
    assertBuilds(
        command(
            java,
            "-Dlog=logs/app.log",
            "-cp",
            Application.classPath(
                with(frameworks("logback"), classes, config("logback.xml", LOGBACK))),
            "app.Logging",
            arguments()));
    assertEquals(LOGGED, Files.readString(folder.resolve("logs/app.log")));
  }

  @ParameterizedTest
  @MethodSource("javas")
  void log4jThatRollsItsFile(Path java) throws Exception {
    assumeTrue(ALL);
    requireFrameworks("log4j");
    Path logs = Files.createDirectory(folder.resolve("logs"));
    assertBuilds(
        command(
            java,
            "-Dlog=" + logs.resolve("app.log"),
            "-cp",
            Application.classPath(with(frameworks("log4j"), classes, config("log4j2.xml", LOG4J))),
            "app.Logging",
            arguments()));
    assertEquals(List.of("app.log"), SampleRows.names(logs));
    assertEquals(LOGGED, Files.readString(logs.resolve("app.log")));
  }

  @ParameterizedTest
  @MethodSource("javas")
  void anAnnotationProcessorThatComplains(Path java) throws Exception {
    assumeTrue(ALL);
    Path processor = Files.createDirectory(folder.resolve("processor"));
    Application.compile(
        processor,
        List.of("-proc:none", "-cp", ""),
        Files.writeString(folder.resolve("Complaining.java"), PROCESSOR));
    Path services = Files.createDirectories(processor.resolve("META-INF/services"));
    Files.writeString(
        services.resolve("javax.annotation.processing.Processor"), "processor.Complaining\n");
    for (List<String> flags : List.of(List.<String>of(), flags(java))) {
      assertBuilds(
          command(
              java,
              flags,
              "-cp",
              Application.classPath(with(libraries, classes, processor)),
              "app.Application",
              arguments()));
    }
  }

  @ParameterizedTest
  @MethodSource("javas")
  void aClassLoaderOfItsOwn(Path java) throws Exception {
    assumeTrue(ALL);
    Path odd = Files.createDirectory(folder.resolve("a folder, 100% ü+#"));
    List<Path> copies = new ArrayList<>();
    for (Path jar : libraries) {
      copies.add(Files.copy(jar, odd.resolve(jar.getFileName())));
    }
    Path app = odd.resolve("classes");
    copy(classes.resolve("app"), app.resolve("app"));
    for (List<String> flags : List.of(List.<String>of(), flags(java))) {
      assertBuilds(
          command(
              java,
              flags,
              "-Dsun.jnu.encoding=UTF-8",
              "-cp",
              classes,
              "Loader",
              "escaped",
              Application.classPath(with(copies, app)),
              "app.Application",
              arguments()));
    }
  }

  @ParameterizedTest
  @MethodSource("javas")
  void aClassLoaderWhoseUrlsAreNotEscaped(Path java) throws Exception {
    assumeTrue(ALL);
    Path odd = Files.createDirectory(folder.resolve("a folder"));
    List<Path> copies = new ArrayList<>();
    for (Path jar : libraries) {
      copies.add(Files.copy(jar, odd.resolve(jar.getFileName())));
    }
    assertBuilds(
        command(
            java,
            "-cp",
            classes,
            "Loader",
            "unescaped",
            Application.classPath(with(copies, classes)),
            "app.Application",
            arguments()));
  }

  @ParameterizedTest
  @MethodSource("javas")
  void folderWithBlanksUmlautsAndSigns(Path java) throws Exception {
    assumeTrue(ALL);
    Path odd = Files.createDirectory(folder.resolve("Größe 100% + # 日付"));
    Path oddTarget = Files.createDirectory(odd.resolve("target"));
    for (Path jar : libraries) {
      Files.copy(jar, odd.resolve(jar.getFileName()));
    }
    copy(classes, odd.resolve("classes"));
    target = oddTarget;
    List<String> command = new ArrayList<>(List.of("env", "LC_ALL=C.UTF-8"));
    command.addAll(
        command(java, "-cp", odd + "/*:" + odd.resolve("classes"), "app.Application", arguments()));
    assertBuilds(command);
  }

  @ParameterizedTest
  @MethodSource("javas")
  void aSmallHeap(Path java) throws Exception {
    assumeTrue(ALL);
    assertBuilds(
        command(
            java,
            "-Xmx64m",
            "-cp",
            Application.classPath(with(libraries, classes)),
            "app.Application",
            arguments()));
  }

  @ParameterizedTest
  @MethodSource("javas")
  void optionsForEveryJvmOfTheEnvironment(Path java) throws Exception {
    assumeTrue(ALL);
    List<String> command =
        new ArrayList<>(
            List.of(
                "env",
                "JDK_JAVA_OPTIONS=-Xmx200m -Dlog=x -agentlib:jdwp=transport=dt_socket,server=y,"
                    + "suspend=n,quiet=y,address=localhost:0"));
    command.addAll(
        command(
            java,
            "-cp",
            Application.classPath(with(libraries, classes)),
            "app.Application",
            arguments()));
    Result result = Application.result(Application.start(output, folder, command), output);
    assertEquals(0, result.status(), result::errors);
    // The launcher's own line about the options, once: of the parent.
    assertEquals(1, result.errors().lines().count(), result::errors);
    assertBuilt();
  }

  @ParameterizedTest
  @MethodSource("javas")
  void noTemporaryFolder(Path java) throws Exception {
    assumeTrue(ALL);
    assertBuilds(
        command(
            java,
            // There, so that the JVM does not warn of it, and not to be written to by anyone.
            "-Djava.io.tmpdir=/proc",
            "-Duser.home=" + folder.resolve("missing"),
            "-cp",
            Application.classPath(with(libraries, classes)),
            "app.Application",
            arguments()));
  }

  @ParameterizedTest
  @MethodSource("javas")
  void aTemporaryFolderThatIsReadOnlyOrRunsNoPrograms(Path java) throws Exception {
    assumeTrue(ALL);
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

  @ParameterizedTest
  @MethodSource("javas")
  void aUserWhomNobodyKnows(Path java) throws Exception {
    assumeTrue(ALL);
    requireRoot();
    copyForOthers();
    for (int i = 0; i < 3; i++) {
      assertBuilds(asUnknownUser(java, "app.Application"));
    }
  }

  /** The worst setting of the first trial. */
  @Test
  void whatKilledBuildsLeaveIsGoneAfterTheNext() throws Exception {
    requireFrameworks("logback");
    boolean root = ALL && System.getProperty("user.name").equals("root");
    copyForOthers();
    Path java = Application.thisJava();
    List<String> command =
        root
            ? asUnknownUser(java, "app.Logging")
            : command(
                java,
                "-Dlog=logs/app.log",
                "-cp",
                folder.resolve("classes") + ":" + folder.resolve("lib") + "/*",
                "app.Logging",
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

  private Result run(List<String> command) throws Exception {
    return Application.result(Application.start(output, folder, command), output);
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
    for (Path jar : Files.isDirectory(FRAMEWORKS) ? frameworks("logback") : libraries) {
      Files.copy(jar, lib.resolve(jar.getFileName()));
    }
    copy(classes, folder.resolve("classes"));
    Files.writeString(folder.resolve("classes/logback.xml"), LOGBACK);
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

  private static void requireFrameworks(String prefix) throws IOException {
    assertFalse(
        startingWith(prefix).isEmpty(), "the build must copy " + prefix + " to " + FRAMEWORKS);
  }

  private static List<Path> startingWith(String prefix) throws IOException {
    try (Stream<Path> jars = Files.list(FRAMEWORKS)) {
      return jars.filter(jar -> jar.getFileName().toString().startsWith(prefix)).sorted().toList();
    }
  }

  /** The libraries with those of a framework. */
  private static List<Path> frameworks(String prefix) throws IOException {
    return Stream.concat(libraries.stream(), startingWith(prefix).stream()).toList();
  }

  private Path config(String name, String content) throws IOException {
    Path config = Files.createDirectories(folder.resolve("config"));
    Files.writeString(config.resolve(name), content);
    return config;
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
