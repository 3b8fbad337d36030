package dev.almanac.read;

import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** One use of a mapped file, which ends when its user closes it or becomes unreachable. */
final class Hold extends PhantomReference<Object> {
  private static final ReferenceQueue<Object> FORGOTTEN = new ReferenceQueue<>();
  private static final Set<Hold> HOLDS = ConcurrentHashMap.newKeySet();

  private final MappedFile mapped;

  private Hold(Object user, MappedFile mapped) {
    super(user, FORGOTTEN);
    this.mapped = mapped;
  }

  static Hold of(Object user, MappedFile mapped) {
    endForgotten();
    Hold hold = new Hold(user, mapped);
    HOLDS.add(hold);
    return hold;
  }

  private static void endForgotten() {
    for (Hold hold; (hold = (Hold) FORGOTTEN.poll()) != null; ) {
      hold.endUse();
    }
  }

  /** Ends this use, and those whose users have become unreachable. */
  void end() {
    endUse();
    endForgotten();
  }

  private void endUse() {
    if (HOLDS.remove(this)) {
      mapped.release();
    }
  }
}
