package dev.almanac.build;

/** Lets a build plan for another heap than that of this JVM. */
public final class PlannedHeap {
  private PlannedHeap() {}

  /** The builder, which then shares out {@code bytes}. */
  public static AlmanacBuilder of(AlmanacBuilder builder, long bytes) {
    return builder.heapBytes(bytes);
  }
}
