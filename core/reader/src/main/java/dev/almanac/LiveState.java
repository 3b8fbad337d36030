package dev.almanac;

import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link LiveAlmanac} stands.
 *
 * @param path the name that it follows
 * @param edition the edition in service
 * @param since when that edition came into service here
 * @param lastCheck when the name was last checked
 * @param checkCount checks so far, with the one of {@link LiveAlmanac#open}
 * @param switchCount how often another file came into service
 * @param failureCount checks that found no file that may come into service
 * @param failure what the last check found wrong, or null if the file of this name is in service;
 *     the edition in service answers in either case
 * @param mappedEditionCount editions that this object has mapped and the collector not yet freed,
 *     the one in service among them; more than one for long means that somebody holds an old one or
 *     that no collection came by
 */
public record LiveState(
    Path path,
    String edition,
    Instant since,
    Instant lastCheck,
    long checkCount,
    long switchCount,
    long failureCount,
    @Nullable Exception failure,
    int mappedEditionCount) {

  /** Whether the last check found the file of this name in service. */
  public boolean ok() {
    return failure == null;
  }
}
