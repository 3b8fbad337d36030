package dev.almanac.build.chronicle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.almanac.build.chronicle.ChronicleStore.Created;
import dev.almanac.build.workspace.Parallel;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The parent's half of a store that is created, in this JVM and in a child. */
class StoreCreationTest {
  private static final StorePlan PLAN = new StorePlan(2, 30, 40, 12, 4, false, 50);

  @TempDir Path folder;

  private final Parallel threads = new Parallel(1);

  @AfterEach
  void endThreads() {
    threads.close();
  }

  private StoreCreation started(boolean inThisJvm) throws IOException {
    StoreCreation creation = new StoreCreation(threads, folder);
    creation.start(inThisJvm);
    return creation;
  }

  /** The children that work in the folder. */
  private List<ProcessHandle> children() {
    return ProcessHandle.current().children().filter(this::isInFolder).toList();
  }

  private boolean isInFolder(ProcessHandle process) {
    try {
      Path cwd = Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/cwd"));
      return cwd.equals(folder.toRealPath());
    } catch (NoSuchFileException e) {
      return false; // It has ended.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theStoreIsTheOneThatChronicleCreates(boolean inThisJvm) throws IOException {
    Path file = folder.resolve("store");
    try (StoreCreation creation = started(inThisJvm)) {
      assertEquals(inThisJvm ? 0 : 1, children().size());
      Created created = creation.create(PLAN, file);
      Path same = folder.resolve("same");
      assertEquals(ChronicleStore.create(PLAN, same), created);
      assertEquals(ChronicleStore.version(), created.version());
      assertEquals(Files.size(same), Files.size(file));
    }
    assertEquals(List.of(), children());
    assertFalse(Files.exists(folder.resolve("warm-up")));
  }

  @Test
  void aChildCreatesTheStoreInItsFolderAlone() throws IOException {
    ProcessHandle child;
    try (StoreCreation creation = started(false)) {
      Path elsewhere = folder.resolve("elsewhere").resolve("store");
      assertEquals(
          "the store must be made in the folder of the warm-up: folder="
              + folder
              + " file="
              + elsewhere,
          assertThrows(IllegalArgumentException.class, () -> creation.create(PLAN, elsewhere))
              .getMessage());
      child = children().get(0);
    }
    assertFalse(child.isAlive(), "closed, it has ended");
  }

  private String refusal(StoreCreation creation) {
    return assertThrows(IOException.class, () -> creation.create(PLAN, folder.resolve("store")))
        .getMessage();
  }

  private static String failed(int status) {
    return "the JVM that creates the Chronicle Map must succeed: exitStatus="
        + status
        + " java.home="
        + System.getProperty("java.home")
        + ", it printed";
  }

  @Test
  void whatAChildPrintedSaysWhyItFailed() throws IOException {
    // Where the warm-up makes its store.
    Files.createDirectory(folder.resolve("warm-up"));
    try (StoreCreation creation = started(false)) {
      String refusal = refusal(creation);
      assertTrue(refusal.startsWith(failed(1) + ": "), refusal);
      assertTrue(refusal.contains("Exception"), refusal);
      assertEquals(refusal.strip(), refusal);
    }
  }

  @Test
  void aChildThatWasKilledIsSaidSo() throws Exception {
    try (StoreCreation creation = started(false)) {
      ProcessHandle child = children().get(0);
      child.destroyForcibly();
      child.onExit().get();
      assertEquals(failed(137) + " nothing", refusal(creation));
    }
  }

  @Test
  void aWarmUpThatFailsFailsTheBuild() throws IOException {
    Files.createDirectory(folder.resolve("warm-up"));
    assumeTrue(ChronicleJvm.isThisOne(), "else a child fails");
    StoreCreation creation = new StoreCreation(threads, folder);
    creation.start();
    String refusal = refusal(creation);
    assertTrue(refusal.startsWith("Chronicle Map must be able to create its store: "), refusal);
    assertTrue(refusal.endsWith(", file=" + folder.resolve("warm-up")), refusal);
    creation.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anInterruptedThreadWaitsForTheEndAndStaysInterrupted(boolean inThisJvm) throws IOException {
    StoreCreation creation = started(inThisJvm);
    List<ProcessHandle> children = children();
    Thread.currentThread().interrupt();
    try {
      creation.close();
    } catch (InterruptedIOException e) {
      assertTrue(inThisJvm, "a build that was interrupted: " + e);
    }
    assertTrue(Thread.interrupted());
    assertTrue(children.stream().noneMatch(ProcessHandle::isAlive));
    assertFalse(Files.exists(folder.resolve("warm-up")));
  }

  @Test
  void whatWasNotStartedIsClosed() throws IOException {
    new StoreCreation(threads, folder).close();
    try (StoreCreation creation = new StoreCreation(threads, folder)) {
      creation.create(PLAN, folder.resolve("store"));
      assertTrue(Files.exists(folder.resolve("store")));
    }
  }
}
