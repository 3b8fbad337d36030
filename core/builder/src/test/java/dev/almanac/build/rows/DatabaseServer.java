package dev.almanac.build.rows;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A server of this machine, as Debian's archive has it, with an empty database, for as long as a
 * test runs.
 */
final class DatabaseServer implements AutoCloseable {
  private static final long START_SECONDS = 300;

  private final Path folder;
  private final Process server;
  private final String url;

  private DatabaseServer(Path folder, Process server, String url) {
    this.folder = folder;
    this.server = server;
    this.url = url;
  }

  /**
   * Starts PostgreSQL; skips the test where it is not installed. It refuses to run as root: then it
   * runs as the user {@code postgres}.
   */
  static DatabaseServer postgres() throws Exception {
    Path programs = programs();
    assumeTrue(programs != null, "no PostgreSQL server is installed");
    boolean root = isRoot();
    assumeTrue(!root || Files.exists(Path.of("/usr/sbin/runuser")), "no runuser");
    // Not JUnit's folder: the server's user must be able to enter it.
    Path folder = Files.createTempDirectory("almanac-postgres");
    if (root) {
      run(List.of("chown", "postgres", folder.toString()));
    }
    List<String> user = root ? List.of("/usr/sbin/runuser", "-u", "postgres", "--") : List.of();
    String data = folder.resolve("data").toString();
    List<String> init = new ArrayList<>(user);
    init.addAll(
        List.of(
            programs.resolve("initdb").toString(),
            "--pgdata=" + data,
            "--auth=trust",
            "--username=postgres",
            "--encoding=UTF8",
            "--no-sync"));
    run(init);
    int port = freePort();
    List<String> command = new ArrayList<>(user);
    command.addAll(
        List.of(
            programs.resolve("postgres").toString(),
            "-D",
            data,
            "-k",
            folder.toString(),
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "fsync=off",
            "-p",
            Integer.toString(port)));
    return start(
        folder, command, "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres");
  }

  /**
   * Starts MariaDB without its system tables, which takes a second in place of several; skips the
   * test where it is not installed.
   *
   * @param driver the driver to connect with, as its URLs name it: mariadb or mysql
   */
  static DatabaseServer mariaDb(String driver) throws Exception {
    Path program = Path.of("/usr/sbin/mariadbd");
    assumeTrue(Files.isExecutable(program), "no MariaDB server is installed");
    Path folder = Files.createTempDirectory("almanac-mariadb");
    Files.createDirectories(folder.resolve("data/test"));
    int port = freePort();
    List<String> command = new ArrayList<>(List.of(program.toString(), "--no-defaults"));
    if (isRoot()) {
      command.add("--user=root");
    }
    command.addAll(
        List.of(
            "--datadir=" + folder.resolve("data"),
            "--socket=" + folder.resolve("socket"),
            "--bind-address=127.0.0.1",
            "--port=" + port,
            "--skip-grant-tables",
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-log-file-size=8M",
            "--innodb-buffer-pool-size=16M",
            "--innodb-fast-shutdown=2"));
    return start(folder, command, "jdbc:" + driver + "://127.0.0.1:" + port + "/test?user=root");
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private static DatabaseServer start(Path folder, List<String> command, String url)
      throws Exception {
    Process server =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    DatabaseServer started = new DatabaseServer(folder, server, url);
    try {
      started.awaitConnections();
    } catch (Exception e) {
      started.close();
      throw e;
    }
    return started;
  }

  private static @Nullable Path programs() throws IOException {
    Path versions = Path.of("/usr/lib/postgresql");
    if (!Files.isDirectory(versions)) {
      return null;
    }
    try (Stream<Path> each = Files.list(versions)) {
      return each.map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
          .max(Comparator.naturalOrder())
          .orElse(null);
    }
  }

  private static void run(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(command + ": " + output);
    }
  }

  private void awaitConnections() throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (true) {
      try {
        connect().close();
        return;
      } catch (SQLException e) {
        if (!server.isAlive() || System.nanoTime() - end > 0) {
          throw e;
        }
        Thread.sleep(100);
      }
    }
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(url);
  }

  /** Stops the server, at most by force, and removes its files. */
  @Override
  public void close() throws IOException {
    // What runuser starts is its child, and takes its signals.
    server.descendants().forEach(ProcessHandle::destroy);
    server.destroy();
    try {
      if (!server.waitFor(START_SECONDS, TimeUnit.SECONDS)) {
        server.descendants().forEach(ProcessHandle::destroyForcibly);
        server.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("waiting for the server's end was interrupted");
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
