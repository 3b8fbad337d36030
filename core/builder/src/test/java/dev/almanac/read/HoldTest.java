package dev.almanac.read;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hold by itself, as every file has one on Java 22 and later. */
class HoldTest {
  @TempDir private Path folder;

  private SealedFile file;

  @BeforeEach
  void open() throws IOException {
    try (HandmadeFile handmade = HandmadeFile.ofNumbers(folder.resolve("handmade"), 3, 1, 16, 8)) {
      file = handmade.open();
    }
  }

  private int users() {
    return file.mapped().mapping.users.get();
  }

  private Hold hold(Object user) {
    file.mapped().tryUse();
    return Hold.of(user, file.mapped());
  }

  @Test
  void aHoldEndsOneUseOnce() {
    Object user = new Object();
    Hold one = hold(user);
    Hold other = hold(user);
    assertEquals(3, users());
    one.end();
    one.end();
    assertEquals(2, users());
    other.end();
    assertEquals(1, users());
    file.close();
  }

  @Test
  void aHoldWhoseUserIsForgottenEndsWithTheNextOneThatBegins() throws InterruptedException {
    Object user = new Object();
    hold(new Object());
    hold(new Object());
    assertEquals(3, users());
    int begun = 0;
    do {
      System.gc();
      Thread.sleep(5);
      hold(user);
      begun++;
    } while (users() > 1 + begun && begun < 6_000);
    assertEquals(1 + begun, users());
    Reference.reachabilityFence(user);
  }

  @Test
  void aFileThatIsForgottenIsUnmappedAsOneThatIsClosed() throws Exception {
    AtomicInteger users = usersOfForgotten();
    for (int i = 0; Mapping.UNMAPS && users.get() > 0 && i < 6_000; i++) {
      System.gc();
      Thread.sleep(5);
      SealedFile.open(file.path()).close();
    }
    assertEquals(Mapping.UNMAPS ? -1 : 1, users.get(), "below Java 22 the collector unmaps");
  }

  private AtomicInteger usersOfForgotten() throws IOException {
    try (HandmadeFile handmade = HandmadeFile.ofNumbers(folder.resolve("forgotten"), 3, 1, 16, 8)) {
      return handmade.open().mapped().mapping.users;
    }
  }

  @Test
  void aHoldWhoseUserIsForgottenEndsWithTheNextOneThatEnds() throws InterruptedException {
    Object user = new Object();
    Hold other = hold(user);
    hold(new Object());
    assertEquals(3, users());
    for (int i = 0; users() > 1 && i < 6_000; i++) {
      System.gc();
      Thread.sleep(5);
      other.end();
    }
    assertEquals(1, users());
    Reference.reachabilityFence(user);
  }
}
