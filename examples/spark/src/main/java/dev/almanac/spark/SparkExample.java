package dev.almanac.spark;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.apache.spark.sql.SparkSession;

/** The command line: {@code join|build [--rows N] [--ids N] [--work DIRECTORY]}. */
public final class SparkExample {
  private static final String USAGE =
      "usage: run join|build [--rows N] [--ids N] [--work DIRECTORY]";

  private SparkExample() {}

  /** Ends with status 1 if what was promised did not come out. */
  public static void main(String[] arguments) throws Exception {
    long rowCount = 1_000_000;
    long idCount = 300_000;
    Path work = null;
    if (arguments.length % 2 == 0) {
      throw new IllegalArgumentException(USAGE);
    }
    for (int i = 1; i < arguments.length; i += 2) {
      switch (arguments[i]) {
        case "--rows" -> rowCount = Long.parseLong(arguments[i + 1]);
        case "--ids" -> idCount = Long.parseLong(arguments[i + 1]);
        case "--work" -> work = Files.createDirectories(Path.of(arguments[i + 1]));
        default -> throw new IllegalArgumentException(USAGE);
      }
    }
    Path directory =
        Files.createTempDirectory(
            work == null ? Path.of(System.getProperty("java.io.tmpdir")) : work, "almanac-spark-");
    boolean kept;
    try {
      kept =
          switch (arguments[0]) {
            case "join" -> new JoinExample(directory, rowCount, idCount).run();
            case "build" -> new BuildExample(directory, idCount).run();
            default -> throw new IllegalArgumentException(USAGE);
          };
    } finally {
      delete(directory);
    }
    System.exit(kept ? 0 : 1);
  }

  /**
   * A session on a new cluster of two processes, a core and 1 GB each. Processes do not outlive
   * their session, so each way to join is measured in fresh ones.
   */
  static SparkSession session(Path directory) {
    return SparkSession.builder()
        .appName("almanac")
        .master("local-cluster[2,1,1024]")
        .config("spark.ui.enabled", false)
        .config("spark.local.dir", directory.resolve("spark").toString())
        .config("spark.sql.shuffle.partitions", 16)
        // A map for all executors must not be tried again and again where it does not fit.
        .config("spark.task.maxFailures", 2)
        // The shuffle join is to be one.
        .config("spark.sql.autoBroadcastJoinThreshold", -1)
        .getOrCreate();
  }

  private static void delete(Path directory) throws IOException {
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, IOException e) throws IOException {
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
