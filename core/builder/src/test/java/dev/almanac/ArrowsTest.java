package dev.almanac;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.build.AlmanacBuilder;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which class names which: data flows one way, and the read side names nothing outside the JDK. */
class ArrowsTest {
  private static final String READ = "dev.almanac.read.";
  private static final String FORMAT = "dev.almanac.format.";
  private static final String WORKSPACE = "dev.almanac.build.workspace.";
  private static final String CHOICE = "dev.almanac.build.choice.";
  private static final String CHRONICLE = "dev.almanac.build.chronicle.";
  private static final String PAGES = "dev.almanac.build.pages.";
  private static final String BASE = "dev.almanac.build.base.";
  private static final String WRITE = "dev.almanac.build.write.";
  private static final String PUBLISH = "dev.almanac.publish.";
  private static final String ROWS = "dev.almanac.build.rows.";

  /** The packages of a build. Each names those before it, never those after it. */
  private static final List<String> BUILD =
      List.of(WORKSPACE, CHOICE, CHRONICLE, PAGES, BASE, WRITE);

  /** Of the API, what the read side and the format may name: kinds, reports and errors. */
  private static final Set<String> SHARED =
      Set.of(
          "dev.almanac.IdKind",
          "dev.almanac.Layout",
          "dev.almanac.VerifyReport",
          "dev.almanac.CorruptAlmanacException",
          "dev.almanac.UnsupportedFormatException");

  private static Set<Arrow> arrows;

  private record Arrow(String from, String to) {
    @Override
    public String toString() {
      return from + " -> " + to;
    }
  }

  @BeforeAll
  static void askTheJdk() throws Exception {
    Path reader = classesOf(Almanac.class);
    Path builder = classesOf(AlmanacBuilder.class);
    StringWriter out = new StringWriter();
    StringWriter errors = new StringWriter();
    ToolProvider jdeps = ToolProvider.findFirst("jdeps").orElseThrow();
    int status =
        jdeps.run(
            new PrintWriter(out),
            new PrintWriter(errors),
            "-verbose:class",
            "-filter:none",
            reader.toString(),
            builder.toString());
    assertEquals(0, status, errors::toString);
    // A line for each arrow: "   a.From    -> b.To    where"; lines without the indent are about
    // archives.
    arrows =
        out.toString()
            .lines()
            .filter(line -> line.startsWith("   ") && line.contains(" -> "))
            .map(line -> line.trim().split("\\s+"))
            .map(words -> new Arrow(words[0], words[2]))
            // For the compiler; no JVM looks for them.
            .filter(arrow -> !arrow.to.startsWith("org.jspecify.annotations."))
            .collect(Collectors.toSet());
  }

