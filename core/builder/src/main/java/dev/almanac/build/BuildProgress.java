package dev.almanac.build;

/** Progress listener of a build, see {@link AlmanacBuilder#onProgress}. */
@FunctionalInterface
public interface BuildProgress {
  /**
   * Called a few times a second at most, from any thread of the build, one call at a time. An
   * exception stops the build.
   *
   * @param phase name of the phase, as in {@link BuildReport#phases()}
   * @param done units done in this phase: bytes of input, rows or segments, by the phase
   * @param total units in all, or -1 where unknown (standard input)
   */
  void at(String phase, long done, long total);
}
