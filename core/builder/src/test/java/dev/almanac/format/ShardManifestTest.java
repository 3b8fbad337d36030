package dev.almanac.format;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.CorruptAlmanacException;
import dev.almanac.IdKind;
import dev.almanac.UnsupportedFormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShardManifestTest {
  private static final Path PATH = Path.of("shards.manifest");
  private static final String FIRST = "0123456789abcdef".repeat(4);
  private static final String SECOND = "fedcba9876543210".repeat(4);
  private static final String LINES = "almanac-shards 1\nids LONG\nshards 2\n";

  private static String sha256(String text) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(US_ASCII)));
  }

  private static String whole() throws Exception {
    String lines = LINES + FIRST + '\n' + SECOND + '\n';
    return lines + "edition " + sha256(lines) + '\n';
  }

  private static ShardManifest decode(String text) throws IOException {
    return ShardManifest.decode(text.getBytes(ISO_8859_1), PATH);
  }

  private static void assertRefused(String text, String fault) {
    assertEquals(
        fault + ", path=shards.manifest",
        assertThrows(CorruptAlmanacException.class, () -> decode(text)).getMessage());
  }

  @Test
  void theLinesAreAsTheyAreDrawn() throws Exception {
    ShardManifest manifest = new ShardManifest(IdKind.LONG, List.of(FIRST, SECOND));
    assertEquals(whole(), new String(manifest.encode(), US_ASCII));
    assertEquals(manifest, decode(whole()));
    assertEquals(2, manifest.shardCount());
    assertEquals(sha256(LINES + FIRST + '\n' + SECOND + '\n'), manifest.edition());
    assertEquals("shard-0001-" + SECOND + ".almanac", manifest.fileName(1));
    assertTrue(ShardManifest.isFileName(manifest.fileName(1)));
    assertFalse(ShardManifest.isFileName("shard-0001.almanac"));
  }

  @ParameterizedTest
  @EnumSource(
      value = IdKind.class,
      names = {"LONG", "TEXT"})
  void theFewestAndTheMostShardsComeBack(IdKind kind) throws IOException {
    for (int shardCount : new int[] {1, ShardManifest.MAX_SHARD_COUNT}) {
      ShardManifest manifest = new ShardManifest(kind, Collections.nCopies(shardCount, FIRST));
      assertEquals(manifest, ShardManifest.decode(manifest.encode(), PATH));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4097, 999_999_999})
  void tooFewAndTooManyShardsAreRefused(int shardCount) {
    assertRefused(
        "almanac-shards 1\nids LONG\nshards " + shardCount + '\n',
        "the number of shards must be from 1 to 4096: shards=" + shardCount);
  }

  @Test
  void anotherVersionIsRefusedAndNamed() {
    assertEquals(
        2,
        assertThrows(UnsupportedFormatException.class, () -> decode("almanac-shards 2\nthe rest"))
            .foundVersion());
  }

  @Test
  void whatIsNoManifestIsRefused() {
    assertRefused("", "a manifest of shards must begin with \"almanac-shards\"");
    assertRefused(
        "almanac-shards one",
        "a line must be \"almanac-shards \" and a number: found=\"almanac-shards one\"");
    assertRefused("almanac-shards 1", "a manifest of shards must not end here: lines=0");
    assertRefused("almanac-shards 1\n", "a manifest of shards must not end here: lines=1");
    assertRefused(
        "almanac-shards 1\nids AUTO\n", "the IDs must be LONG or TEXT: found=\"ids AUTO\"");
    assertRefused(
        "almanac-shards 1\nids TEXT\n", "a line must be \"shards \" and a number: found=\"\"");
  }

  @Test
  void aManifestMustHaveAllItsLinesAndNoMore() throws Exception {
    assertRefused(
        LINES,
        "a manifest must have a line for each shard and end with its edition: lines=3 expected=6");
    assertRefused(
        whole().strip(),
        "a manifest must have a line for each shard and end with its edition: lines=5 expected=6");
    assertRefused(
        whole() + '\n',
        "a manifest must have a line for each shard and end with its edition: lines=7 expected=6");
  }

  @Test
  void anEditionMustBeADigest() throws Exception {
    for (String none : new String[] {"", FIRST.toUpperCase(), FIRST + "0", "../etc"}) {
      assertRefused(
          whole().replace(SECOND, none),
          "an edition must be 64 hexadecimal digits: shard=1 found=\"" + none + '"');
    }
  }

  @Test
  void theSetsEditionMustBeThatOfItsLines() throws Exception {
    String edition = sha256(LINES + FIRST + '\n' + SECOND + '\n');
    assertRefused(
        whole().replace(edition, FIRST),
        "the edition of the set must be that of its lines: found=\"edition "
            + FIRST
            + "\" expected=edition "
            + edition);
  }

  @Test
  void aNumberIsWrittenInOneWay() throws Exception {
    assertRefused(
        whole().replace("shards 2", "shards 02"),
        "a manifest must be as it was written: fileBytes=" + (whole().length() + 1));
  }

  @Test
  void aMessageShowsTheStartOfALineAndNothingThatATerminalWouldObey() throws Exception {
    String start = "almanac-shards 1\n";
    assertRefused(start + "\u001b[2J\u00e9\n", "the IDs must be LONG or TEXT: found=\"?[2J?\"");
    String longest = "x".repeat(80);
    assertRefused(start + longest + '\n', "the IDs must be LONG or TEXT: found=\"" + longest + '"');
    assertRefused(
        start + longest + "y\n", "the IDs must be LONG or TEXT: found=\"" + longest + "...\"");
  }

  /** The layout of published sets stands on these: another answer would lose their IDs. */
  @Test
  void theRoutingOfVersion1NeverChanges() {
    assertEquals(696, ShardManifest.route(0, 1000));
    assertEquals(696, ShardManifest.route(4095, 1000));
    assertEquals(700, ShardManifest.route(1_000_003L * 4096, 1000));
    assertEquals(219, ShardManifest.route(-1_000_003L * 4096, 1000));
    byte[] id = "ORD-17, and more".getBytes(UTF_8);
    assertEquals(671, ShardManifest.routeText(id, "ORD-17".length(), 1000));
    for (int shardCount : new int[] {1, 2, 4096}) {
      for (long page = -500; page < 500; page++) {
        int shard = ShardManifest.route(page * 4096, shardCount);
        assertEquals(shard, Math.floorMod(shard, shardCount), "shards=" + shardCount);
      }
    }
  }
}
