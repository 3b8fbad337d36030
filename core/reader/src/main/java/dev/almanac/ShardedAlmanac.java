package dev.almanac;

import dev.almanac.format.Decimal;
import dev.almanac.format.Footer;
import dev.almanac.format.Rule;
import dev.almanac.format.ShardManifest;
import dev.almanac.format.Utf8;
import dev.almanac.read.IdBytes;
import dev.almanac.read.ManifestFile;
import dev.almanac.read.SealedFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * A table in several files (<em>shards</em>) that were published together in a directory: because
 * it is too large for one file, or because several machines built it. The ID alone determines its
 * shard ({@link #route}).
 *
 * <p>Codes and {@link #dictionary()} are those of the <em>set</em>: the dates of all shards in one
 * order. A single shard ({@link #shard}) has other codes, unless all shards have the same dates.
 *
 * <p>Like an {@link Almanac}, an open set is safe for any number of threads, writes nothing, and
 * shares the memory of its files between processes. Opening takes a few milliseconds a shard, and 4
 * bytes of heap a date and shard unless all shards have the same dates. A lookup costs one hash
 * more than in a single file. A batch ({@link #codes}) sorts its IDs by shard first and allocates
 * about 20 bytes an ID for that, at most 3 MB.
 *
 * <p>To build a set of {@code n} shards on several machines, send each row to machine {@code
 * route(id, n)}, build a file there with the builder's {@code ids} set, and give the files in their
 * order to {@code ShardSet.publish}. All rows of an ID come to one machine, so duplicates are
 * found; which of them is the last depends on the order in which they arrive.
 */
public final class ShardedAlmanac extends CodeLookup {
  /** The most shards of a set. */
  public static final int MAX_SHARD_COUNT = ShardManifest.MAX_SHARD_COUNT;

  private final Path directory;
  private final ShardManifest manifest;
  private final String edition;
  private final Almanac[] shards;
  private final SetDictionary dictionary;

  private ShardedAlmanac(
      Path directory, ShardManifest manifest, Almanac[] shards, SetDictionary dictionary) {
    this.directory = directory;
    this.manifest = manifest;
    this.edition = manifest.edition();
    this.shards = shards;
    this.dictionary = dictionary;
  }

  /**
   * Opens the set that was published last in {@code directory}.
   *
   * @throws NoSuchFileException if it has no manifest, or a shard is missing
   * @throws CorruptAlmanacException if the manifest is damaged, or a shard is damaged as far as
   *     {@link Almanac#open} can tell, or not the file that the manifest names
   * @throws UnsupportedFormatException if this library does not read the version of the manifest or
   *     of a shard
   * @throws IOException if something cannot be read or mapped
   */
  public static ShardedAlmanac open(Path directory) throws IOException {
    return open(directory, ManifestFile.read(directory), false);
  }

  /**
   * Opens the set that was published last in {@code directory}, if it is this edition.
   *
   * @param expectedEdition what {@code ShardSet.publish} returned
   * @throws CorruptAlmanacException also if it is another edition
   * @see #open(Path)
   */
  public static ShardedAlmanac open(Path directory, String expectedEdition) throws IOException {
    Objects.requireNonNull(expectedEdition, "expectedEdition");
    ShardManifest manifest = ManifestFile.read(directory);
    if (!manifest.edition().equalsIgnoreCase(expectedEdition)) {
      throw Rule.broken(
          "the set must be the expected edition: found=%s expected=%s",
          ManifestFile.path(directory), manifest.edition(), expectedEdition);
    }
    return open(directory, manifest, false);
  }

  /** Opens the shards of a manifest that was read already. */
  static ShardedAlmanac open(Path directory, ShardManifest manifest, boolean verified)
      throws IOException {
    Almanac[] shards = new Almanac[manifest.shardCount()];
    try {
      for (int i = 0; i < shards.length; i++) {
        Path path = directory.resolve(manifest.fileName(i));
        shards[i] = openShard(path, manifest, i, verified);
        if (shards[i].idKind() != manifest.idKind()) {
          throw Rule.broken(
              "the IDs of a shard must be of the set's kind: shard=%s idKind=%s expected=%s",
              path, i, shards[i].idKind(), manifest.idKind());
        }
      }
      return new ShardedAlmanac(directory, manifest, shards, SetDictionary.of(shards));
    } catch (Throwable e) {
      close(shards);
      throw e;
    }
  }

  /**
   * The shard of a number in a set of numbers, from 0 to {@code shardCount - 1}. The same in every
   * version that opens the set. Numbers that are close together often share a shard, so that dense
   * IDs stay as small as they are in one file.
   */
  public static int route(long id, int shardCount) {
    return ShardManifest.route(id, shardCount);
  }

  /**
   * The shard of an ID in a set of texts, also of one that looks like a number. A text that cannot
   * be an ID (empty, too long, with a lone surrogate) goes to shard 0, whose build refuses it.
   */
  public static int route(CharSequence id, int shardCount) {
    byte[] bytes = IdBytes.take(Footer.MAX_ID_BYTES);
    int length = Utf8.encode(id, bytes, 0, Footer.MAX_ID_BYTES);
    IdBytes.giveBack(bytes);
    return length <= 0 ? 0 : ShardManifest.routeText(bytes, length, shardCount);
  }

  private static Almanac openShard(Path path, ShardManifest manifest, int shard, boolean verified)
      throws IOException {
    try {
      String edition = manifest.editions().get(shard);
      return verified ? Almanac.openVerified(path, edition) : Almanac.open(path, edition);
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(
          path.toString(),
          null,
          "a shard that the manifest names must be there: shard="
              + shard
              + " shards="
              + manifest.shardCount());
    }
  }

  /** The shard of a number, whatever the kind of the set. */
  private int shardOf(long id) {
    if (manifest.idKind() == IdKind.LONG) {
      return route(id, shards.length);
    }
    byte[] bytes = IdBytes.take(Footer.MAX_ID_BYTES);
    int length = Utf8.encodeDecimal(id, bytes);
    IdBytes.giveBack(bytes);
    return ShardManifest.routeText(bytes, length, shards.length);
  }

  /** The code of the set for the date of an ID, or {@link Almanac#ABSENT}. */
  @Override
  public int code(long id) {
    int shard = shardOf(id);
    return dictionary.codeOfTheSet(shard, shards[shard].code(id));
  }

  /**
   * The code of the set for the date of an ID, or {@link Almanac#ABSENT}; in a set of numbers an ID
   * is its canonical decimal, as {@link Almanac#code(CharSequence)} has it.
   */
  @Override
  public int code(CharSequence id) {
    if (manifest.idKind() == IdKind.LONG) {
      long number = Decimal.parse(id);
      // What is no number is in no shard, so any of them says so.
      return number != Decimal.NONE || Decimal.isMinValue(id) ? code(number) : shards[0].code(id);
    }
    int shard = route(id, shards.length);
    return dictionary.codeOfTheSet(shard, shards[shard].code(id));
  }

  /** The code of the set for the date of an ID, see {@link Almanac#code(UUID)}. */
  @Override
  public int code(UUID id) {
    int shard = 0;
    if (manifest.idKind() == IdKind.TEXT) {
      byte[] bytes = IdBytes.take(Utf8.UUID_BYTES);
      Utf8.encodeUuid(id, bytes);
      IdBytes.giveBack(bytes);
      shard = ShardManifest.routeText(bytes, Utf8.UUID_BYTES, shards.length);
    }
    return dictionary.codeOfTheSet(shard, shards[shard].code(id));
  }

  /**
   * As {@link #codes(long[], int[])}, for ranges of the arrays. Each shard gets one batch, so a few
   * hundred IDs for each shard gain as much as in one file.
   *
   * @throws IndexOutOfBoundsException if a range does not lie in its array; nothing is written then
   */
  @Override
  public void codes(long[] ids, int idsOffset, int[] codes, int codesOffset, int length) {
    Objects.checkFromIndexSize(idsOffset, length, ids.length);
    Objects.checkFromIndexSize(codesOffset, length, codes.length);
    ShardBatch.forEach(
        length,
        shards.length,
        i -> shardOf(ids[idsOffset + i]),
        batch -> {
          long[] sorted = new long[batch.size()];
          for (int i = 0; i < sorted.length; i++) {
            sorted[i] = ids[idsOffset + batch.index(i)];
          }
          ShardLookup lookup = (shard, from, to, n) -> shard.codes(sorted, from, to, from, n);
          lookUp(batch, lookup, codes, codesOffset);
        });
  }

  @Override
  public void codes(CharSequence[] ids, int idsOffset, int[] codes, int codesOffset, int length) {
    Objects.checkFromIndexSize(idsOffset, length, ids.length);
    Objects.checkFromIndexSize(codesOffset, length, codes.length);
    if (manifest.idKind() == IdKind.LONG) {
      for (int i = 0; i < length; i++) {
        codes[codesOffset + i] = code(ids[idsOffset + i]);
      }
      files().get(0).endBatch();
      return;
    }
    ShardBatch.forEach(
        length,
        shards.length,
        i -> route(ids[idsOffset + i], shards.length),
        batch -> {
          CharSequence[] sorted = new CharSequence[batch.size()];
          for (int i = 0; i < sorted.length; i++) {
            sorted[i] = ids[idsOffset + batch.index(i)];
          }
          ShardLookup lookup = (shard, from, to, n) -> shard.codes(sorted, from, to, from, n);
          lookUp(batch, lookup, codes, codesOffset);
        });
  }

  /** Asks a shard for the codes of {@code count} sorted IDs; {@code found} has the same indexes. */
  private interface ShardLookup {
    void codes(Almanac shard, int from, int[] found, int count);
  }

  /** Asks each shard once, and puts what it finds to where the ID came from. */
  private void lookUp(ShardBatch batch, ShardLookup lookup, int[] codes, int codesOffset) {
    int[] found = new int[batch.size()];
    for (int shard = 0; shard < shards.length; shard++) {
      int from = batch.from(shard);
      int to = batch.from(shard + 1);
      lookup.codes(shards[shard], from, found, to - from);
      for (int i = from; i < to; i++) {
        codes[codesOffset + batch.index(i)] = dictionary.codeOfTheSet(shard, found[i]);
      }
    }
  }

  /** The distinct dates of all shards; an index into it is a code of the set. */
  @Override
  public DateDictionary dictionary() {
    return dictionary.dates();
  }

  /**
   * Gives every entry of a set of numbers to {@code consumer}, with the code of the set, shard by
   * shard in the order of the files.
   *
   * @throws IllegalStateException if the IDs are texts
   */
  public void forEach(EntryConsumer consumer) {
    for (int i = 0; i < shards.length; i++) {
      int shard = i;
      shards[i].forEach((id, code) -> consumer.accept(id, dictionary.codeOfTheSet(shard, code)));
    }
  }

  /**
   * Gives every entry of a set of texts to {@code consumer}, as {@link #forEach} does.
   *
   * @throws IllegalStateException if the IDs are numbers
   */
  public void forEachText(TextEntryConsumer consumer) {
    for (int i = 0; i < shards.length; i++) {
      int shard = i;
      shards[i].forEachText(
          (id, code) -> consumer.accept(id, dictionary.codeOfTheSet(shard, code)));
    }
  }

  /** The number of IDs in the set. */
  @Override
  public long size() {
    return Arrays.stream(shards).mapToLong(Almanac::size).sum();
  }

  /** {@link IdKind#LONG} or {@link IdKind#TEXT}. */
  @Override
  public IdKind idKind() {
    return manifest.idKind();
  }

  /** The number of shards. */
  public int shardCount() {
    return shards.length;
  }

  /**
   * A shard, whose codes differ from the set's. The caller closes it; that does not close the set,
   * nor does closing the set close it.
   *
   * @throws IndexOutOfBoundsException if there is no such shard
   * @throws IllegalStateException if the set is closed
   */
  public Almanac shard(int shard) {
    return shards[Objects.checkIndex(shard, shards.length)].share();
  }

  @Override
  int batchIds() {
    return ShardBatch.MAX_SIZE;
  }

  @Override
  ShardedAlmanac share() {
    Almanac[] shared = new Almanac[shards.length];
    try {
      for (int i = 0; i < shards.length; i++) {
        shared[i] = shards[i].share();
      }
    } catch (Throwable e) {
      close(shared);
      throw e;
    }
    return new ShardedAlmanac(directory, manifest, shared, dictionary);
  }

  @Override
  List<SealedFile> files() {
    return Arrays.stream(shards).flatMap(shard -> shard.files().stream()).toList();
  }

  @Override
  List<AlmanacInfo> infos() {
    return Arrays.stream(shards).map(Almanac::info).toList();
  }

  /**
   * What {@code ShardSet.publish} returned, 64 hexadecimal digits: two sets of one edition have the
   * same shards, byte for byte.
   */
  @Override
  public String edition() {
    return edition;
  }

  /** The directory that was opened. */
  public Path path() {
    return directory;
  }

  /** Closes every shard, see {@link Almanac#close}. Closing twice does nothing. */
  @Override
  public void close() {
    close(shards);
  }

  private static void close(Almanac[] shards) {
    for (Almanac shard : shards) {
      if (shard != null) {
        shard.close();
      }
    }
  }

  /** Path, shards, IDs and edition, for logs. */
  @Override
  public String toString() {
    return "ShardedAlmanac{path=%s shards=%s idKind=%s idCount=%s edition=%s}"
        .formatted(directory, shards.length, idKind(), size(), edition());
  }
}
