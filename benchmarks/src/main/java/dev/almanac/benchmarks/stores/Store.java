package dev.almanac.benchmarks.stores;

import java.nio.file.Path;

/** A way to keep the rows. */
public interface Store {
  /** Whether it takes IDs of this kind. Most take any number, and texts of 15 bytes. */
  default boolean takes(Ids ids) {
    return !ids.isText() || ids == Ids.TEXT;
  }

  /**
   * What a program would have done before it builds, such as sorting. No build is measured with it.
   */
  default void prepare(Rows rows) {}

  /** Puts the rows into files in an empty directory. What lives on the heap puts nothing there. */
  default void build(Rows rows, Path directory) throws Exception {}

  /** Opens what {@link #build} left. What lives on the heap is filled here. */
  Table open(Rows rows, Path directory) throws Exception;

  /** Whether it answers with the codes of the rows. The limits do not. */
  default boolean answers() {
    return true;
  }
}
