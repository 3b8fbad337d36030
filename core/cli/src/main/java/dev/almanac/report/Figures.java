package dev.almanac.report;

import java.time.Duration;
import java.util.Locale;

/**
 * Figures as people read them, the same in every locale. MB is 1,000,000 bytes, kB is 1,000; what
 * /proc calls kB is 1,024.
 */
public final class Figures {
  private static final long KIBIBYTE = 1024;

  private Figures() {}

  /** {@code 30,000,001}. */
  public static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /** {@code 1 row}, {@code 30,000,001 rows}: a count with the word for one or for several. */
  public static String count(long count, String one, String several) {
    return count(count) + " " + (count == 1 ? one : several);
  }

  /** {@code 65.3 MB}, {@code 1.24 GB}, {@code 512 bytes}: three figures or so. */
  public static String bytes(long bytes) {
    double size = bytes;
    if (bytes < 1_000) {
      return count(bytes, "byte", "bytes");
    }
    String[] units = {"kB", "MB", "GB", "TB", "PB", "EB"};
    int unit = -1;
    while (unit < units.length - 1 && size >= 999.5) {
      size /= 1000;
      unit++;
    }
    return threeFigures(size) + " " + units[unit];
  }

  /** Memory that /proc counts in units of 1,024 bytes, as {@link #bytes}. */
  public static String kibibytes(long kibibytes) {
    return kibibytes == 0 ? "0 kB" : bytes(kibibytes * KIBIBYTE);
  }

  /** {@code 0.42 s}, {@code 12.4 s}, {@code 3 min 20 s}. */
  public static String duration(Duration duration) {
    double seconds = duration.toNanos() / 1e9;
    if (seconds < 99.95) {
      return String.format(Locale.ROOT, seconds < 9.995 ? "%.2f s" : "%.1f s", seconds);
    }
    long whole = Math.round(seconds);
    return whole / 60 + " min " + whole % 60 + " s";
  }

  /** {@code 23.4 million/s} and the like. */
  public static String perSecond(double rate) {
    if (rate >= 999_500) {
      return threeFigures(rate / 1e6) + " million/s";
    }
    return count(Math.round(rate)) + "/s";
  }

  /** {@code 2.17}. */
  public static String decimal(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  private static String threeFigures(double size) {
    return String.format(
        Locale.ROOT, size < 9.995 ? "%.2f" : size < 99.95 ? "%.1f" : "%,.0f", size);
  }
}
