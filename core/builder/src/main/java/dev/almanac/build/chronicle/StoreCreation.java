package dev.almanac.build.chronicle;

import dev.almanac.build.workspace.Parallel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where {@link ChronicleStore} runs: in this JVM if it has what {@link ChronicleJvm} says, else in
 * a child JVM. Either takes a second or two to load and compile what it needs, so it starts as soon
 * as it is known that a store is needed, and warms up on a store of one entry meanwhile.
 */
public final class StoreCreation implements AutoCloseable {
  /** Maximum length of what the child printed, quoted in a message. */
  private static final int QUOTED_ERROR_BYTES = 10_000;

  private static final long SECONDS_TO_END = 10;

  private final Parallel threads;
  private final Path folder;

  // One of the two when it has started: this JVM creates the store, or a child.
  private @Nullable Future<Void> warmUp;
  private @Nullable Process child;

  /** Starts nothing yet. {@code folder} takes the temporary files. */
  public StoreCreation(Parallel threads, Path folder) {
    this.threads = threads;
    this.folder = folder;
  }

  /** Starts warming up. Called once, before {@link #create}. */
  public void start() throws IOException {
    start(ChronicleJvm.isThisOne());
  }

  /**
   * As above.
   *
   * @param inThisJvm whether this JVM creates the store
   */
  void start(boolean inThisJvm) throws IOException {
    if (inThisJvm) {
      warmUp =
          threads.start(
              () -> {
                StoreChild.warmUp(folder);
                return null;
              });
    } else {
      child = ChronicleJvm.start(folder, StoreChild.class);
    }
  }

  /** Creates the store. Called once. */
  public ChronicleStore.Created create(StorePlan plan, Path file) throws IOException {
    if (warmUp != null) {
      Parallel.awaitEnd(warmUp);
    }
    Process jvm = child;
    if (jvm == null) {
      return Parallel.awaitEnd(threads.start(() -> ChronicleStore.create(plan, file)));
    }
    if (!folder.equals(file.getParent())) {
      throw new IllegalArgumentException(
          String.format(
              "the store must be made in the folder of the warm-up: folder=%s file=%s",
              folder, file));
    }
    // In another thread: reading a pipe ignores an interrupt, and the child takes seconds for the
    // store of a large table.
    Future<ChronicleStore.Created> created =
        threads.start(
            () -> {
              try {
                StoreChild.send(plan, file.getFileName(), jvm.getOutputStream());
                return StoreChild.receive(jvm.getInputStream());
              } catch (IOException e) {
                throw failed(jvm, e);
              }
            });
    return Parallel.await(created);
  }

  /** The child has ended, or closes its pipes because it ends. What it printed says why. */
  private IOException failed(Process child, IOException cause) throws IOException {
    try {
      if (!child.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
        child.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return cause;
    }
    String errors;
    try (InputStream in = Files.newInputStream(folder.resolve(ChronicleJvm.ERRORS_FILE))) {
      errors = new String(in.readNBytes(QUOTED_ERROR_BYTES), StandardCharsets.UTF_8).trim();
    }
    return new IOException(
        String.format(
            "the JVM that creates the Chronicle Map must succeed: exitStatus=%s java.home=%s%s",
            child.exitValue(),
            System.getProperty("java.home"),
            errors.isEmpty() ? ", it printed nothing" : ", it printed: " + errors),
        cause);
  }

  @Override
  public void close() throws IOException {
    if (child != null) {
      // It may be in the middle of a store, and the folder must not be removed under it.
      awaitEnd(child.destroyForcibly());
    }
    if (warmUp != null && !warmUp.isDone()) {
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
}
