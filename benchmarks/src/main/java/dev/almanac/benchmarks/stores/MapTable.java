package dev.almanac.benchmarks.stores;

import java.util.Map;

/** A table that is a {@link Map} of boxed IDs, numbers or texts, to boxed codes. */
final class MapTable implements Table {
  private final Map<?, ? extends Number> map;
  private final Runnable closing;

  /** Codes of a map; {@code closing} closes what it belongs to. */
  MapTable(Map<?, ? extends Number> map, Runnable closing) {
    this.map = map;
    this.closing = closing;
  }

  @Override
  public int code(long id) {
    return code(map.get(id));
  }

  @Override
  public int code(String id) {
    return code(map.get(id));
  }

  private static int code(Number code) {
    return code == null ? ABSENT : code.intValue();
  }

  @Override
  public void close() {
    closing.run();
  }
}
