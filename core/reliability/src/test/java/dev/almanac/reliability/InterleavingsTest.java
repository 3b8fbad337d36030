package dev.almanac.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.Almanac;
import dev.almanac.DistinctEditions;
import dev.almanac.HostCache;
import dev.almanac.IdKind;
import dev.almanac.LiveAlmanac;
import dev.almanac.LiveOptions;
import dev.almanac.OwnProcess;
import dev.almanac.SampleRows;
import dev.almanac.ShardedAlmanac;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.RowSource;
import dev.almanac.build.ShardSet;
import dev.almanac.reliability.Interleavings.Actor;
import dev.almanac.reliability.Interleavings.Scene;
import dev.almanac.reliability.Interleavings.Turns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two or three of those who look at a name, a file or a state, in every order of their steps. A
 * step is each look at a name and each change of one, by the file system that the reader is given,
 * and what the scene itself calls one.
 */
class InterleavingsTest {
  private static final int IDS = 20;
  private static final LiveOptions WHEN_TOLD =
      LiveOptions.defaults().checkEvery(Duration.ofDays(365)).oldEditions(Integer.MAX_VALUE);

  @TempDir private Path folder;

  private DistinctEditions editions;
  private Path name;

  @BeforeEach
  void publishTheFirst() throws IOException {
    editions = new DistinctEditions(folder.resolve("editions"), 3, IDS);
    name = folder.toRealPath().resolve("live.almanac");
  }

