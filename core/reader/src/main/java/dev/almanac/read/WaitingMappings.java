package dev.almanac.read;

import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Editions that were put away, of which some may still be mapped. Decides when a request for a
 * garbage collection helps: below Java 22 nothing else unmaps. Safe for any number of threads.
 */
public final class WaitingMappings {
  private final Queue<MappingTrace> traces = new ConcurrentLinkedQueue<>();

  /** Adds an edition, of one file or several, that is put away. */
  void add(List<Mapping> edition) {
    traces.add(new MappingTrace(edition));
  }

  /** How many of those that were added are still mapped, whoever uses them. */
  public int mappedCount() {
    traces.removeIf(MappingTrace::isGone);
    return traces.size();
  }

  /**
   * Whether more than {@code most} unused editions are mapped, and one of them has come since the
   * last collection that was requested: what that one left, somebody still referred to.
   */
  public boolean isWorthACollection(int most) {
    if (Mapping.UNMAPS) {
      return false;
    }
    int count = 0;
    boolean any = false;
    for (Iterator<MappingTrace> all = traces.iterator(); all.hasNext(); ) {
      MappingTrace trace = all.next();
      if (trace.isGone()) {
        all.remove();
      } else if (trace.isWaiting()) {
        count++;
        any |= !trace.survived;
      }
    }
    return any && count > most;
  }

  /** Requests a collection. Stops the application's threads for as long as that takes. */
  public void collect() {
    List<MappingTrace> before = traces.stream().filter(MappingTrace::isWaiting).toList();
    System.gc();
    for (MappingTrace trace : before) {
      trace.survived = true;
    }
  }
}
