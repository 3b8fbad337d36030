package dev.almanac;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every Java snippet of README.md, SECURITY.md and docs/ compiles against the API and runs on a
 * small file.
 */
class SnippetsTest {
  private static final Path ROOT = Path.of("../..");
  private static final Pattern FENCE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  private static final Pattern MAIN_CLASS =
      Pattern.compile("class (\\w+) \\{\n  public static void main");

  /** One for all snippets: it opens each jar of the class path once. */
  private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();

  private static final StandardJavaFileManager FILES =
      COMPILER.getStandardFileManager(null, null, null);

  @TempDir private static Path folder;

  @TestFactory
  Stream<DynamicTest> everySnippetRuns() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path page : pages()) {
      Matcher matcher = FENCE.matcher(Files.readString(page));
      for (int i = 1; matcher.find(); i++) {
        String snippet = matcher.group(1);
        String name = "Snippet" + tests.size();
        tests.add(
            DynamicTest.dynamicTest(ROOT.relativize(page) + " " + i, () -> run(name, snippet)));
      }
    }
    return tests.stream();
  }

  @Test
  void theReadmeHasASnippet() throws IOException {
    assertTrue(FENCE.matcher(Files.readString(ROOT.resolve("README.md"))).find());
  }

  private static List<Path> pages() throws IOException {
    List<Path> pages =
        new ArrayList<>(List.of(ROOT.resolve("README.md"), ROOT.resolve("SECURITY.md")));
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      docs.filter(path -> path.toString().endsWith(".md")).sorted().forEach(pages::add);
    }
    return pages;
  }

  /** A snippet with a {@code main} is a program as pasted; any other is the body of a method. */
  private static void run(String name, String snippet) throws Exception {
    Path directory = Files.createDirectory(folder.resolve(name));
    Path input = directory.resolve("rows.txt");
    Files.writeString(input, "1234567|C1|2024-02-29|1.00\n42|C2|2023-12-31|2.00\n");
    Path target = directory.resolve("dates.almanac");
    Matcher program = MAIN_CLASS.matcher(snippet);
    if (program.find()) {
      compile(directory, program.group(1), snippet);
      runProgram(directory, program.group(1), input, target);
    } else {
      compile(
          directory,
          name,
          """
          import dev.almanac.*;
          import dev.almanac.build.*;
          import java.nio.file.*;
          import java.time.*;
          import java.util.*;
          public class %s {
            public static void run(Path input, Path target) throws Exception {
              long[] ids = {42, 43};
              int[] codes = new int[2];
          %s
            }
          }
          """
              .formatted(name, snippet));
      try (URLClassLoader loader =
          new URLClassLoader(
              new URL[] {directory.toUri().toURL()}, SnippetsTest.class.getClassLoader())) {
        loader.loadClass(name).getMethod("run", Path.class, Path.class).invoke(null, input, target);
      }
    }
    if (Files.exists(target)) {
      try (Almanac dates = Almanac.open(target)) {
        assertEquals("2024-02-29", String.valueOf(dates.date(1234567)));
      }
    }
  }

  private static void compile(Path directory, String name, String source) throws IOException {
    Path file = directory.resolve(name + ".java");
    Files.writeString(file, source);
    StringWriter messages = new StringWriter();
    boolean compiled =
        COMPILER
            .getTask(
                messages,
                FILES,
                null,
                List.of("-proc:none", "-d", directory.toString()),
                null,
                FILES.getJavaFileObjects(file))
            .call();
    assertTrue(compiled, () -> messages + "\n" + source);
  }

  private static void runProgram(Path directory, String name, Path input, Path target)
      throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // It lives for a second: compiling well does not pay.
                "-XX:TieredStopAtLevel=1",
                "-cp",
                directory + File.pathSeparator + System.getProperty("java.class.path"),
                name,
                input.toString(),
                target.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    assertTrue(output.contains("2024-02-29"), output);
  }
}
