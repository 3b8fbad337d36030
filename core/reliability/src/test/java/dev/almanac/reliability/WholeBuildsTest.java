package dev.almanac.reliability;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.generated.GeneratedBuilds;
import dev.almanac.generated.MemoryFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole builds of generated rows against a naive map, for as long as one has time. The default
 * build runs more of them in {@code GeneratedBuildsTest}; here a few show that this test works.
 *
 * <pre>{@code
 * mvn -Preliability -pl core/reliability -am test -Dtest=WholeBuildsTest -Dseed=1 -Dminutes=60
 * }</pre>
 */
class WholeBuildsTest {
  private static final int HAZARD = 17;
  private static final long FIRST_SEED = Long.getLong("seed", 1_000_000_000L);
  private static final int MINUTES = Integer.getInteger("minutes", 60);
  private static final int FEW_BUILDS = 40;
  private static final int MOST_BUILDS_OF_CONTROLS = 1_000;

  @TempDir(factory = MemoryFolder.class)
  Path folder;

  @Test
  void everyBuildIsAsTheNaiveMapHasIt() throws Exception {
    int workers = Trial.full() ? Runtime.getRuntime().availableProcessors() : 1;
    long end = System.nanoTime() + Duration.ofMinutes(MINUTES).toNanos();
    AtomicBoolean stopped = new AtomicBoolean();
    AtomicLong next = new AtomicLong(FIRST_SEED);
    List<GeneratedBuilds> all = new ArrayList<>();
    List<Future<?>> running = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(workers);
    try {
      for (int i = 0; i < workers; i++) {
        GeneratedBuilds builds =
            new GeneratedBuilds(Files.createDirectory(folder.resolve("worker-" + i)));
        all.add(builds);
        running.add(
            threads.submit(
                () -> {
                  // The difference that one worker finds ends the others.
                  boolean done = false;
                  try {
                    while (!stopped.get()
                        && (Trial.full()
                            ? System.nanoTime() < end
                            : next.get() < FIRST_SEED + FEW_BUILDS)) {
                      builds.run(next.getAndIncrement());
                    }
                    done = true;
                  } finally {
                    stopped.compareAndSet(false, !done);
                  }
                  return null;
                }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
    record(all, next.get() - FIRST_SEED);
  }

  private static void record(List<GeneratedBuilds> all, long count) throws IOException {
    Map<String, Long> outcomes = new LinkedHashMap<>();
    Map<String, Long> relations = new LinkedHashMap<>();
    for (GeneratedBuilds builds : all) {
      builds.outcomes().forEach((name, times) -> outcomes.merge(name, times, Long::sum));
      builds
          .relationCounts()
          .forEach(
              (name, times) ->
                  relations.merge(name.toLowerCase().replace('_', ' '), times, Long::sum));
    }
    outcomes.put("differences", 0L);
    String command =
        "mvn -Preliability -pl core/reliability -am test -Dtest=WholeBuildsTest -Dseed="
            + FIRST_SEED
            + " -Dminutes="
            + MINUTES;
    Trial.record(
        command,
        HAZARD,
        "generated builds",
        "whole builds of generated rows, every answer compared with a naive map",
        count,
        outcomes);
    relations.put("differences", 0L);
    Trial.record(
        command,
        HAZARD,
        "relations",
        "the same rows built again in another form: the same bytes, or for shards the same answers",
        relations.values().stream().mapToLong(Long::longValue).sum(),
        relations);
    GeneratedBuilds first = all.get(0);
    for (GeneratedBuilds builds : all.subList(1, all.size())) {
      first.addCells(builds);
    }
    int pairs = GeneratedBuilds.corePairCount();
    long missing = first.missingPairCount();
    Trial.record(
        command,
        HAZARD,
        "cells",
        "pairs of kind, layout, code width, duplicates, bad rows, dates, null texts, fewest IDs,"
            + " limit of changes, base, names of months, years of two digits, threads, heap, order"
            + " of rows, source and batch length",
        pairs,
        Map.of("reached", pairs - missing));
    Trial.keep("generated-builds-cells.txt", first.cells());
  }

  @Test
  void everyMistakeOfAControlIsFound() throws IOException {
    Map<String, Long> found = new LinkedHashMap<>();
    for (String mistake : GeneratedBuilds.mistakes()) {
      long builds = GeneratedBuilds.buildsUntilFound(mistake, folder, MOST_BUILDS_OF_CONTROLS);
      assertTrue(builds > 0, mistake);
      found.put(mistake.toLowerCase().replace('_', ' ') + ", builds until it was found", builds);
    }
    Trial.record(
        WholeBuildsTest.class,
        HAZARD,
        "control",
        "rows that reach the builder with a mistake",
        found.size(),
        found);
  }
}
