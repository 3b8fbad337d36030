package dev.almanac.read;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;

/** Tells what became of the mappings of an edition, without keeping them. */
final class MappingTrace {
  private final List<WeakReference<MappedFile>> files;

  /** Whether a collection that was requested has left it. */
  volatile boolean survived;

  MappingTrace(List<MappedFile> files) {
    this.files = new ArrayList<>(files.size());
    for (MappedFile file : files) {
      this.files.add(new WeakReference<>(file));
    }
  }

  boolean isGone() {
    for (WeakReference<MappedFile> reference : files) {
      MappedFile file = reference.get();
      if (file != null && !file.isUnmapped()) {
        return false;
      }
    }
    return true;
  }

  /** Whether it is mapped and only a collection is missing. */
  boolean isWaiting() {
    boolean waits = false;
    for (WeakReference<MappedFile> reference : files) {
      MappedFile file = reference.get();
      if (file != null && !file.isUnmapped()) {
        if (!file.isWaiting()) {
          return false;
        }
        waits = true;
      }
    }
    return waits;
  }
}
