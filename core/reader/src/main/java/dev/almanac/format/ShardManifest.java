package dev.almanac.format;

import dev.almanac.CorruptAlmanacException;
import dev.almanac.IdKind;
import dev.almanac.UnsupportedFormatException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * What makes one set of several sealed files: which they are, and which of them has an ID. ASCII
 * lines, each ended by a line feed:
 *
 * <pre>
 * almanac-shards 1            the version; it fixes these lines and the routing
 * ids LONG                    or TEXT
 * shards 2
 * 5f0c...                     edition of shard 0, 64 hexadecimal digits
 * 91ab...                     edition of shard 1
 * edition 77e2...             of the set: SHA-256 of all lines above
 * </pre>
 *
 * <p>A file's name follows from its place and its edition ({@link #fileName}), so a manifest cannot
 * name anything outside its directory, and two editions of a shard never want the same name.
 *
 * <p>Routing, version 1: of a number, the hash of its page of {@code 2^12} (the largest page that a
 * file has, so that IDs which may share a page share a shard); of a text, the hash of its bytes.
 * The hash is {@link Xxh64} <em>twice</em>: once more than the files use, since a shard whose IDs
 * agreed in bits that also choose the segment would fill its segments unevenly. The upper 32 bits
 * of it, times the number of shards, divided by 2^32, is the shard.
 *
 * @param idKind {@link IdKind#LONG} or {@link IdKind#TEXT}
 * @param editions of the shards, in their order
 */
public record ShardManifest(IdKind idKind, List<String> editions) {
  /** Version of the lines and of the routing. */
  public static final int VERSION = 1;

  /** The manifest's name in its directory. */
  public static final String FILE_NAME = "shards.manifest";

  /** The most shards of a set. */
  public static final int MAX_SHARD_COUNT = 4096;

  /** Longer than any manifest. */
  public static final int MAX_BYTES = 1 << 20;

  /** Low bits of a number that do not count in the choice of its shard. */
  private static final int NEIGHBOUR_BITS = 12;

  private static final Pattern FILE_NAMES = Pattern.compile("shard-\\d{4}-[0-9a-f]{64}\\.almanac");

  private static final String MAGIC = "almanac-shards ";
  private static final String IDS = "ids ";
  private static final String SHARDS = "shards ";
  private static final String EDITION = "edition ";
  private static final int LINES_BEFORE_SHARDS = 3;
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

  /** Keeps a copy of the list. */
  public ShardManifest {
    editions = List.copyOf(editions);
  }

  /** How many shards there are. */
  public int shardCount() {
    return editions.size();
  }

  /** The name of a shard's file. */
  public String fileName(int shard) {
    return String.format(Locale.ROOT, "shard-%04d-%s.almanac", shard, editions.get(shard));
  }

  /** The names of all shards' files. */
  public List<String> fileNames() {
    return IntStream.range(0, shardCount()).mapToObj(this::fileName).toList();
  }

  /** Whether a file has a name that {@link #fileName} makes, of this set or another. */
  public static boolean isFileName(String name) {
    return FILE_NAMES.matcher(name).matches();
  }

  /** The edition of the set. */
  public String edition() {
    return sha256(linesAbove());
  }

  /** The shard of a number. */
  public static int route(long id, int shardCount) {
    return scaled(Xxh64.hash(Xxh64.hash(id >> NEIGHBOUR_BITS)), shardCount);
  }

  /** The shard of a text that is given as the first {@code length} of these bytes. */
  public static int routeText(byte[] id, int length, int shardCount) {
    return scaled(Xxh64.hash(Xxh64.hash(id, 0, length)), shardCount);
  }

  private static int scaled(long hash, int shardCount) {
    return (int) ((hash >>> 32) * shardCount >>> 32);
  }

  private String linesAbove() {
    String shards = String.join("\n", editions);
    return String.join("\n", MAGIC + VERSION, IDS + idKind, SHARDS + shardCount(), shards, "");
  }

  /** The bytes of the file. */
  public byte[] encode() {
    String lines = linesAbove();
    return (lines + EDITION + sha256(lines) + '\n').getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Reads what {@link #encode} wrote, and nothing else.
   *
   * @throws UnsupportedFormatException if it is of another version
   * @throws CorruptAlmanacException if it breaks any other rule
   */
  public static ShardManifest decode(byte[] bytes, Path path)
      throws CorruptAlmanacException, UnsupportedFormatException {
    // One character for each byte, so that encoding what was understood must give the same bytes.
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    // The last element is what follows the last line feed: nothing.
    String[] lines = text.split("\n", -1);
    if (!lines[0].startsWith(MAGIC)) {
      throw new CorruptAlmanacException(
          "a manifest of shards must begin with \"" + MAGIC.strip() + '"', path);
    }
    int version = number(lines[0], MAGIC, path);
    if (version != VERSION) {
      throw new UnsupportedFormatException(version, VERSION, path);
    }
    if (lines.length < LINES_BEFORE_SHARDS) {
      throw new CorruptAlmanacException(
          "a manifest of shards must not end here: lines=" + (lines.length - 1), path);
    }
    IdKind idKind = idKind(lines[1], path);
    int shardCount = number(lines[2], SHARDS, path);
    if (shardCount < 1 || shardCount > MAX_SHARD_COUNT) {
      throw new CorruptAlmanacException(
          "the number of shards must be from 1 to " + MAX_SHARD_COUNT + ": shards=" + shardCount,
          path);
    }
    int expectedLines = LINES_BEFORE_SHARDS + shardCount + 1;
    if (lines.length != expectedLines + 1) {
      throw Rule.broken(
          "a manifest must have a line for each shard and end with its edition: lines=%s"
              + " expected=%s",
          path, lines.length - 1, expectedLines);
    }
    ShardManifest manifest = new ShardManifest(idKind, editions(lines, shardCount, path));
    String found = lines[expectedLines - 1];
    if (!found.equals(EDITION + manifest.edition())) {
      throw Rule.broken(
          "the edition of the set must be that of its lines: found=%s expected=%s%s",
          path, shown(found), EDITION, manifest.edition());
    }
    if (!text.equals(new String(manifest.encode(), StandardCharsets.ISO_8859_1))) {
      throw new CorruptAlmanacException(
          "a manifest must be as it was written: fileBytes=" + bytes.length, path);
    }
    return manifest;
  }

  private static IdKind idKind(String line, Path path) throws CorruptAlmanacException {
    if (line.equals(IDS + IdKind.LONG)) {
      return IdKind.LONG;
    }
    if (line.equals(IDS + IdKind.TEXT)) {
      return IdKind.TEXT;
    }
    throw new CorruptAlmanacException("the IDs must be LONG or TEXT: found=" + shown(line), path);
  }

  private static List<String> editions(String[] lines, int shardCount, Path path)
      throws CorruptAlmanacException {
    List<String> editions = new ArrayList<>(shardCount);
    for (int shard = 0; shard < shardCount; shard++) {
      String edition = lines[LINES_BEFORE_SHARDS + shard];
      if (!DIGEST.matcher(edition).matches()) {
        throw new CorruptAlmanacException(
            "an edition must be 64 hexadecimal digits: shard=" + shard + " found=" + shown(edition),
            path);
      }
      editions.add(edition);
    }
    return editions;
  }

  private static int number(String line, String name, Path path) throws CorruptAlmanacException {
    if (!line.matches(name + "[0-9]{1,9}")) {
      throw new CorruptAlmanacException(
          "a line must be \"" + name + "\" and a number: found=" + shown(line), path);
    }
    return Integer.parseInt(line.substring(name.length()));
  }

  /** What a message shows of a line that may be anything. */
  private static String shown(String line) {
    String start = line.length() > 80 ? line.substring(0, 80) + "..." : line;
    return '"' + start.replaceAll("[^ -~]", "?") + '"';
  }

  private static String sha256(String lines) {
    byte[] bytes = lines.getBytes(StandardCharsets.US_ASCII);
    return HexFormat.of().formatHex(Sha256.digest().digest(bytes));
  }
}
