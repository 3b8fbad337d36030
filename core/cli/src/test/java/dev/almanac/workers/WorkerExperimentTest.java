package dev.almanac.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Workers are shell scripts here: the experiment must not care. */
@Timeout(300)
class WorkerExperimentTest {
  @TempDir Path folder;

  @Test
  void whatTheWorkersSayIsSummed() throws Exception {
    WorkersReport report =
        experiment(
                "echo ready; read go; echo done 30 20 -7 1000000; read exit",
                "echo ready; read go; echo done 30 20 -7 2000000; read exit")
            .run();
    assertEquals(60, report.lookupCount());
    assertEquals(40, report.foundCount());
    assertTrue(report.agree());
    assertEquals(
        List.of(1_000_000L, 2_000_000L),
        report.workers().stream().map(WorkersReport.Worker::nanos).toList());
    assertTrue(report.afterStart().pssKilobytes() > 0);
    assertTrue(report.peak().pssKilobytes() >= report.atEnd().pssKilobytes());
    assertTrue(report.maxPrivateKilobytes() >= report.medianPrivateKilobytes());
    assertEquals(report.afterStart(), report.samples().get(0));
    assertEquals(report.atEnd(), report.samples().get(report.samples().size() - 1));
    assertEquals(Optional.empty(), report.workers().get(0).mapping());
  }

  @Test
  void theLinesOfTheProtocolAreNotCountedAsWritten() throws Exception {
    Path written = folder.resolve("written");
    WorkersReport report =
        experiment(
                "echo ready; read go; echo done 1 1 1 1; read exit",
                "echo ready; read go; echo 1234567 > " + written + "; echo done 1 1 1 1; read exit")
            .run();
    assertEquals(0, report.workers().get(0).callBytes());
    assertEquals("1234567\n".length(), report.workers().get(1).callBytes());
    assertEquals(8, report.callBytes());
  }

  @Test
  void memoryIsSampledWhileTheWorkersRead() throws Exception {
    WorkersReport report =
        experiment("echo ready; read go; sleep 1; echo done 1 1 1 1; read exit")
            .sampleInterval(Duration.ofMillis(50))
            .run();
    assertTrue(report.samples().size() >= 8, "samples=" + report.samples().size());
    assertTrue(report.readingTime().toMillis() >= 1_000, report.readingTime().toString());
    for (int i = 1; i < report.samples().size(); i++) {
      assertTrue(report.samples().get(i).millis() >= report.samples().get(i - 1).millis());
    }
  }

  @Test
  void allWorkersAreReadyBeforeOneReads() throws Exception {
    Path ready = folder.resolve("ready");
    String slow =
        "sleep 0.5; touch " + ready + "; echo ready; read go; echo done 1 1 1 1; read exit";
    String fast = "echo ready; read go; test -e " + ready + " && echo done 1 1 1 1; read exit";
    assertEquals(2, experiment(fast, slow).run().foundCount());
  }

  @Test
  void processesThatAWorkerForkedAreMeasuredWithIt() throws Exception {
    WorkersReport report =
        experiment(
                "sleep 100 & child=$!; echo ready $child; read go; echo done 1 1 1 1; read exit;"
                    + " kill $child")
            .run();
    assertEquals(2, report.workers().get(0).pids().size());
  }

  @Test
  void workersThatFoundDifferentThingsDisagree() throws Exception {
    assertFalse(
        experiment(
                "echo ready; read go; echo done 1 1 1 1; read exit",
                "echo ready; read go; echo done 1 1 2 1; read exit")
            .run()
            .agree());
  }

  @Test
  void aWorkerThatEndsEarlyFailsTheExperimentWithWhatItSaid() {
    assertEquals(
        "a worker must not end before it has said \"ready\": worker=1 pid=P exit=7 stderr=no such"
            + " table",
        failure("echo ready; read go; read exit", "echo no such table >&2; exit 7"));
    assertEquals(
        "a worker must not end before it has said \"done\": worker=0 pid=P exit=9",
        failure("echo ready; read go; exit 9"));
  }

  @Test
  void aWorkerThatDoesNotKeepToTheProtocolFailsTheExperiment() {
    assertEquals(
        "a worker must say \"ready\": line=hello worker=0 pid=P exit=running",
        failure("echo hello; read go"));
    assertEquals(
        "a worker must say \"done\": line=ready worker=0 pid=P exit=running",
        failure("echo ready; read go; echo ready; read exit"));
    assertEquals(
        "a worker must answer once with four whole numbers: line=done 1 2 x 4 worker=0 pid=P"
            + " exit=running",
        failure("echo ready; read go; echo done 1 2 x 4; read exit"));
    assertEquals(
        "a worker must list process IDs after \"ready\": line=ready x worker=0 pid=P exit=running",
        failure("echo ready x; read go"));
    assertEquals(
        "a worker must end with status 0: worker=0 pid=P exit=3",
        failure("echo ready; read go; echo done 1 1 1 1; read exit; exit 3"));
  }

  @Test
  void aWorkerThatIsGoneBeforeItIsMeasuredFailsTheExperiment() {
    String message =
        failure(
            "echo ready; read go; echo done 1 1 1 1; exit 4",
            "echo ready; read go; sleep 0.5; echo done 1 1 1 1; read exit");
    assertEquals("a worker must live until it is told to exit: worker=0 pid=P exit=4", message);
  }

  @Test
  void theTimeLimitEndsWorkersThatHang() {
    WorkerFailedException e =
        assertThrows(
            WorkerFailedException.class,
            () ->
                experiment("echo ready; read go; sleep 1000")
                    .timeLimit(Duration.ofMillis(500))
                    .run());
    assertTrue(
        e.getMessage()
            .startsWith("the workers must be done within the time limit: limit=PT0.5S worker=0"),
        e.getMessage());
  }

  @Test
  void noWorkerOutlivesAFailedExperiment() throws Exception {
    Path pids = folder.resolve("pids");
    failure(
        "echo $$ >> "
            + pids
            + "; sleep 1000 & echo $! >> "
            + pids
            + "; echo ready; read go; sleep 1000",
        "echo $$ >> " + pids + "; sleep 0.3; echo ready; read go; exit 1");
    List<Long> started = Files.readAllLines(pids).stream().map(Long::valueOf).toList();
    assertEquals(3, started.size());
    for (long pid : started) {
      Optional<ProcessHandle> process = ProcessHandle.of(pid);
      if (process.isPresent()) {
        process.get().onExit().get(300, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void aCommandThatCannotBeStartedIsAnError() {
    assertThrows(
        IOException.class, () -> WorkerExperiment.of(List.of(List.of("/no/such/command"))).run());
    assertThrows(IllegalArgumentException.class, () -> WorkerExperiment.of(List.of()));
  }

  private static WorkerExperiment experiment(String... scripts) {
    return WorkerExperiment.of(
        Stream.of(scripts).map(script -> List.of("sh", "-c", script)).toList());
  }

  private static String failure(String... scripts) {
    WorkerFailedException e =
        assertThrows(WorkerFailedException.class, () -> experiment(scripts).run());
    return e.getMessage().replaceAll("pid=\\d+", "pid=P");
  }
}
