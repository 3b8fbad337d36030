package dev.almanac.build.workspace;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A phase of a build in a flight recording. Costs nothing unless a recording runs. */
@Name("dev.almanac.BuildPhase")
@Label("Almanac build phase")
@Category("Almanac")
@Description("One phase of a build, as in BuildReport.phases()")
@StackTrace(false)
final class PhaseEvent extends Event {
  @Label("Phase")
  final String phase;

  PhaseEvent(String phase) {
    this.phase = phase;
  }
}
