package com.example.flink;

import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.BuildReport;
import dev.almanac.build.DelimitedRows;
import java.nio.file.Path;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Builds a file of dates, and has tasks look orders up in it: {@code OrdersJob ROWS FILE COUNT} */
public final class OrdersJob {
  private OrdersJob() {}

  public static void main(String[] arguments) throws Exception {
    Path file = Path.of(arguments[1]);
    BuildReport report =
        AlmanacBuilder.create().build(DelimitedRows.of(Path.of(arguments[0])), file);
    // A cluster within this process where no other is configured.
    StreamExecutionEnvironment flink = StreamExecutionEnvironment.getExecutionEnvironment();
    flink
        .fromSequence(1, Long.parseLong(arguments[2]))
        .map(new OrderDates(file, report.edition()))
        .print();
    flink.execute("orders");
  }
}
