package com.example.invoices;

import dev.almanac.Almanac;
import java.nio.file.Path;
import org.springframework.batch.core.configuration.support.MapJobRegistry;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.launch.support.TaskExecutorJobOperator;
import org.springframework.batch.core.repository.support.ResourcelessJobRepository;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.item.file.FlatFileItemReader;
import org.springframework.batch.infrastructure.item.file.FlatFileItemWriter;
import org.springframework.batch.infrastructure.item.file.builder.FlatFileItemReaderBuilder;
import org.springframework.batch.infrastructure.item.file.builder.FlatFileItemWriterBuilder;
import org.springframework.core.io.FileSystemResource;

/** Invoices in, invoices with the dates of their orders out: {@code InvoiceJob DATES IN OUT} */
public final class InvoiceJob {
  /** Rows of a chunk, and so of a lookup. A few hundred get all that a batch gains. */
  private static final int CHUNK_ROWS = 1000;

  private InvoiceJob() {}

  /** Ends with status 1 if the job did not complete. */
  public static void main(String[] arguments) throws Exception {
    JobExecution execution =
        run(Path.of(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2]));
    System.out.println(execution);
    if (execution.getStatus().isUnsuccessful()) {
      System.exit(1);
    }
  }

  /** Runs the job in this thread. Its repository keeps nothing: no database is needed. */
  static JobExecution run(Path almanac, Path input, Path output) throws Exception {
    try (Almanac dates = Almanac.open(almanac)) {
      var repository = new ResourcelessJobRepository();
      FlatFileItemWriter<DatedInvoice> lines = lines(output);
      Job job =
          new JobBuilder("dates-of-invoices", repository)
              .start(
                  new StepBuilder("dates", repository)
                          .<Invoice, Invoice>chunk(CHUNK_ROWS)
                          .reader(invoices(input))
                          .writer(new DatedWriter(dates, lines))
                          // The step opens and closes what it writes to only if it is told of it.
                          .stream(lines)
                          .build())
              .build();
      var operator = new TaskExecutorJobOperator();
      operator.setJobRepository(repository);
      operator.setJobRegistry(new MapJobRegistry());
      operator.afterPropertiesSet();
      return operator.start(job, new JobParameters());
    }
  }

  private static FlatFileItemReader<Invoice> invoices(Path input) {
    return new FlatFileItemReaderBuilder<Invoice>()
        .name("invoices")
        .resource(new FileSystemResource(input))
        .delimited()
        .delimiter("|")
        .names("number", "order", "amount")
        .fieldSetMapper(
            fields ->
                new Invoice(
                    fields.readString("number"),
                    fields.readLong("order"),
                    fields.readBigDecimal("amount")))
        .build();
  }

  private static FlatFileItemWriter<DatedInvoice> lines(Path output) {
    return new FlatFileItemWriterBuilder<DatedInvoice>()
        .name("dated-invoices")
        .resource(new FileSystemResource(output))
        .lineAggregator(InvoiceJob::line)
        .build();
  }

  private static String line(DatedInvoice dated) {
    Invoice invoice = dated.invoice();
    return String.join(
        "|",
        invoice.number(),
        Long.toString(invoice.orderId()),
        invoice.amount().toPlainString(),
        dated.orderDate() == null ? "" : dated.orderDate().toString());
  }
}
