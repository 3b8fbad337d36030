package dev.almanac.build.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What threads that share a pass over rows get after one of them failed, or closed it. */
class PassLockTest {
  private final PassLock pass = new PassLock();

  private static Object thrown(Throwable failure) throws IOException {
    if (failure instanceof IOException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
    throw (RuntimeException) failure;
  }

  /** What another thread gets. */
  private Object next() throws Exception {
    return CompletableFuture.supplyAsync(
            () -> {
              try {
                return String.valueOf((Object) pass.next(() -> "a split"));
              } catch (IOException | RuntimeException | Error e) {
                return e;
              }
            })
        .get(1, TimeUnit.MINUTES);
  }

  @Test
  void everyThreadGetsTheFirstFailure() throws Exception {
    for (Throwable failure :
        List.of(new IOException("a"), new IllegalStateException("b"), new AssertionError("c"))) {
      PassLock failing = new PassLock();
      for (int i = 0; i < 2; i++) {
        assertSame(
            failure,
            assertThrows(Throwable.class, () -> failing.next(() -> thrown(failure))),
            "the step");
        assertSame(
            failure, assertThrows(Throwable.class, () -> failing.next(() -> "a split")), "later");
        // It is the first that counts.
        assertSame(
            failure,
            assertThrows(
                Throwable.class, () -> failing.next(() -> thrown(new IOException("another")))));
      }
    }
  }

  @Test
  void theNextThreadMayTakeASplitWhateverBecameOfTheLast() throws Exception {
    assertEquals("first", pass.next(() -> "first"));
    assertEquals("a split", next());
    assertNull(pass.next(() -> null));
    assertEquals("a split", next());
    IOException failure = new IOException("no more");
    assertThrows(IOException.class, () -> pass.next(() -> thrown(failure)));
    assertSame(failure, next());
  }

  @Test
  void aClosedPassEndsOnceAndHasNoSplits() throws Exception {
    AtomicInteger ends = new AtomicInteger();
    pass.close(ends::incrementAndGet);
    pass.close(ends::incrementAndGet);
    assertEquals(1, ends.get());
    assertEquals("java.io.IOException: the source must be open: found=closed", next().toString());
  }

  @Test
  void aPassWhoseEndFailsIsClosed() throws Exception {
    IOException failure = new IOException("no end");
    assertSame(failure, assertThrows(IOException.class, () -> pass.close(() -> thrown(failure))));
    assertEquals("java.io.IOException: the source must be open: found=closed", next().toString());
  }

  @Test
  void aThreadThatIsInterruptedTakesNoSplitAndStaysInterrupted() throws IOException {
    Thread.currentThread().interrupt();
    InterruptedIOException interrupted =
        assertThrows(InterruptedIOException.class, () -> pass.next(() -> "a split"));
    assertEquals("waiting for the rows was interrupted", interrupted.getMessage());
    assertTrue(Thread.interrupted());
    assertEquals("a split", pass.next(() -> "a split"), "the next call");
  }
}
