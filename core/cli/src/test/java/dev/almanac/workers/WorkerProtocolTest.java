package dev.almanac.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The Java side of the protocol, in JVMs of its own. */
@Timeout(300)
class WorkerProtocolTest {
  private static final String PRINTS_WHILE_READING = "prints";
  private static final String READS_FOR_EVER = "for-ever";
  private static final String FAILS = "fails";

  /** A worker that reads nothing. */
  static final class IdleWorker {
    private IdleWorker() {}

    public static void main(String[] args) throws IOException, InterruptedException {
      WorkerProtocol.serve(
          () -> {
            switch (args[0]) {
              case PRINTS_WHILE_READING ->
                  System.out.println("this must not go between the protocol's lines");
              case FAILS -> throw new IOException("the disk is gone");
              default -> {
                try {
                  Thread.sleep(Duration.ofHours(1).toMillis());
                } catch (InterruptedException e) {
                  throw new IOException(e);
                }
              }
            }
            return new WorkerProtocol.Outcome(5, 4, -3);
          });
    }
  }

  @Test
  void aJavaWorkerTakesPart() throws Exception {
    WorkersReport report = WorkerExperiment.of(List.of(command(PRINTS_WHILE_READING))).run();
    assertEquals(new WorkerProtocol.Outcome(5, 4, -3), report.workers().get(0).outcome());
    assertEquals(0, report.storageBytes());
  }

  @Test
  void aFailedReadingIsToldWithItsMessage() {
    String message =
        assertThrows(
                WorkerFailedException.class,
                () -> WorkerExperiment.of(List.of(command(FAILS))).run())
            .getMessage();
    assertTrue(message.contains("exit=1") && message.contains("the disk is gone"), message);
  }

  @Test
  void aWorkerWhoseParentIsGoneEndsWhileItReads() throws Exception {
    Process worker = new ProcessBuilder(command(READS_FOR_EVER)).start();
    try (BufferedReader output = worker.inputReader()) {
      assertEquals("ready", output.readLine());
      worker.getOutputStream().write("go\n".getBytes());
      worker.getOutputStream().close();
      assertTrue(worker.waitFor(300, TimeUnit.SECONDS));
      assertEquals(75, worker.exitValue());
    } finally {
      worker.destroyForcibly();
    }
  }

  @Test
  void aWorkerWhoseParentIsGoneEndsBeforeItReads() throws Exception {
    Process worker = new ProcessBuilder(command(READS_FOR_EVER)).start();
    try {
      worker.getOutputStream().close();
      assertTrue(worker.waitFor(300, TimeUnit.SECONDS));
      assertEquals(75, worker.exitValue());
    } finally {
      worker.destroyForcibly();
    }
  }

  private static List<String> command(String behaviour) {
    return WorkerJvm.command(8, IdleWorker.class, List.of(behaviour));
  }
}
