package com.example.invoices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.RowSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.infrastructure.item.file.FlatFileParseException;

class InvoiceJobTest {
  private static final int ORDERS = 5_000;
  private static final int INVOICES = 2_500;

  @TempDir private Path folder;

  private Path almanac;

  @BeforeEach
  void publishTheDatesOfTheOrders() throws Exception {
    almanac = folder.resolve("orders.almanac");
    AlmanacBuilder.create()
        .build(
            RowSource.of(
                () ->
                    LongStream.range(0, ORDERS)
                        .mapToObj(id -> new RowSource.Row(Long.toString(id), date(id)))),
            almanac);
  }

  private static String date(long orderId) {
    return LocalDate.of(2020, 1, 1).plusDays(orderId * 31 % 1_000).toString();
  }

  @Test
  void everyInvoiceGetsTheDateOfItsOrder() throws Exception {
    List<String> lines = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < INVOICES; i++) {
      // Some orders are beyond the last, so unknown.
      long orderId = i * 7919L % (ORDERS + 500);
      String line = "I-" + i + "|" + orderId + "|" + i + ".50";
      lines.add(line);
      expected.add(line + "|" + (orderId < ORDERS ? date(orderId) : ""));
    }
    Path output = folder.resolve("dated.txt");
    JobExecution execution =
        InvoiceJob.run(almanac, Files.write(folder.resolve("invoices.txt"), lines), output);
    assertEquals(BatchStatus.COMPLETED, execution.getStatus());
    assertEquals(expected, Files.readAllLines(output));
    var step = execution.getStepExecutions().iterator().next();
    assertEquals(INVOICES, step.getWriteCount());
    // Chunks of 1,000: two full ones and the rest.
    assertEquals(3, step.getCommitCount());
  }

  @Test
  void aRowThatIsNoInvoiceFailsTheJob() throws Exception {
    Path input = Files.writeString(folder.resolve("invoices.txt"), "I-1|seven|1.00\n");
    JobExecution execution = InvoiceJob.run(almanac, input, folder.resolve("dated.txt"));
    assertEquals(BatchStatus.FAILED, execution.getStatus());
    Throwable cause = execution.getAllFailureExceptions().get(0);
    while (!(cause instanceof FlatFileParseException)) {
      cause = cause.getCause();
    }
    assertTrue(cause.getMessage().contains("line: 1"), cause::getMessage);
  }
}
