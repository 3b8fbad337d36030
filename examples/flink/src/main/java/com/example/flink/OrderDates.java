package com.example.flink;

import dev.almanac.Almanac;
import java.nio.file.Path;
import java.time.LocalDate;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;

/**
 * Gives an order its date: {@code ID} becomes {@code ID|DATE}. What travels to the task managers is
 * a name and an edition. Each parallel instance opens that very edition, or fails; those of one
 * task manager share one mapping of the file.
 */
public final class OrderDates extends RichMapFunction<Long, String> {
  private static final long serialVersionUID = 1;

  private final String file;
  private final String edition;
  private transient Almanac dates;

  public OrderDates(Path file, String edition) {
    this.file = file.toAbsolutePath().toString();
    this.edition = edition;
  }

  @Override
  public void open(OpenContext context) throws Exception {
    dates = Almanac.open(Path.of(file), edition);
  }

  @Override
  public String map(Long order) {
    LocalDate date = dates.date(order);
    return order + "|" + (date == null ? "" : date);
  }

  @Override
  public void close() {
    // Also called where open failed.
    if (dates != null) {
      dates.close();
    }
  }
}