  /** Lets the name stand for an edition's one file, as a rollback by a link does. */
  private void link(int number) throws IOException {
    Path next = folder.resolve("next");
    Files.deleteIfExists(next);
    Files.createSymbolicLink(next, editions.file(number));
    Files.move(next, name, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private Path stepped(Turns turns, int actor, Set<String> operations) {
    return SteppedFiles.path(
        name,
        operation -> {
          if (operations.contains(operation)) {
            turns.step(actor);
          }
        });
  }

  /** Every order in full, some in a default build. */
  private static long orders(int byDefault, Scene scene) throws Exception {
    return Trial.full()
        ? Interleavings.tryEveryOrder(scene)
        : Interleavings.trySomeOrders(byDefault, scene);
  }

  private void record(String part, String tried, long orders, Object... outcomes)
      throws InterruptedException, IOException {
    for (int i = 0; i < 3; i++) {
      assertTrue(OwnProcess.mappingsSettleAt(editions.file(i).toRealPath(), 0), "mappings must go");
      assertEquals(0, OwnProcess.descriptors(editions.file(i).toRealPath()));
    }
    Map<String, Long> all = new LinkedHashMap<>();
    for (int i = 0; i < outcomes.length; i += 2) {
      all.put((String) outcomes[i], (Long) outcomes[i + 1]);
    }
    all.put("mappings and descriptors left", 0L);
    Trial.record(getClass(), 18, part, tried, orders, all);
  }

  /** A follower that is checked once while its name goes to another edition, a third, and back. */
  private final class Followed implements Scene {
    private final boolean pins;
    private LiveAlmanac live;

    Followed(boolean pins) {
      this.pins = pins;
    }

    @Override
    public List<Actor> actors(Turns turns) throws Exception {
      link(0);
      boolean[] begun = {false};
      Path path =
          SteppedFiles.path(
              name,
              operation -> {
                if (begun[0]) {
                  turns.step(0);
                }
              });
      live = LiveAlmanac.open(path, WHEN_TOLD);
      begun[0] = true;
      List<Actor> actors = new ArrayList<>();
      actors.add(live::checkNow);
      actors.add(
          () -> {
            link(1);
            turns.step(1);
            link(2);
            turns.step(1);
            link(1);
          });
      if (pins) {
        actors.add(
            () -> {
              try (Almanac pinned = live.pin()) {
                int code = pinned.code(7);
                turns.step(2);
                assertEquals(code, pinned.code(8), "a pin stays");
                assertEquals(editions.digest(code), pinned.edition());
              }
            });
      }
      // The check after the last change is no actor: nobody changes the name any more.
      this.begun = begun;
      return actors;
    }

    private boolean[] begun;

    @Override
    public void end() {
      begun[0] = false;
      try {
        assertTrue(live.checkNow().ok(), () -> "failure=" + live.state().failure());
        assertEquals(editions.digest(1), live.edition(), "wrong edition in service");
        assertEquals(SampleRows.date(1), String.valueOf(live.date(7)));
      } finally {
        live.close();
      }
    }
  }

  @Test
  void aNameThatGoesAwayAndComesBackIsFollowed() throws Exception {
    long orders = Interleavings.tryEveryOrder(new Followed(false));
    record(
        "followed",
        "every order of: a check of the name; a switch to a second edition, a third and back to the"
            + " second",
        orders,
        "wrong edition in service one check after the last change",
        0L);
  }

  @Test
  void aPinStaysWhileTheNameGoesAwayAndComesBack() throws Exception {
    long orders = orders(100, new Followed(true));
    record(
        "followed and pinned",
        "every order of: a check; three switches, back and forth; a pin, two lookups, its close",
        orders,
        "wrong edition in service one check after the last change",
        0L,
        "pins that changed",
        0L);
  }

  /**
   * The fault as it was: the stamp is taken from one look at the name, the content from another.
   */
  private final class StampedByTheName implements Scene {
    private Object stamp;
    private String edition;
    private long wrong;
    private boolean isOver;

    private Object stampOf(Path path) throws IOException {
      BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
      return List.of(found.fileKey(), found.size(), found.lastModifiedTime());
    }

    private void check(Path path) throws IOException {
      Object found = stampOf(path);
      if (!found.equals(stamp)) {
        try (Almanac opened = Almanac.open(path)) {
          edition = opened.edition();
        }
        stamp = found;
      }
    }

    @Override
    public List<Actor> actors(Turns turns) throws Exception {
      link(0);
      isOver = false;
      stamp = null;
      check(name);
      Path path =
          SteppedFiles.path(
              name,
              operation -> {
                if (!isOver) {
                  turns.step(0);
                }
              });
      return List.of(
          () -> check(path),
          () -> {
            link(1);
            turns.step(1);
            link(2);
            turns.step(1);
            link(1);
          });
    }

    @Override
    public void end() throws IOException {
      isOver = true;
      check(name);
      wrong += edition.equals(editions.digest(1)) ? 0 : 1;
    }
  }

  @Test
  void theControlAStampFromAnotherLookAtTheNameIsFound() throws Exception {
    StampedByTheName fault = new StampedByTheName();
    long orders = Interleavings.tryEveryOrder(fault);
    assertTrue(fault.wrong > 0, "the fault must be found: orders=" + orders);
    record(
        "control",
        "the same as followed, by a follower that takes its stamp from a look at the name before it"
            + " opens",
        orders,
        "wrong edition in service one check after the last change",
        fault.wrong);
  }

  @Test
  void aFollowerThatIsClosedMeanwhileKeepsNothing() throws Exception {
    long orders =
        Interleavings.tryEveryOrder(
            new Scene() {
              private LiveAlmanac live;

              @Override
              public List<Actor> actors(Turns turns) throws Exception {
                link(0);
                boolean[] begun = {false};
                Path path =
                    SteppedFiles.path(
                        name,
                        operation -> {
                          if (begun[0]) {
                            turns.step(0);
                          }
                        });
                live =
                    LiveAlmanac.open(
                        path,
                        WHEN_TOLD.accept(
                            info -> {
                              if (begun[0]) {
                                turns.step(0);
                              }
                              return true;
                            }));
                begun[0] = true;
                return List.of(
                    () -> {
                      try {
                        live.checkNow();
                      } catch (IllegalStateException e) {
                        assertTrue(e.getMessage().startsWith("the live almanac is closed"));
                      }
                    },
                    () -> link(1),
                    () -> {
                      live.close();
                      turns.step(2);
                      live.close();
                    });
              }

              @Override
              public void end() {
                assertEquals(0, live.state().mappedEditionCount() - waitingBelow22(live));
              }
            });
    record(
        "closed while it checks",
        "every order of: a check with a condition; a switch; close, twice",
        orders,
        "editions still in use",
        0L);
  }

  /** Below Java 22 what was put away is mapped until a collection. */
  private static int waitingBelow22(LiveAlmanac live) {
    return Runtime.version().feature() < 22 ? live.state().mappedEditionCount() : 0;
  }

  @Test
  void aNameThatVanishesIsMissingAndOneThatIsThereIsOpened() throws Exception {
    long[] outcomes = new long[2];
    long orders =
        Interleavings.tryEveryOrder(
            new Scene() {
              @Override
              public List<Actor> actors(Turns turns) throws Exception {
                link(0);
                Path path = SteppedFiles.path(name, operation -> turns.step(0));
                return List.of(
                    () -> {
                      for (int i = 0; i < 2; i++) {
                        try (Almanac opened = Almanac.open(path)) {
                          assertEquals(editions.digest(opened.code(7)), opened.edition());
                          outcomes[0]++;
                        } catch (NoSuchFileException e) {
                          assertEquals(name + ": there is no such file", e.getMessage());
                          outcomes[1]++;
                        }
                      }
                    },
                    () -> {
                      Files.delete(name);
                      turns.step(1);
                      link(1);
                      turns.step(1);
                      Files.delete(name);
                      turns.step(1);
                      link(2);
                    });
              }

              @Override
              public void end() {}
            });
    record(
        "opened while the name vanishes",
        "every order of: open, twice; remove the name and make it again, twice",
        orders,
        "opened, the right edition",
        outcomes[0],
        "no such file",
        outcomes[1]);
  }

  @Test
  void theMappingThatSeveralShareGoesWithTheLast() throws Exception {
    long orders =
        orders(
            100,
            new Scene() {
              @Override
              public List<Actor> actors(Turns turns) throws Exception {
                link(0);
                return List.of(
                    user(turns, 0),
                    user(turns, 1),
                    () -> {
                      link(1);
                      turns.step(2);
                      link(0);
                    });
              }

              private Actor user(Turns turns, int actor) {
                Path path = stepped(turns, actor, Set.of("look", "open"));
                return () -> {
                  try (Almanac opened = Almanac.open(path)) {
                    turns.step(actor);
                    assertEquals(editions.digest(opened.code(7)), opened.edition());
                  }
                };
              }

              @Override
              public void end() {
                if (Runtime.version().feature() >= 22) {
                  assertEquals(0, OwnProcess.mappings(editions.file(0)));
                  assertEquals(0, OwnProcess.mappings(editions.file(1)));
                }
              }
            });
    record(
        "shared",
        "every order of: open, look up, close; the same; a switch and back",
        orders,
        "wrong answers",
        0L);
  }

  @Test
  void anEditionThatIsEvictedIsInstalledAgain() throws Exception {
    Path cache = Files.createDirectories(folder.resolve("cache"));
    long[] again = new long[1];
    long orders =
        orders(
            100,
            new Scene() {
              @Override
              public List<Actor> actors(Turns turns) throws Exception {
                Path installed = cache.resolve(editions.digest(0) + ".almanac");
                Files.deleteIfExists(installed);
                Path path = SteppedFiles.path(cache, operation -> turns.step(0));
                return List.of(
                    () -> {
                      while (true) {
                        Path found = HostCache.install(editions.file(0), editions.digest(0), path);
                        try (Almanac opened = Almanac.open(found, editions.digest(0))) {
                          assertEquals(0, opened.code(7));
                          return;
                        } catch (NoSuchFileException e) {
                          again[0]++;
                        }
                      }
                    },
                    () -> {
                      // Another process, which has installed enough others.
                      Files.deleteIfExists(installed);
                      turns.step(1);
                      Files.deleteIfExists(installed);
                    });
              }

              @Override
              public void end() throws IOException {
                try (var files = Files.list(cache)) {
                  assertFalse(files.anyMatch(file -> file.toString().endsWith(".part")));
                }
              }
            });
    record(
        "cached",
        "every order of: install and open, again if the name is gone; evict, twice",
        orders,
        "opened, the right edition",
        orders,
        "installed again",
        again[0],
        "parts left",
        0L);
  }

  @Test
  void aSetIsTheOldOneOrTheNewOne() throws Exception {
    Path set = Files.createDirectories(folder.resolve("set"));
    long[] outcomes = new long[3];
    boolean[] removes = {false};
    List<List<Path>> built = List.of(shards("a", 1), shards("b", 2));
    long orders =
        orders(
            100,
            new Scene() {
              @Override
              public List<Actor> actors(Turns turns) throws Exception {
                ShardSet.publish(set, copies(built.get(0)));
                ShardSet.removeOldShards(set);
                List<Path> given = copies(built.get(1));
                removes[0] = false;
                Path published =
                    SteppedFiles.path(
                        set,
                        operation -> {
                          if (operation.equals("move")
                              || operation.equals("delete") && removes[0]) {
                            turns.step(1);
                          }
                        });
                List<Path> shards = new ArrayList<>();
                for (Path shard : given) {
                  shards.add(published.resolve(set.relativize(shard)));
                }
                Path opened = SteppedFiles.path(set, operation -> turns.step(0));
                return List.of(
                    () -> {
                      try (ShardedAlmanac found = ShardedAlmanac.open(opened)) {
                        String first = String.valueOf(found.date(0));
                        for (int id = 0; id < 8; id++) {
                          assertEquals(first, String.valueOf(found.date(id * 4096L)));
                        }
                        outcomes[first.equals(SampleRows.date(1)) ? 0 : 1]++;
                      } catch (NoSuchFileException e) {
                        outcomes[2]++;
                      }
                    },
                    () -> {
                      ShardSet.publish(published, shards);
                      removes[0] = true;
                      ShardSet.removeOldShards(published);
                    });
              }

              @Override
              public void end() throws IOException {
                try (ShardedAlmanac found = ShardedAlmanac.open(set)) {
                  assertEquals(SampleRows.date(2), String.valueOf(found.date(0)));
                }
              }
            });
    record(
        "set of shards",
        "every order of: open; the renames that publish the next set, the removals of the old"
            + " shards",
        orders,
        "the old set, whole",
        outcomes[0],
        "the new set, whole",
        outcomes[1],
        "no such file: the old shards were removed before all were open",
        outcomes[2]);
  }

  /** Two shards in which every ID has one date. */
  private List<Path> shards(String prefix, int date) throws IOException {
    List<List<RowSource.Row>> rows = List.of(new ArrayList<>(), new ArrayList<>());
    for (int id = 0; id < 8; id++) {
      long key = id * 4096L;
      rows.get(ShardedAlmanac.route(key, 2))
          .add(new RowSource.Row(Long.toString(key), SampleRows.date(date)));
    }
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Path file = folder.resolve(prefix + i);
      AlmanacBuilder.create().ids(IdKind.LONG).build(RowSource.of(rows.get(i).iterator()), file);
      files.add(file);
    }
    return files;
  }

  private List<Path> copies(List<Path> files) throws IOException {
    List<Path> copies = new ArrayList<>();
    for (Path file : files) {
      Path copy = folder.resolve("set").resolve("given-" + file.getFileName());
      Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
      copies.add(copy);
    }
    return copies;
  }
}
