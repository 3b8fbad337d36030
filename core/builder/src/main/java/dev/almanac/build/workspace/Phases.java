package dev.almanac.build.workspace;

import dev.almanac.build.BuildProgress;
import dev.almanac.read.Recording;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The clock of a build: how long each phase took, and how far the current one is. */
public final class Phases {
  private static final long TICK_NANOS = 100_000_000;

  private final @Nullable BuildProgress progress;
  private final long tickNanos;
  private final Map<String, Duration> durations = new LinkedHashMap<>();
  private volatile @Nullable Phase phase;
  private volatile long lastTick;

  /** Whether a thread is calling the listener: the others go on without. */
  private final AtomicBoolean calling = new AtomicBoolean();

  public Phases(@Nullable BuildProgress progress) {
    this(progress, TICK_NANOS);
  }

  /**
   * @param tickNanos how long the listener is not called again; 0 to call it for each part
   */
  public Phases(@Nullable BuildProgress progress, long tickNanos) {
    this.progress = progress;
    this.tickNanos = tickNanos;
  }

  private record Phase(String name, long startNanos, @Nullable PhaseEvent event) {}

  /** Ends the current phase, if any, and begins one. */
  public synchronized void begin(String name) {
    end();
    PhaseEvent event = Recording.isOn() ? new PhaseEvent(name) : null;
    if (event != null) {
      event.begin();
    }
    lastTick = System.nanoTime();
    phase = new Phase(name, lastTick, event);
  }

  public synchronized void end() {
    if (phase != null) {
      Duration taken = Duration.ofNanos(System.nanoTime() - phase.startNanos);
      durations.merge(phase.name, taken, Duration::plus);
      if (phase.event != null) {
        phase.event.commit();
      }
      phase = null;
    }
  }

  /**
   * Passes on how far the phase is, now and then. The listener is called by one thread at a time
   * and without a lock, so one that is slow holds up the thread that calls it alone.
   */
  public void at(long done, long total) {
    Phase current = phase;
    if (progress == null || current == null || !calling.compareAndSet(false, true)) {
      return;
    }
    try {
      if (System.nanoTime() - lastTick >= tickNanos) {
        progress.at(current.name, done, total);
        lastTick = System.nanoTime();
      }
    } finally {
      calling.set(false);
    }
  }

  public synchronized Map<String, Duration> durations() {
    return Collections.unmodifiableMap(new LinkedHashMap<>(durations));
  }
}
