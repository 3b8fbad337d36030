package com.example.invoices;

import dev.almanac.IdKind;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.JdbcRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.springframework.batch.core.configuration.annotation.StepScope;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.partition.support.MultiResourcePartitioner;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.item.file.FlatFileItemReader;
import org.springframework.batch.infrastructure.item.file.builder.FlatFileItemReaderBuilder;
import org.springframework.batch.infrastructure.item.file.builder.FlatFileItemWriterBuilder;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

/**
 * Two steps: {@code publish} builds a file of the dates of all orders from the database; {@code
 * date} has a partition for each file of invoices, which looks the dates up in threads and asks the
 * database nothing.
 */
@Configuration
class InvoiceJob {
  /** Rows of a chunk, and so of a lookup. A few hundred get all that a batch gains. */
  private static final int CHUNK_ROWS = 1_000;

  private static final int THREADS = 4;

  private static final String EDITION = "edition";

  @Value("${invoices.input}")
  private Path input;

  @Value("${invoices.output}")
  private Path output;

  private Path dates() {
    return output.resolve("orders.almanac");
  }

  @Bean
  Job datesOfInvoices(JobRepository repository, Step publish, Step date) {
    return new JobBuilder("dates-of-invoices", repository).start(publish).next(date).build();
  }

  @Bean
  Step publish(JobRepository repository, DataSource database) {
    return new StepBuilder("publish", repository)
        .tasklet(
            (contribution, context) -> {
              Files.createDirectories(output);
              String edition =
                  AlmanacBuilder.create()
                      .ids(IdKind.LONG)
                      .build(JdbcRows.of(database, "SELECT id, placed FROM orders"), dates())
                      .edition();
              // Those that come after read this edition, also when a restart finds a newer file.
              contribution
                  .getStepExecution()
                  .getJobExecution()
                  .getExecutionContext()
                  .putString(EDITION, edition);
              return RepeatStatus.FINISHED;
            })
        .build();
  }

  @Bean
  Step date(JobRepository repository, Step dateOneFile) throws IOException {
    MultiResourcePartitioner files = new MultiResourcePartitioner();
    try (var found = Files.list(input)) {
      files.setResources(found.sorted().map(FileSystemResource::new).toArray(Resource[]::new));
    }
    SimpleAsyncTaskExecutor threads = new SimpleAsyncTaskExecutor("date-");
    threads.setConcurrencyLimit(THREADS);
    return new StepBuilder("date", repository)
        .partitioner("date-one-file", files)
        .step(dateOneFile)
        .taskExecutor(threads)
        .build();
  }

  @Bean
  Step dateOneFile(
      JobRepository repository, FlatFileItemReader<Invoice> invoices, DatedWriter writer) {
    return new StepBuilder("date-one-file", repository)
        .<Invoice, Invoice>chunk(CHUNK_ROWS)
        .reader(invoices)
        .writer(writer)
        .build();
  }

  @Bean
  @StepScope
  FlatFileItemReader<Invoice> invoices(
      @Value("#{stepExecutionContext['fileName']}") Resource file) {
    return new FlatFileItemReaderBuilder<Invoice>()
        .name("invoices")
        .resource(file)
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

  @Bean
  @StepScope
  DatedWriter writer(
      @Value("#{stepExecutionContext['fileName']}") Resource file,
      @Value("#{jobExecutionContext['" + EDITION + "']}") String edition) {
    return new DatedWriter(
        dates(),
        edition,
        new FlatFileItemWriterBuilder<DatedInvoice>()
            .name("dated-invoices")
            .resource(new FileSystemResource(output.resolve("dated-" + file.getFilename())))
            .lineAggregator(DatedInvoice::line)
            .build());
  }
}
