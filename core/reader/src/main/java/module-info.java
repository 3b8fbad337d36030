/** Reads Almanac files: lookups, editions, sets of shards. */
module dev.almanac {
  requires static jdk.jfr;
  requires static org.jspecify;

  exports dev.almanac;
  // The builder writes what the reader reads, and checks each file through it.
  exports dev.almanac.format to
      dev.almanac.build;
  exports dev.almanac.publish to
      dev.almanac.build;
  exports dev.almanac.read to
      dev.almanac.build;
}
