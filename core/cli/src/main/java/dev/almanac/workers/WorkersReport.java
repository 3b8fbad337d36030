package dev.almanac.workers;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.almanac.report.Figures;
import dev.almanac.report.Json;
import dev.almanac.report.TextTable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a {@link WorkerExperiment} measured.
 *
 * @param workers what each worker did
 * @param startTime from the first launch until all were ready
 * @param readingTime from {@code go} until the last was done
 * @param afterStart memory when all were ready and none had read
 * @param peak the sample with the most memory
 * @param atEnd memory when all had read
 * @param medianPrivateKilobytes the median over the processes of the most that each had to itself
 * @param maxPrivateKilobytes the maximum of the same
 * @param samples memory over time, the first being {@code afterStart}, the last {@code atEnd}
 */
public record WorkersReport(
    List<Worker> workers,
    Duration startTime,
    Duration readingTime,
    MemorySample afterStart,
    MemorySample peak,
    MemorySample atEnd,
    long medianPrivateKilobytes,
    long maxPrivateKilobytes,
    List<MemorySample> samples) {

  /**
   * What one worker did.
   *
   * @param index its number, from 0
   * @param pids its process, and those that it forked
   * @param outcome what it found
   * @param nanos how long it read, by its own clock
   * @param mapping its mappings of the file, if the experiment names one
   * @param storageBytes bytes that it caused to be written to storage while reading
   * @param callBytes bytes that it passed to write calls while reading, the protocol's own lines
   *     not counted
   */
  public record Worker(
      int index,
      List<Long> pids,
      WorkerProtocol.Outcome outcome,
      long nanos,
      Optional<MappingMemory> mapping,
      long storageBytes,
      long callBytes) {}

  /** Keeps copies of the lists. */
  public WorkersReport {
    workers = List.copyOf(workers);
    samples = List.copyOf(samples);
  }

  /** Lookups of all workers. */
  public long lookupCount() {
    return workers.stream().mapToLong(worker -> worker.outcome.lookupCount()).sum();
  }

  /** Lookups of all workers that found something. */
  public long foundCount() {
    return workers.stream().mapToLong(worker -> worker.outcome.foundCount()).sum();
  }

  /** Lookups of all workers together in a second of the reading time. */
  public double lookupsPerSecond() {
    return lookupCount() / Math.max(1e-9, readingTime.toNanos() / 1e9);
  }

  /** Whether all workers looked up as much, found as much, and found the same. */
  public boolean agree() {
    return workers.stream().map(Worker::outcome).distinct().count() == 1;
  }

  /**
   * Permissions of the file's mappings in all workers, such as {@code r--s}; several, joined by
   * commas, if they differ.
   */
  public String mappingPermissions() {
    return workers.stream()
        .flatMap(worker -> worker.mapping.stream())
        .map(MappingMemory::permissions)
        .distinct()
        .sorted()
        .collect(Collectors.joining(","));
  }

  /** Dirty pages of the file's mappings. A page that several workers share counts for each. */
  public long dirtyKilobytes() {
    return sumOfMappings(MappingMemory::dirtyKilobytes);
  }

  /** Pages of the file's mappings that a worker had copied for itself. */
  public long copiedKilobytes() {
    return sumOfMappings(MappingMemory::copiedKilobytes);
  }

  /**
   * The share of one worker in the file's mappings, summed over the workers: the file's pages in
   * memory, counted once. Of a page that other processes map too, only the workers' part.
   */
  public long mappedKilobytes() {
    return sumOfMappings(MappingMemory::pssKilobytes);
  }

  private long sumOfMappings(ToLongFunction<MappingMemory> figure) {
    return workers.stream().flatMap(worker -> worker.mapping.stream()).mapToLong(figure).sum();
  }

  /** Bytes that the workers caused to be written to storage while reading. */
  public long storageBytes() {
    return workers.stream().mapToLong(Worker::storageBytes).sum();
  }

  /**
   * Bytes that the workers passed to write calls while reading, the protocol's own lines not
   * counted.
   */
  public long callBytes() {
    return workers.stream().mapToLong(Worker::callBytes).sum();
  }

  /** Appends the figures for people. */
  public void appendTo(TextTable table) {
    table
        .row("Workers ready after", Figures.duration(startTime))
        .row(
            "Memory after start",
            Figures.kibibytes(afterStart.pssKilobytes()) + ", all workers together")
        .row("Memory at the peak", Figures.kibibytes(peak.pssKilobytes()) + growth())
        .row(
            "Private to a worker",
            Figures.kibibytes(medianPrivateKilobytes)
                + " (median), "
                + Figures.kibibytes(maxPrivateKilobytes)
                + " (most)");
    if (workers.stream().anyMatch(worker -> worker.mapping.isPresent())) {
      table
          .row(
              "Mapping of the file",
              mappingPermissions()
                  + ", "
                  + Figures.kibibytes(mappedKilobytes())
                  + " in memory, once")
          .row(
              "Dirty, copied",
              Figures.kibibytes(dirtyKilobytes()) + ", " + Figures.kibibytes(copiedKilobytes()));
    }
    table
        .row(
            "Written while reading",
            Figures.bytes(storageBytes())
                + " to storage, "
                + Figures.bytes(callBytes())
                + " in calls")
        .row("Lookups", Figures.count(lookupCount()) + " in " + Figures.duration(readingTime))
        .row("Lookups per second", Figures.perSecond(lookupsPerSecond()) + ", all workers together")
        .row(
            "Found",
            Figures.count(foundCount())
                + (agree() ? ", all workers agree" : ", THE WORKERS DISAGREE"));
  }

  private String growth() {
    double percent =
        100.0
            * (peak.pssKilobytes() - afterStart.pssKilobytes())
            / Math.max(1, afterStart.pssKilobytes());
    return " (+" + Figures.decimal(percent) + "%)";
  }

  /** The figures for programs; memory in bytes. */
  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("processes", workers.size());
    json.addProperty("startSeconds", Json.seconds(startTime));
    json.addProperty("afterStartBytes", afterStart.pssKilobytes() * 1024);
    json.addProperty("peakBytes", peak.pssKilobytes() * 1024);
    json.addProperty("endBytes", atEnd.pssKilobytes() * 1024);
    json.addProperty("medianPrivateBytes", medianPrivateKilobytes * 1024);
    json.addProperty("maxPrivateBytes", maxPrivateKilobytes * 1024);
    json.addProperty("mappingPermissions", mappingPermissions());
    json.addProperty("mappedBytes", mappedKilobytes() * 1024);
    json.addProperty("dirtyBytes", dirtyKilobytes() * 1024);
    json.addProperty("copiedBytes", copiedKilobytes() * 1024);
    json.addProperty("writtenStorageBytes", storageBytes());
    json.addProperty("writtenCallBytes", callBytes());
    json.addProperty("readingSeconds", Json.seconds(readingTime));
    json.addProperty("lookups", lookupCount());
    json.addProperty("found", foundCount());
    json.addProperty("lookupsPerSecond", Json.rounded(lookupsPerSecond()));
    json.addProperty("agree", agree());
    json.add("checksums", array(workers.stream().map(w -> Long.toString(w.outcome.checksum()))));
    json.add("sampleColumns", array(Stream.of("millis", "pssBytes", "privateBytes")));
    JsonArray rows = new JsonArray();
    for (MemorySample sample : samples) {
      JsonArray row = new JsonArray();
      row.add(sample.millis());
      row.add(sample.pssKilobytes() * 1024);
      row.add(sample.privateKilobytes() * 1024);
      rows.add(row);
    }
    json.add("samples", rows);
    return json;
  }

  private static JsonArray array(Stream<String> texts) {
    JsonArray array = new JsonArray();
    texts.forEach(array::add);
    return array;
  }
}
