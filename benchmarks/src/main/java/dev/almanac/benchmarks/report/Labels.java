package dev.almanac.benchmarks.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How things are called and written in tables and charts. */
final class Labels {
  private static final Map<String, String> STORES =
      Map.ofEntries(
          Map.entry("almanac", "Almanac"),
          Map.entry("almanac-entries", "Almanac, an entry for each ID"),
          Map.entry("almanac-archive", "Almanac, with a class data archive"),
          Map.entry("chronicle-map", "stock Chronicle Map"),
          Map.entry("sparkey", "Sparkey"),
          Map.entry("paldb", "PalDB"),
          Map.entry("lmdb", "LMDB"),
          Map.entry("rocksdb", "RocksDB"),
          Map.entry("mapdb", "MapDB"),
          Map.entry("mvstore", "H2 MVStore"),
          Map.entry("fastutil", "fastutil, on the heap"),
          Map.entry("hashmap", "HashMap, on the heap"),
          Map.entry("limit", "limit: one cache line"),
          Map.entry("limit-two-lines", "limit: two cache lines"),
          Map.entry("mapped-array", "limit: mapped array"));

  /** Kinds of IDs, in the order of the tables. */
  static final List<String> KINDS =
      List.of(
          "sparse",
          "accounts",
          "clustered",
          "dense",
          "text",
          "customers",
          "uuids",
          "addresses",
          "emails");

  private Labels() {}

  static String store(String name) {
    return STORES.getOrDefault(name, name);
  }

  static String store(String name, String method) {
    return store(name) + (method.equals("batch") ? ", batch" : "");
  }

  /** The style of a bar. */
  static String style(String store) {
    return switch (store) {
      case "almanac", "almanac-entries" -> "ours";
      case "fastutil", "hashmap" -> "heap";
      case "limit", "limit-two-lines", "mapped-array" -> "limit";
      default -> "peer";
    };
  }

  static String question(String name) {
    return switch (name) {
      case "hit" -> "random hit";
      case "miss" -> "random miss";
      case "mixed" -> "every other ID absent";
      case "zipf" -> "few IDs often (Zipf)";
      case "sequential" -> "in the order of the IDs";
      case "dependent" -> "each ID depends on the previous answer";
      case "text" -> "random hit";
      case "text-miss" -> "random miss";
      case "threads" -> "random hit, one and two threads";
      case "scan" -> "walk through all entries";
      default -> name;
    };
  }

  static String ids(String kind) {
    return switch (kind) {
      case "accounts" -> "account IDs";
      case "customers" -> "customer IDs";
      case "uuids" -> "UUIDs";
      case "addresses" -> "short e-mail addresses";
      case "emails" -> "e-mail addresses";
      default -> kind + " IDs";
    };
  }

  /** What IDs of a kind look like. */
  static String example(String kind) {
    return switch (kind) {
      case "dense" -> "0, 1, 2, ... without a gap (*dense*)";
      case "accounts" -> "random numbers of ten digits";
      case "clustered" -> "runs of 100 numbers, scattered over 10^13";
      case "sparse" -> "random 64-bit numbers (*sparse*)";
      case "text" -> "texts of one pattern, `ORD-0000001f-IB`";
      case "customers" -> "texts of one pattern without a gap";
      case "uuids" -> "random UUIDs";
      case "addresses" -> "short e-mail addresses, just packed";
      case "emails" -> "e-mail addresses, not packed";
      default -> kind;
    };
  }

  static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /** {@code 30 million}, {@code 300,000}. */
  static String rows(long count) {
    return count >= 1_000_000 && count % 100_000 == 0
        ? (count % 1_000_000 == 0 ? Long.toString(count / 1_000_000) : decimal(count / 1e6, 1))
            + " million"
        : count(count);
  }

  static String decimal(double value, int places) {
    return String.format(Locale.ROOT, "%,." + places + "f", value);
  }

  /** Three figures, or all before the point. */
  static String figures(double value) {
    return decimal(value, value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2);
  }

  static String nanos(double nanos) {
    return decimal(nanos, nanos >= 9.95 ? 0 : 1);
  }

  static String gigabytes(double bytes) {
    return decimal(bytes / 1e9, bytes >= 9.995e9 ? 1 : bytes >= 0.9995e9 ? 2 : 3);
  }

  static String megabytes(double bytes) {
    return decimal(bytes / 1e6, bytes >= 99.5e6 ? 0 : 1);
  }

  /** What a second thread or process gains. */
  static String gain(double one, double two) {
    return decimal((two / one - 1) * 100, 0) + "%";
  }
}