  private static Path classesOf(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private static Set<String> from(String origin, Predicate<String> target) {
    return arrows.stream()
        .filter(arrow -> arrow.from.startsWith(origin) && target.test(arrow.to))
        .map(Arrow::toString)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static boolean isBuild(String name) {
    return BUILD.stream().anyMatch(name::startsWith);
  }

  private static boolean isJdk(String name) {
    return name.startsWith("java.") || name.startsWith("jdk.jfr.");
  }

  @Test
  void theReadSideNamesTheFormatAndTheJdkAlone() {
    assertEquals(
        Set.of(),
        from(
            READ,
            to ->
                !isJdk(to)
                    && !to.startsWith(READ)
                    && !to.startsWith(FORMAT)
                    && !SHARED.contains(to)));
  }

  @Test
  void theFormatNamesTheJdkAlone() {
    assertEquals(
        Set.of(),
        from(
            FORMAT,
            to -> !to.startsWith("java.") && !to.startsWith(FORMAT) && !SHARED.contains(to)));
  }

  @Test
  void publishingNamesTheJdkAlone() {
    assertEquals(Set.of(), from(PUBLISH, to -> !to.startsWith("java.") && !to.startsWith(PUBLISH)));
  }

  @Test
  void theSourcesNameNeitherSide() {
    assertEquals(Set.of(), from(ROWS, to -> to.startsWith(READ) || isBuild(to)));
  }

  @Test
  void thePackagesOfABuildNameEachOtherInOneDirection() {
    for (int i = 0; i < BUILD.size(); i++) {
      List<String> later = BUILD.subList(i + 1, BUILD.size());
      assertEquals(Set.of(), from(BUILD.get(i), to -> later.stream().anyMatch(to::startsWith)));
    }
  }

  @Test
  void theBuildSideNamesTheReadSideInItsChecksAlone() {
    assertEquals(
        Set.of(),
        BUILD.stream()
            .flatMap(origin -> from(origin, to -> to.startsWith(READ)).stream())
            .filter(
                arrow ->
                    !arrow.equals(WORKSPACE + "Phases -> " + READ + "Recording")
                        && !arrow.startsWith(WRITE + "SelfCheck ")
                        && !arrow.startsWith(CHRONICLE + "StockCheck "))
            .collect(Collectors.toSet()));
  }

  @Test
  void theStoreAndItsCheckNameChronicleMapAlone() {
    assertEquals(
        Set.of(),
        from("dev.almanac.", to -> to.startsWith("net.openhft.")).stream()
            .filter(
                arrow ->
                    !arrow.startsWith(CHRONICLE + "StockCheck ")
                        && !arrow.startsWith(CHRONICLE + "ChronicleStore ")
                        && !arrow.startsWith(CHRONICLE + "ChronicleStore$"))
            .collect(Collectors.toSet()));
  }

  @Test
  void outsideItsSourcesTheLibraryNamesChronicleMapAndTheJdkAlone() {
    assertEquals(
        Set.of(),
        from(
                "dev.almanac.",
                to ->
                    !isJdk(to) && !to.startsWith("dev.almanac.") && !to.startsWith("net.openhft."))
            .stream()
            .filter(arrow -> !arrow.startsWith(ROWS) && !arrow.contains(" -> javax.sql."))
            .collect(Collectors.toSet()));
  }

  /**
   * Classes that choose among what extends them or is made from them: but for a class and what it
   * makes of itself, the only reason for which files may name each other in a circle.
   */
  private static final Set<String> BASES =
      Set.of(
          "dev.almanac.build.RowSource",
          ROWS + "RowFormat",
          PAGES + "KeySource",
          PAGES + "PageWriter",
          FORMAT + "PageLayout",
          READ + "LongTable",
          READ + "TextTable");

  @Test
  void filesNameEachOtherInACircleOnlyAroundABase() {
    Map<String, Set<String>> named = new HashMap<>();
    for (Arrow arrow : arrows) {
      if (arrow.to.startsWith("dev.almanac.") && !BASES.contains(file(arrow.to))) {
        named.computeIfAbsent(file(arrow.from), key -> new HashSet<>()).add(file(arrow.to));
      }
    }
    Set<String> circular = new TreeSet<>();
    for (String file : named.keySet()) {
      Set<String> reached = new HashSet<>();
      Deque<String> next = new ArrayDeque<>(Set.of(file));
      while (!next.isEmpty()) {
        String from = next.pop();
        for (String to : named.getOrDefault(from, Set.of())) {
          if (!to.equals(from) && reached.add(to)) {
            next.push(to);
          }
        }
      }
      if (reached.contains(file)) {
        circular.add(file);
      }
    }
    // What walks a table or sums its parts is made by it.
    assertEquals(
        Set.of(
            FORMAT + "PositionSums",
            FORMAT + "TextsOfLength",
            READ + "EntriesTextCursor",
            READ + "EntriesTextTable"),
        circular);
  }

  private static String file(String name) {
    int inner = name.indexOf('$');
    return inner < 0 ? name : name.substring(0, inner);
  }

  @Test
  void theArrowsThatAreThereAreSeen() {
    assertTrue(arrows.contains(new Arrow(WRITE + "SelfCheck", READ + "LongTable")));
    assertTrue(
        arrows.contains(
            new Arrow(
                CHRONICLE + "ChronicleStore", "net.openhft.chronicle.map.ChronicleMapBuilder")));
    assertTrue(arrows.contains(new Arrow("dev.almanac.build.AlmanacBuilder", WRITE + "Build")));
    assertTrue(arrows.contains(new Arrow(WRITE + "FileStage", PUBLISH + "Publication")));
    assertTrue(arrows.contains(new Arrow(READ + "EntriesTable", FORMAT + "Xxh64")));
    assertTrue(arrows.contains(new Arrow(READ + "SealedFile", "java.nio.channels.FileChannel")));
  }
}
