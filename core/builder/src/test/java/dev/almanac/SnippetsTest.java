package dev.almanac;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every Java snippet of README.md and docs/ compiles against the API and runs on a small file. */
class SnippetsTest {
  private static final Path ROOT = Path.of("../..");
  private static final Pattern FENCE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

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
    List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      docs.filter(path -> path.toString().endsWith(".md")).sorted().forEach(pages::add);
    }
    return pages;
  }

  private static void run(String name, String snippet) throws Exception {
    Path input = folder.resolve("rows.txt");
    Files.writeString(input, "1234567|C1|2024-02-29|1.00\n42|C2|2023-12-31|2.00\n");
    String source =
        "import dev.almanac.*;\n"
            + "import dev.almanac.build.*;\n"
            + "import java.nio.file.*;\n"
            + "import java.time.*;\n"
            + "import java.util.*;\n"
            + "public class "
            + name
            + " {\n"
            + "  public static void run(Path input, Path target) throws Exception {\n"
            + "    long[] ids = {42, 43};\n    int[] codes = new int[2];\n"
            + snippet
            + "  }\n}\n";
    Path file = folder.resolve(name + ".java");
    Files.writeString(file, source);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    boolean compiled =
        compiler
            .getTask(
                messages,
                null,
                null,
                List.of("-d", folder.toString(), "-cp", System.getProperty("java.class.path")),
                null,
                compiler.getStandardFileManager(null, null, null).getJavaFileObjects(file))
            .call();
    assertTrue(compiled, () -> messages + "\n" + source);
    try (URLClassLoader loader =
        new URLClassLoader(
            new URL[] {folder.toUri().toURL()}, SnippetsTest.class.getClassLoader())) {
      Path target = folder.resolve(name + ".almanac");
      loader.loadClass(name).getMethod("run", Path.class, Path.class).invoke(null, input, target);
      if (Files.exists(target)) {
        try (Almanac dates = Almanac.open(target)) {
          assertEquals("2024-02-29", String.valueOf(dates.date(1234567)));
        }
      }
    }
  }
}
