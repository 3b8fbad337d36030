package dev.almanac;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.DelimitedRows;
import dev.almanac.build.ShardSet;
import dev.almanac.format.PageLayout;
import dev.almanac.read.SealedFile;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LiveAlmanacTest {
  private static final Set<String> YOUNG_COLLECTORS =
      Set.of("Copy", "G1 Young Generation", "PS Scavenge");

  private static final int IDS = 1_000;
  private static final Duration NEVER = Duration.ofDays(1);
  private static final LiveOptions AT_ONCE = LiveOptions.defaults().checkEvery(Duration.ZERO);
  private static final LiveOptions WHEN_TOLD = LiveOptions.defaults().checkEvery(NEVER);

  @TempDir private static Path built;

  private static DistinctEditions editions;

  @TempDir Path folder;

  private Path name;

  /** The code of an ID in the edition in service, by a batch of one. */
  private static int code(LiveAlmanac live, long id) {
    int[] codes = new int[1];
    live.codes(new long[] {id}, codes);
    return codes[0];
  }

  @BeforeAll
  static void build() throws IOException {
    editions = new DistinctEditions(built.resolve("editions"), 3, IDS);
  }

  @BeforeEach
  void publishTheFirst() throws IOException {
    name = folder.resolve("live.almanac");
    editions.publish(0, name);
  }

  @Test
  void aLookupMeetsTheNewestEdition() throws IOException {
    try (LiveAlmanac live = LiveAlmanac.open(name, AT_ONCE)) {
      for (int number : new int[] {0, 1, 2, 1, 0}) {
        editions.publish(number, name);
        assertEquals(number, code(live, 7));
        assertEquals(number, code(live, 7));
        assertEquals(SampleRows.date(number), live.date(7).toString());
        assertEquals(SampleRows.date(number), live.date("7").toString());
        assertEquals(Almanac.ABSENT, code(live, IDS));
        assertNull(live.date(IDS));
        assertEquals(editions.digest(number), live.state().edition());
      }
    }
  }

  @Test
  void aBatchGivesTheDictionaryOfItsCodes() throws IOException {
    try (LiveAlmanac live = LiveAlmanac.open(name, AT_ONCE)) {
      editions.publish(2, name);
      int[] codes = new int[2];
      DateDictionary dictionary = live.codes(new long[] {1, IDS}, codes);
      assertEquals(SampleRows.date(2), dictionary.text(codes[0]));
      assertEquals(Almanac.ABSENT, codes[1]);
      editions.publish(1, name);
      dictionary = live.codes(new CharSequence[] {"1"}, new int[1]);
      assertEquals(3, dictionary.size());
      LocalDate[] dates = new LocalDate[1];
      live.dates(new long[] {5}, dates);
      assertEquals(SampleRows.date(1), dates[0].toString());
    }
  }

  @Test
  void aPinnedEditionStaysThatEdition() throws IOException {
    try (LiveAlmanac live = LiveAlmanac.open(name, AT_ONCE);
        Almanac pinned = live.pin()) {
      editions.publish(1, name);
      assertEquals(1, code(live, 7));
      assertEquals(0, pinned.code(7));
      assertEquals(editions.digest(0), pinned.edition());
      try (Almanac young = live.pin()) {
        assertEquals(1, young.code(7));
      }
      assertEquals(1, code(live, 7));
    }
  }

  @Test
  void closingAPinClosesNothingElse() throws IOException {
    LiveAlmanac live = LiveAlmanac.open(name, WHEN_TOLD);
    Almanac one = live.pin();
    Almanac other = live.pin();
    one.close();
    assertThrows(IllegalStateException.class, () -> one.code(7));
    assertEquals(0, other.code(7));
    assertEquals(0, code(live, 7));
    live.close();
    live.close();
    assertEquals(0, other.code(7));
    other.close();
    assertThrows(IllegalStateException.class, () -> code(live, 7));
    assertEquals(
        "the live almanac is closed: path=" + name,
        assertThrows(IllegalStateException.class, live::pin).getMessage());
    editions.publish(1, name);
    for (Executable call :
        List.<Executable>of(
            live::checkNow, () -> live.pin(editions.digest(1)), () -> live.date(7))) {
      assertEquals(
          "the live almanac is closed: path=" + name,
          assertThrows(IllegalStateException.class, call).getMessage());
    }
  }

  @Test
  void withinTheIntervalTheNameIsNotChecked() throws IOException {
    try (LiveAlmanac live = LiveAlmanac.open(name, WHEN_TOLD)) {
      editions.publish(1, name);
      assertEquals(0, code(live, 7));
      assertEquals(1, live.state().checkCount());
      LiveState state = live.checkNow();
      assertEquals(1, code(live, 7));
      assertEquals(2, state.checkCount());
      assertEquals(1, state.switchCount());
      assertTrue(state.ok());
      assertEquals(2, live.state().checkCount(), "the interval begins again");
    }
  }

  @Test
  void afterTheIntervalTheFirstLookupMeetsTheNewEdition() throws Exception {
    Duration interval = Duration.ofMillis(30);
    try (LiveAlmanac live = LiveAlmanac.open(name, LiveOptions.defaults().checkEvery(interval))) {
      for (int round = 1; round < 20; round++) {
        code(live, 7);
        editions.publish(round % 3, name);
        Thread.sleep(interval.toMillis());
        assertEquals(round % 3, code(live, 7));
      }
      assertEquals(19, live.state().switchCount());
      long checks = live.state().checkCount();
      Thread.sleep(2 * interval.toMillis());
      code(live, 7);
      assertEquals(checks + 1, live.state().checkCount());
      assertEquals(19, live.state().switchCount());
    }
  }

  @Test
  void aDemandedEditionIsLookedForAtOnce() throws IOException {
    try (LiveAlmanac live = LiveAlmanac.open(name, WHEN_TOLD)) {
      editions.publish(1, name);
      try (Almanac pinned = live.pin(editions.digest(1).toUpperCase())) {
        assertEquals(1, pinned.code(7));
      }
      IOException refusal = assertThrows(IOException.class, () -> live.pin(editions.digest(2)));
      assertEquals(
          "the edition in service must be the demanded one: found="
              + editions.digest(1)
              + " expected="
              + editions.digest(2)
              + ", path="
              + name,
          refusal.getMessage());
      Files.delete(name);
      assertTrue(
          assertThrows(IOException.class, () -> live.pin(editions.digest(2))).getCause()
              instanceof NoSuchFileException);
      assertEquals(1, live.pin(editions.digest(1)).code(7));
    }
  }

  private static void overwrite(Path file, long offset, byte[] bytes) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes), offset);
    }
  }

  private void publishDamaged(int number, long offset) throws IOException {
    Path damaged = folder.resolve("damaged");
    Files.copy(editions.file(number), damaged);
    overwrite(damaged, offset, new byte[] {(byte) 0xA5, 0x5A});
    Files.move(damaged, name, StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void aDamagedFileLeavesTheOldEditionInService() throws IOException {
    List<LiveState> told = new ArrayList<>();
    try (LiveAlmanac live = LiveAlmanac.open(name, AT_ONCE.listener(told::add))) {
      publishDamaged(1, Files.size(editions.file(1)) - 40);
      assertEquals(0, code(live, 7));
      assertEquals(0, code(live, 7));
      LiveState state = live.state();
      assertFalse(state.ok());
      assertTrue(state.failure() instanceof CorruptAlmanacException, state::toString);
      assertEquals(editions.digest(0), state.edition());
      assertEquals(2, state.failureCount());
      assertEquals(1, told.size(), "a failure is news once");

      editions.publish(2, name);
      assertEquals(2, code(live, 7));
      assertTrue(live.state().ok());
      assertEquals(2, told.size());
      assertEquals(editions.digest(2), told.get(1).edition());
    }
  }

  private void build(SampleRows rows, Path file) throws IOException {
    AlmanacBuilder.create().build(DelimitedRows.of(rows.write(folder.resolve("rows.txt"))), file);
  }

  @Test
  void theListenerIsToldHowManyIdsCameAndWent() throws IOException {
    List<LiveState> told = new ArrayList<>();
    Path file = folder.resolve("growing");
    build(SampleRows.dense(0, 1_000, 7), file);
    try (LiveAlmanac live = LiveAlmanac.open(file, AT_ONCE.listener(told::add))) {
      assertEquals(1_000, live.state().idCount());
      assertEquals(0, live.state().idCountChange());
      build(SampleRows.dense(0, 1_200, 7), file);
      live.checkNow();
      build(SampleRows.dense(0, 900, 7), file);
      live.checkNow();
      live.checkNow();
      assertEquals(List.of(1_200L, 900L), told.stream().map(LiveState::idCount).toList());
      assertEquals(List.of(200L, -300L), told.stream().map(LiveState::idCountChange).toList());
      assertEquals(-300, live.state().idCountChange());
    }
  }

  @Test
  void aMissingFileLeavesTheOldEditionInService() throws IOException {
    try (LiveAlmanac live = LiveAlmanac.open(name, AT_ONCE)) {
      Files.delete(name);
      assertEquals(0, code(live, 7));
      assertTrue(live.state().failure() instanceof NoSuchFileException);
      Files.createDirectory(name);
      assertEquals(0, code(live, 7));
      assertFalse(live.state().ok());
      Files.delete(name);
      Files.createFile(name);
      assertEquals(0, code(live, 7));
      assertTrue(live.state().failure() instanceof CorruptAlmanacException);
      editions.publish(1, name);
      assertEquals(1, code(live, 7));
      assertTrue(live.state().ok());
      assertEquals(3, live.state().failureCount());
    }
  }

  @Test
  void damageThatOnlyAVerificationFindsIsKeptOutByOne() throws IOException {
    // In the first page: neither footer nor dictionary tell.
    SealedFile file = SealedFile.open(editions.file(1));
    long inTheStore = PageLayout.dataOffset(file.footer().geometry()) + 20;
    file.close();
    try (LiveAlmanac trusting = LiveAlmanac.open(name, AT_ONCE);
        LiveAlmanac verifying = LiveAlmanac.open(name, AT_ONCE.verified(true))) {
      publishDamaged(1, inTheStore);
      assertEquals(editions.digest(1), trusting.checkNow().edition());
      LiveState state = verifying.checkNow();
      assertEquals(editions.digest(0), state.edition());
      assertTrue(
          state.failure().getMessage().startsWith("an edition must be whole to come into service"),
          state::toString);
      assertEquals(0, code(verifying, 7));
      editions.publish(2, name);
      assertEquals(2, code(verifying, 7));
    }
  }

  @Test
  void anEditionThatIsNotAcceptedDoesNotComeIntoService() throws IOException {
    String only = editions.digest(1);
    LiveOptions demanding = AT_ONCE.accept(info -> info.edition().equals(only));
    String message =
        assertThrows(IOException.class, () -> LiveAlmanac.open(name, demanding)).getMessage();
    assertEquals(
        "an edition must be accepted to come into service: edition="
            + editions.digest(0)
            + " idCount="
            + (IDS + 3)
            + ", path="
            + name,
        message);
    editions.publish(1, name);
    try (LiveAlmanac live = LiveAlmanac.open(name, demanding)) {
      editions.publish(2, name);
      assertEquals(1, code(live, 7));
      assertFalse(live.state().ok());
      editions.publish(1, name);
      assertEquals(1, code(live, 7));
      assertTrue(live.state().ok());
    }
  }

  @Test
  void aConditionThatThrowsRefuses() throws IOException {
    LiveOptions options =
        AT_ONCE.accept(
            info -> {
              if (!info.edition().equals(editions.digest(0))) {
                throw new IllegalArgumentException("not this one");
              }
              return true;
            });
    try (LiveAlmanac live = LiveAlmanac.open(name, options)) {
      editions.publish(2, name);
      assertEquals(0, code(live, 7));
      assertEquals("not this one", live.state().failure().getCause().getMessage());
    }
  }

  @Test
  void aFileThatStaysRefusedIsTriedLessAndLess() throws Exception {
    int[] asked = {0};
    LiveOptions options =
        AT_ONCE.accept(info -> info.edition().equals(editions.digest(0)) || ++asked[0] < 0);
    try (LiveAlmanac live = LiveAlmanac.open(name, options)) {
      editions.publish(1, name);
      Instant until = Instant.now().plusMillis(300);
      int checks = 0;
      while (Instant.now().isBefore(until)) {
        code(live, 7);
        checks++;
      }
      int tries = asked[0];
      assertTrue(tries >= 2 && tries < checks / 2 + 2, "tries=" + tries + " checks=" + checks);
      assertEquals(checks, live.state().failureCount());
      // Another time of modification is another file.
      Files.setLastModifiedTime(name, FileTime.from(Instant.now().minusSeconds(60)));
      code(live, 7);
      assertEquals(tries + 1, asked[0]);
    }
  }

  @Test
  void aListenerThatThrowsTroublesNoLookup() throws Exception {
    AtomicReference<Throwable> reported = new AtomicReference<>();
    LiveOptions options =
        AT_ONCE.listener(
            state -> {
              throw new IllegalStateException("the listener's own");
            });
    try (LiveAlmanac live = LiveAlmanac.open(name, options)) {
      editions.publish(1, name);
      int[] code = new int[1];
      Thread thread = new Thread(() -> code[0] = code(live, 7));
      thread.setUncaughtExceptionHandler((t, e) -> reported.set(e));
      thread.start();
      thread.join();
      assertEquals(1, code[0]);
      assertEquals("the listener's own", reported.get().getMessage());
    }
  }

  @Test
  void aListenerMayLookUp() throws IOException {
    LiveAlmanac[] live = new LiveAlmanac[1];
    List<Integer> seen = new ArrayList<>();
    LiveOptions options = AT_ONCE.listener(state -> seen.add(code(live[0], 7)));
    try (LiveAlmanac followed = LiveAlmanac.open(name, options)) {
      live[0] = followed;
      editions.publish(1, name);
      assertEquals(1, code(followed, 7));
      assertEquals(List.of(1), seen);
    }
  }

  @Test
  void anInterruptedThreadLooksUpChecksAndStaysInterrupted() throws IOException {
    try (LiveAlmanac live = LiveAlmanac.open(name, AT_ONCE)) {
      editions.publish(1, name);
      Thread.currentThread().interrupt();
      int code = code(live, 7);
      assertTrue(Thread.interrupted());
      assertEquals(1, code);
      assertEquals(0, live.state().failureCount());
    }
  }

  @Test
  void aSymbolicLinkMayBeSwitched() throws IOException {
    Path link = folder.resolve("link.almanac");
    for (int number = 0; number < 3; number++) {
      editions.publish(number, folder.resolve("v" + number));
    }
    Files.createSymbolicLink(link, folder.resolve("v0"));
    try (LiveAlmanac live = LiveAlmanac.open(link, AT_ONCE)) {
      assertEquals(0, code(live, 7));
      for (int number : new int[] {2, 1}) {
        Path next = folder.resolve("next");
        Files.createSymbolicLink(next, folder.resolve("v" + number));
        Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);
        assertEquals(number, code(live, 7));
      }
      assertEquals(0, live.state().failureCount());
    }
  }

  @Test
  void aLinkToAFolderOnTheWayMayBeSwitched() throws IOException {
    for (int number = 0; number < 2; number++) {
      editions.publish(
          number, Files.createDirectory(folder.resolve("v" + number)).resolve("dates"));
    }
    Path link = Files.createSymbolicLink(folder.resolve("now"), Path.of("v0"));
    try (LiveAlmanac live = LiveAlmanac.open(link.resolve("dates"), AT_ONCE)) {
      assertEquals(0, code(live, 7));
      Path next = Files.createSymbolicLink(folder.resolve("next"), Path.of("v1"));
      Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);
      assertEquals(1, code(live, 7));
    }
  }

  private static boolean run(String... command) throws Exception {
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
  }

  /** What a container sees whose volume is the folder, or the file. */
  @Test
  void aBindMountOfTheFolderFollowsAndOneOfTheFileCannot() throws Exception {
    Path ofFolder = Files.createDirectory(folder.resolve("mounted"));
    Path ofFile = Files.createFile(folder.resolve("mounted-file"));
    Path source = Files.createDirectory(folder.resolve("source"));
    Path published = source.resolve("live.almanac");
    editions.publish(0, published);
    assumeTrue(
        run("mount", "--bind", source.toString(), ofFolder.toString()),
        "bind mounts need root and mount(8)");
    try {
      assertTrue(run("mount", "--bind", published.toString(), ofFile.toString()));
      try (LiveAlmanac followed = LiveAlmanac.open(ofFolder.resolve("live.almanac"), AT_ONCE);
          LiveAlmanac stuck = LiveAlmanac.open(ofFile, AT_ONCE)) {
        editions.publish(1, published);
        assertEquals(1, code(followed, 7));
        assertEquals(0, code(stuck, 7));
        assertTrue(stuck.state().ok(), "nothing tells that the mount is of an old file");
      }
    } finally {
      // Lazily: the mappings that wait for the collector keep a mount busy.
      run("umount", "--lazy", ofFile.toString());
      run("umount", "--lazy", ofFolder.toString());
    }
  }

  @Test
  void aRepublishedEditionIsMappedFromItsNewFile() throws Exception {
    try (LiveAlmanac live = LiveAlmanac.open(name, AT_ONCE.oldEditions(0))) {
      editions.publish(0, name);
      assertEquals(0, code(live, 7));
      assertEquals(1, live.state().switchCount());
      assertOneMapping(live);
    }
  }

  /** Collects until nothing of an old edition is mapped by this process. */
  private void assertOneMapping(LiveAlmanac live) throws Exception {
    for (int tries = 0; tries < 3_000 && live.state().mappedEditionCount() > 1; tries++) {
      System.gc();
      Thread.sleep(10);
    }
    assertEquals(1, live.state().mappedEditionCount());
    for (int tries = 0; tries < 3_000 && OwnProcess.mappedFilesOf(folder) > 1; tries++) {
      Thread.sleep(10);
    }
    assertEquals(1, OwnProcess.mappedFilesOf(folder));
  }

  @Test
  void anOldEditionIsLetGoOfWhenItsLastUserHasLeft() throws Exception {
    try (LiveAlmanac live = LiveAlmanac.open(name, AT_ONCE.oldEditions(Integer.MAX_VALUE))) {
      Almanac pinned = live.pin();
      editions.publish(1, name);
      assertEquals(1, code(live, 7));
      System.gc();
      System.gc();
      assertEquals(2, live.state().mappedEditionCount(), "the pin holds the old one");
      assertEquals(2, OwnProcess.mappedFilesOf(folder));
      assertEquals(0, pinned.code(7));
      pinned.close();
      pinned = null;
      assertOneMapping(live);
      assertEquals(1, code(live, 7));
    }
  }

  @Test
  void oldEditionsDoNotPileUpInAProcessThatNeverCollects() throws Exception {
    int missed = 0;
    try (LiveAlmanac live = LiveAlmanac.open(name, AT_ONCE.oldEditions(3))) {
      for (int round = 1; round <= 14; round++) {
        editions.publish(round % 3, name);
        assertEquals(round % 3, code(live, 7));
        // The collection is requested in another thread. One that comes while a thread still reads
        // an edition leaves it; only the next edition that is put away requests another.
        for (int i = 0; i < 1_000 && live.state().mappedEditionCount() > 1 + 3; i++) {
          Thread.sleep(10);
        }
        int mapped = live.state().mappedEditionCount();
        missed = mapped <= 1 + 3 ? 0 : missed + 1;
        assertTrue(missed < 3, "mappedEditionCount=" + mapped);
      }
    }
  }

  @Test
  void aCollectionIsNotRequestedWhereItCannotHelp() throws Exception {
    List<Almanac> pins = new ArrayList<>();
    try (LiveAlmanac live = LiveAlmanac.open(name, AT_ONCE.oldEditions(0))) {
      for (int round = 1; round <= 6; round++) {
        pins.add(live.pin());
        editions.publish(round % 3, name);
        assertEquals(round % 3, code(live, 7));
      }
      Files.delete(name);
      long before = collections();
      for (int i = 0; i < 200; i++) {
        code(live, 7);
      }
      Thread.sleep(100);
      assertEquals(before, collections());
      assertEquals(7, live.state().mappedEditionCount());
      pins.forEach(Almanac::close);
    }
  }

  /** Full collections: a request is one, and what the test allocates makes young ones alone. */
  private static long collections() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .filter(collector -> !YOUNG_COLLECTORS.contains(collector.getName()))
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }

  @Test
  void aFailureAndASwitchAreInAFlightRecording() throws Exception {
    Path file = folder.resolve("flight.jfr");
    try (Recording recording = new Recording();
        LiveAlmanac live = LiveAlmanac.open(name, AT_ONCE)) {
      recording.enable("dev.almanac.Edition");
      recording.start();
      Files.delete(name);
      code(live, 7);
      editions.publish(1, name);
      code(live, 7);
      recording.stop();
      recording.dump(file);
    }
    List<RecordedEvent> all = RecordingFile.readAllEvents(file);
    List<RecordedEvent> events = ofType("dev.almanac.Edition", all);
    assertEquals(2, events.size());
    assertTrue(events.get(0).getString("failure").contains("NoSuchFileException"));
    assertEquals(editions.digest(0), events.get(0).getString("edition"));
    assertNull(events.get(1).getString("failure"));
    assertEquals(editions.digest(1), events.get(1).getString("edition"));
    assertEquals(name.toString(), events.get(1).getString("path"));
    // The first edition was mapped before the recording began.
    List<RecordedEvent> mapped = ofType("dev.almanac.Open", all);
    assertEquals(1, mapped.size());
    assertEquals(editions.digest(1), mapped.get(0).getString("edition"));
    assertEquals(Files.size(name), mapped.get(0).getLong("fileBytes"));
    assertTrue(mapped.get(0).getLong("availableBytes") > 0);
  }

  private static List<RecordedEvent> ofType(String type, List<RecordedEvent> events) {
    return events.stream().filter(event -> event.getEventType().getName().equals(type)).toList();
  }

  @Tag("long")
  @Test
  void lookupsAllocateNothingAndBatchesASmallObject() throws IOException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (LiveAlmanac live = LiveAlmanac.open(name)) {
      long[] ids = new long[100];
      int[] codes = new int[100];
      long sum = 0;
      long before = 0;
      for (int i = 0; i < 1_100_000; i++) {
        if (i == 100_000) {
          before = threads.getCurrentThreadAllocatedBytes();
        }
        LocalDate date = live.date(i & 2047);
        sum += date == null ? 0 : date.getDayOfMonth();
        if (i % 100 == 0) {
          live.codes(ids, codes);
        }
      }
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      assertTrue(allocated < (32 << 10) + 10_000 * 64, "allocated=" + allocated + " sum=" + sum);
    }
  }

  @Tag("long")
  @Test
  void threadsOfOneProcessNeverSeeAMixedBatch() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    AtomicBoolean done = new AtomicBoolean();
    CountDownLatch started = new CountDownLatch(8);
    LiveOptions options = LiveOptions.defaults().checkEvery(Duration.ofMillis(1)).oldEditions(100);
    try (LiveAlmanac live = LiveAlmanac.open(name, options)) {
      List<Future<Long>> batches = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        batches.add(
            threads.submit(
                () -> {
                  long[] ids = new long[IDS];
                  for (int i = 0; i < IDS; i++) {
                    ids[i] = i;
                  }
                  int[] codes = new int[IDS];
                  started.countDown();
                  long count = 0;
                  for (; !done.get(); count++) {
                    live.codes(ids, codes);
                    for (int code : codes) {
                      assertEquals(codes[0], code);
                    }
                    try (Almanac pinned = live.pin()) {
                      int code = pinned.code(count % IDS);
                      assertEquals(editions.digest(code), pinned.edition());
                    }
                    assertNotNull(live.date(count % IDS));
                  }
                  return count;
                }));
      }
      started.await();
      for (int round = 0; round < 300; round++) {
        editions.publish(round % 3, name);
        Thread.sleep(1);
      }
      done.set(true);
      for (Future<Long> count : batches) {
        assertTrue(count.get(300, TimeUnit.SECONDS) > 0);
      }
      assertEquals(0, live.state().failureCount(), () -> live.state().toString());
      assertTrue(live.state().switchCount() > 10, () -> live.state().toString());
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void whileOneThreadOpensTheOthersGoOnWithTheOldEdition() throws Exception {
    CountDownLatch opening = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    LiveOptions options =
        AT_ONCE.accept(
            info -> {
              if (info.edition().equals(editions.digest(0))) {
                return true;
              }
              opening.countDown();
              try {
                return goOn.await(300, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    ExecutorService other = Executors.newSingleThreadExecutor();
    try (LiveAlmanac live = LiveAlmanac.open(name, options)) {
      editions.publish(1, name);
      Future<Integer> slow = other.submit(() -> code(live, 7));
      opening.await();
      assertEquals(0, code(live, 7));
      goOn.countDown();
      assertEquals(1, slow.get(300, TimeUnit.SECONDS));
      assertEquals(1, code(live, 7));
    } finally {
      other.shutdownNow();
    }
  }

  @Test
  void thereMustBeAnEditionToBeginWith() throws IOException {
    Path missing = folder.resolve("missing");
    assertThrows(NoSuchFileException.class, () -> LiveAlmanac.open(missing));
    Files.createFile(missing);
    assertThrows(CorruptAlmanacException.class, () -> LiveAlmanac.open(missing));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT-1S", "P366D"})
  void anIntervalOutOfRangeIsRefused(String interval) {
    assertEquals(
        "the interval must be from 0 to 365 days: interval=" + Duration.parse(interval),
        assertThrows(
                IllegalArgumentException.class,
                () -> LiveOptions.defaults().checkEvery(Duration.parse(interval)))
            .getMessage());
  }

  @Test
  void optionsAreValues() {
    assertThrows(IllegalArgumentException.class, () -> LiveOptions.defaults().oldEditions(-1));
    assertThrows(NullPointerException.class, () -> LiveOptions.defaults().accept(null));
    assertThrows(NullPointerException.class, () -> LiveOptions.defaults().listener(null));
    LiveOptions defaults = LiveOptions.defaults();
    defaults.checkEvery(NEVER).verified(true).oldEditions(9);
    assertSame(LiveOptions.defaults(), defaults);
    Duration longest = Duration.ofDays(365);
    assertEquals(longest, defaults.checkEvery(longest).checkInterval);
    assertEquals(Duration.ofSeconds(1), defaults.checkInterval);
  }

  /** An ID whose text is read is its caller's code, which may do anything meanwhile. */
  private static CharSequence doing(String text, Runnable first) {
    boolean[] isDone = {false};
    return new CharSequence() {
      @Override
      public int length() {
        if (!isDone[0]) {
          isDone[0] = true;
          first.run();
        }
        return text.length();
      }

      @Override
      public char charAt(int index) {
        return text.charAt(index);
      }

      @Override
      public CharSequence subSequence(int start, int end) {
        return text.substring(start, end);
      }
    };
  }

  private Runnable switchTo(int number, LiveAlmanac live) {
    return () -> {
      try {
        editions.publish(number, name);
        assertEquals(editions.digest(number), live.checkNow().edition());
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    };
  }

  @Test
  void aCallWhoseEditionIsPutAwayIsMadeAgainOnTheNewOne() throws IOException {
    try (LiveAlmanac live = LiveAlmanac.open(name, WHEN_TOLD)) {
      assertEquals(SampleRows.date(1), live.date(doing("7", switchTo(1, live))).toString());
      CharSequence[] ids = {"5", doing("7", switchTo(2, live)), "x"};
      int[] codes = new int[3];
      DateDictionary dictionary = live.codes(ids, codes);
      assertArrayEquals(new int[] {2, 2, Almanac.ABSENT}, codes, "all of one edition");
      assertEquals(SampleRows.date(2), dictionary.text(codes[0]));
      LocalDate[] dates = new LocalDate[2];
      live.dates(new CharSequence[] {"7", doing("7", switchTo(0, live))}, dates);
      assertEquals(List.of(dates[1], dates[1]), Arrays.asList(dates));
      long[] days = new long[2];
      live.epochDays(new CharSequence[] {"7", doing("7", switchTo(1, live))}, days);
      assertArrayEquals(new long[] {day(1), day(1)}, days);
      assertEquals(4, live.state().switchCount());
      IllegalStateException own = new IllegalStateException("the caller's own");
      CharSequence failing =
          doing(
              "7",
              () -> {
                throw own;
              });
      assertSame(own, assertThrows(IllegalStateException.class, () -> live.date(failing)));
      CharSequence closing = doing("7", live::close);
      assertEquals(
          "the live almanac is closed: path=" + name,
          assertThrows(IllegalStateException.class, () -> live.date(closing)).getMessage());
      if (Runtime.version().feature() >= 22) {
        assertEquals(0, live.state().mappedEditionCount(), "all are unmapped");
      }
    }
  }

  private static long day(int number) {
    return LocalDate.parse(SampleRows.date(number)).toEpochDay();
  }

  @Test
  void anEditionIsAskedInEveryWay() throws IOException {
    try (LiveAlmanac live = LiveAlmanac.open(name)) {
      LocalDate date = LocalDate.parse(SampleRows.date(0));
      assertEquals(date, live.date(7));
      assertEquals(date, live.date("7"));
      assertNull(live.date(new UUID(1, 2)));
      LocalDate[] dates = new LocalDate[2];
      live.dates(new long[] {7, IDS}, dates);
      assertEquals(Arrays.asList(date, null), Arrays.asList(dates));
      live.dates(new CharSequence[] {"x", "7"}, dates);
      assertEquals(Arrays.asList(null, date), Arrays.asList(dates));
      long[] days = new long[2];
      live.epochDays(new long[] {7, IDS}, days);
      assertArrayEquals(new long[] {day(0), DateLookup.NO_DAY}, days);
      live.epochDays(new CharSequence[] {"x", "7"}, days);
      assertArrayEquals(new long[] {DateLookup.NO_DAY, day(0)}, days);
      assertEquals(IDS + 3, live.size());
      assertEquals(IdKind.LONG, live.idKind());
      assertEquals(editions.digest(0), live.edition());
      assertEquals(name, live.path());
      assertTrue(live.toString().startsWith("LiveAlmanac{LiveState["), live::toString);
      assertEquals(1, live.state().mappedEditionCount());
    }
  }

  private String publishSet(int number, Path directory) throws IOException {
    return ShardSet.publish(
        directory, List.of(Files.copy(editions.file(number), directory.resolve("part"))));
  }

  @Test
  void aSetIsPinnedAsASetAndAFileAsAFile() throws IOException {
    Path directory = Files.createDirectory(folder.resolve("set"));
    String first = publishSet(0, directory);
    try (LiveAlmanac live = LiveAlmanac.open(directory, AT_ONCE.keepPrevious(true).verified(true));
        ShardedAlmanac pinned = live.pinSet(first.toUpperCase())) {
      assertEquals(first, pinned.edition());
      assertNull(live.pinPreviousSet());
      assertEquals(
          "a set of shards is pinned by pinSet: path=" + directory,
          assertThrows(IllegalStateException.class, live::pin).getMessage());
      String second = publishSet(1, directory);
      assertEquals(second, live.edition());
      try (ShardedAlmanac now = live.pinSet();
          ShardedAlmanac before = live.pinPreviousSet()) {
        assertEquals(second, now.edition());
        assertEquals(first, before.edition());
        assertEquals(0, before.code(7));
      }
      assertThrows(IllegalStateException.class, live::pinPrevious);
      assertEquals(0, pinned.code(7));
    }
    try (LiveAlmanac live = LiveAlmanac.open(name, AT_ONCE.keepPrevious(true))) {
      assertEquals(
          "a file is pinned by pin: path=" + name,
          assertThrows(IllegalStateException.class, live::pinSet).getMessage());
      assertNull(live.pinPrevious());
      for (int number = 1; number < 3; number++) {
        editions.publish(number, name);
        assertEquals(number, code(live, 7));
        try (Almanac before = live.pinPrevious()) {
          assertEquals(number - 1, before.code(7));
        }
        assertTrue(live.state().ok(), () -> live.state().toString());
      }
      assertThrows(IllegalStateException.class, live::pinPreviousSet);
    }
    LiveAlmanac closed = LiveAlmanac.open(name, AT_ONCE.keepPrevious(true));
    closed.close();
    assertEquals(
        "the live almanac is closed: path=" + name,
        assertThrows(IllegalStateException.class, closed::pinPrevious).getMessage());
  }

  @Test
  void aUuidIsAskedOfTheEditionInService() throws IOException {
    SampleRows rows = SampleRows.uuids(20, 3);
    Path file = folder.resolve("uuids");
    build(rows, file);
    try (LiveAlmanac live = LiveAlmanac.open(file, AT_ONCE)) {
      rows.dateById()
          .forEach((id, date) -> assertEquals(date, live.date(UUID.fromString(id)).toString()));
    }
  }

  @Test
  void aCollectionRunsInAThreadThatKeepsNothing() throws IOException {
    assumeTrue(Runtime.version().feature() < 22, "later, a close unmaps");
    Thread collection = null;
    try (LiveAlmanac live = LiveAlmanac.open(name, AT_ONCE.oldEditions(0))) {
      for (int round = 1; collection == null && round < 100; round++) {
        editions.publish(round % 3, name);
        assertEquals(round % 3, code(live, 7));
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
          collection = thread.getName().equals("almanac-collection") ? thread : collection;
        }
      }
    }
    assertNotNull(collection);
    assertTrue(collection.isDaemon(), "it must not keep the process");
    assertNull(collection.getContextClassLoader(), "nor an application that is stopped");
  }

  @Test
  void whatNobodyUsesIsUnmapped() throws IOException {
    assumeTrue(Runtime.version().feature() >= 22, "earlier, a garbage collection unmaps");
    LiveOptions options =
        WHEN_TOLD.keepPrevious(true).accept(info -> !info.edition().equals(editions.digest(2)));
    try (LiveAlmanac live = LiveAlmanac.open(name, options)) {
      editions.publish(2, name);
      assertFalse(live.checkNow().ok());
      assertEquals(1, OwnProcess.mappedFilesOf(folder), "not the one that was refused");
      for (int number = 1; number >= 0; number--) {
        editions.publish(number, name);
        assertEquals(editions.digest(number), live.checkNow().edition());
        assertEquals(2, OwnProcess.mappedFilesOf(folder), "that in service and the one before");
      }
      assertThrows(IllegalStateException.class, live::pinSet);
      assertThrows(IllegalStateException.class, live::pinPreviousSet);
      assertThrows(IOException.class, () -> live.pin(editions.digest(2)));
    }
    assertEquals(0, OwnProcess.mappedFilesOf(folder));
    Path directory = Files.createDirectory(folder.resolve("set"));
    publishSet(0, directory);
    try (LiveAlmanac live = LiveAlmanac.open(directory, WHEN_TOLD)) {
      assertThrows(IllegalStateException.class, live::pin);
    }
    assertEquals(0, OwnProcess.mappedFilesOf(folder));
  }
}
