package dev.almanac.workers;

/**
 * Memory of all workers together at one moment.
 *
 * @param millis since the first worker was launched
 * @param pssKilobytes sum of the proportional shares: what the workers take together
 * @param privateKilobytes the part of it that is not shared with any process
 */
public record MemorySample(long millis, long pssKilobytes, long privateKilobytes) {}
