package dev.almanac;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** An edition that came into service, or a file that was refused, in a flight recording. */
@Name("dev.almanac.Edition")
@Label("Almanac edition")
@Category("Almanac")
@Description("Another edition came into service, or a file was refused (see failure)")
@StackTrace(false)
final class EditionEvent extends Event {
  @Label("Path")
  final String path;

  @Label("Edition in service")
  final String edition;

  @Label("IDs in service")
  final long idCount;

  @Label("Failure")
  final @Nullable String failure;

  private EditionEvent(LiveState state) {
    this.path = state.path().toString();
    this.edition = state.edition();
    this.idCount = state.idCount();
    this.failure = state.failure() == null ? null : state.failure().toString();
  }

  static void emit(LiveState state) {
    new EditionEvent(state).commit();
  }
}
