package dev.almanac.build;

import dev.almanac.BuildProgress;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The clock of a build: how long each phase took, and how far the current one is. */
final class Phases {
  private static final long TICK_NANOS = 100_000_000;

  private final BuildProgress progress;
  private final Map<String, Duration> durations = new LinkedHashMap<>();
  private String phase;
  private long phaseStart;
  private long lastTick;
  private PhaseEvent event;

  Phases(BuildProgress progress) {
    this.progress = progress;
  }

  /** Ends the current phase, if any, and begins one. */
  synchronized void begin(String name) {
    end();
    phase = name;
    event = new PhaseEvent(name);
    event.begin();
    phaseStart = System.nanoTime();
    lastTick = phaseStart;
  }

  synchronized void end() {
    if (phase != null) {
      durations.merge(phase, Duration.ofNanos(System.nanoTime() - phaseStart), Duration::plus);
      phase = null;
      event.commit();
    }
  }

  /** Passes on how far the phase is, now and then. */
  void at(long done, long total) {
    if (progress == null || System.nanoTime() - lastTick < TICK_NANOS) {
      return;
    }
    synchronized (this) {
      if (phase != null && System.nanoTime() - lastTick >= TICK_NANOS) {
        lastTick = System.nanoTime();
        progress.at(phase, done, total);
      }
    }
  }

  synchronized Map<String, Duration> durations() {
    return Collections.unmodifiableMap(new LinkedHashMap<>(durations));
  }
}
