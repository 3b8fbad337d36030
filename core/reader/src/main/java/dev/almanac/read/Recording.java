package dev.almanac.read;

import jdk.jfr.FlightRecorder;

/**
 * Whether this process makes a flight recording. To be asked before an event is made: the first one
 * loads the flight recorder, which takes longer than opening a file.
 */
public final class Recording {
  /** A runtime of {@code java.base} alone has no flight recorder, and a reader works without. */
  private static final boolean IS_POSSIBLE = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

  private Recording() {}

  /** Whether a recording was started, however long ago. */
  public static boolean isOn() {
    return IS_POSSIBLE && FlightRecorder.isInitialized();
  }
}
