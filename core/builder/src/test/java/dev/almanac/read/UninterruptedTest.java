package dev.almanac.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class UninterruptedTest {
  private static final Path PATH = Path.of("a.almanac");

  @Test
  void aCallRunsInAThreadThatKeepsNothingOfItsCaller() throws IOException {
    Thread thread = Uninterrupted.call(PATH, Thread::currentThread);
    assertNotSame(Thread.currentThread(), thread);
    assertTrue(thread.isDaemon(), "a file system that hangs must not keep the process");
    assertNull(
        Uninterrupted.call(PATH, () -> new ClassLoader[] {loader()})[0],
        "an application that is stopped must not be kept by its class loader");
  }

  private static ClassLoader loader() {
    return Thread.currentThread().getContextClassLoader();
  }

  @Test
  void anInterruptNeitherStopsTheCallNorIsLost() throws IOException {
    Thread.currentThread().interrupt();
    assertFalse(Uninterrupted.call(PATH, () -> Thread.currentThread().isInterrupted()));
    assertTrue(Thread.interrupted());
    assertEquals(7, Uninterrupted.call(PATH, () -> 7));
    assertFalse(Thread.interrupted());
  }

  @Test
  void whatTheCallThrowsIsThrownAsOneThreadWould() {
    for (Throwable thrown :
        new Throwable[] {
          new NoSuchFileException("a"), new IllegalStateException("b"), new StackOverflowError("c")
        }) {
      Throwable caught =
          assertThrows(Throwable.class, () -> Uninterrupted.call(PATH, () -> fail(thrown)));
      assertSame(thrown, caught);
      assertNamesThisTest(caught);
    }
    Exception other = new Exception("d");
    IOException wrapped =
        assertThrows(IOException.class, () -> Uninterrupted.call(PATH, () -> fail(other)));
    assertSame(other, wrapped.getCause());
    assertNamesThisTest(other);
  }

  private static Object fail(Throwable thrown) throws Exception {
    // What was thrown before has the trace of that thread.
    thrown.setStackTrace(new Throwable().getStackTrace());
    if (thrown instanceof Error error) {
      throw error;
    }
    throw (Exception) thrown;
  }

  private static void assertNamesThisTest(Throwable thrown) {
    assertTrue(
        Arrays.stream(thrown.getStackTrace())
            .anyMatch(
                frame -> frame.getMethodName().equals("whatTheCallThrowsIsThrownAsOneThreadWould")),
        () -> Arrays.toString(thrown.getStackTrace()));
  }
}
