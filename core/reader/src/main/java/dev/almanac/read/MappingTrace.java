package dev.almanac.read;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tells what became of the mappings of an edition, without keeping them: not even while it looks,
 * since a collection at that moment would leave them.
 */
final class MappingTrace {
  private final List<Traced> files;

  /** Whether a collection that was requested has left it. */
  volatile boolean survived;

  MappingTrace(List<Mapping> files) {
    this.files = new ArrayList<>(files.size());
    for (Mapping file : files) {
      this.files.add(new Traced(file));
    }
  }

  private static final class Traced extends WeakReference<Mapping> {
    private final AtomicInteger users;

    Traced(Mapping file) {
      super(file);
      this.users = file.users;
    }

    boolean isMapped() {
      return !refersTo(null) && users.get() >= 0;
    }
  }

  boolean isGone() {
    for (Traced file : files) {
      if (file.isMapped()) {
        return false;
      }
    }
    return true;
  }

  /** Whether it is mapped and only a collection is missing. */
  boolean isWaiting() {
    boolean waits = false;
    for (Traced file : files) {
      if (file.isMapped()) {
        if (file.users.get() > 0) {
          return false;
        }
        waits = true;
      }
    }
    return waits;
  }
}
