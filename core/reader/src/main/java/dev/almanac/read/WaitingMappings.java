package dev.almanac.read;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Editions that were opened and put away, of which some may still be mapped. Decides when a request
 * for a garbage collection helps: below Java 22 nothing else unmaps. Safe for any number of
 * threads.
 */
public final class WaitingMappings {
  private final Queue<MappingTrace> traces = new ConcurrentLinkedQueue<>();

  /** How many the last requested collection left: somebody still refers to these. */
  private volatile int stuck;

  /** Adds an edition, of one file or several, that is put away. */
  public void add(List<SealedFile> edition) {
    traces.add(new MappingTrace(edition.stream().map(SealedFile::mapped).toList()));
  }

  void add(MappedFile file) {
    traces.add(new MappingTrace(List.of(file)));
  }

  /** How many of those that were added are still mapped, whoever uses them. */
  public int mappedCount() {
    traces.removeIf(MappingTrace::isGone);
    return traces.size();
  }

  /**
   * Whether more than {@code most} have been put away since the last collection that was requested,
   * are used by nobody, and are mapped all the same.
   */
  public boolean isWorthACollection(int most) {
    if (Mapping.UNMAPS) {
      return false;
    }
    int waiting = waitingCount();
    stuck = Math.min(stuck, waiting);
    return waiting - stuck > most;
  }

  /** Requests a collection. Stops the application's threads for as long as that takes. */
  public void collect() {
    System.gc();
    stuck = waitingCount();
  }

  private int waitingCount() {
    traces.removeIf(MappingTrace::isGone);
    int count = 0;
    for (MappingTrace trace : traces) {
      count += trace.isWaiting() ? 1 : 0;
    }
    return count;
  }
}
