package dev.almanac.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import dev.almanac.Almanac;
import dev.almanac.CorruptAlmanacException;
import dev.almanac.DateDictionary;
import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.SampleRows;
import dev.almanac.UnsupportedFormatException;
import dev.almanac.format.BlockChecksums;
import dev.almanac.format.DictionarySection;
import dev.almanac.format.Directory;
import dev.almanac.format.FirstDays;
import dev.almanac.format.Footer;
import dev.almanac.format.FooterBytes;
import dev.almanac.format.HashedPages;
import dev.almanac.format.IdShape;
import dev.almanac.format.PageLayout;
import dev.almanac.format.StoreGeometry;
import dev.almanac.format.Xxh64;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Files that somebody made who knows the format: every checksum and the edition are right, what
 * they say is not. A reader must end in an answer or a named exception, soon, and with little
 * memory.
 */
@Timeout(value = 600, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
class HostileFileTest {
  private static final long MAX_CPU_NANOS = 1_000_000_000L;

  /** What one file may make open, lookups, iteration and verify allocate, and its size on top. */
  private static final long MAX_ALLOCATED_BYTES = 8L << 20;

  private static final int OPENS_PER_COLLECTION = 2_000;
  private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir Path folder;

  private long count;
  private long refused;
  private long named;
  private long answered;
  private long verified;
  private long harmedControl;
  private long opens;

  /** A field of the footer, by its offset and its size (see {@link Footer}). */
  private record Field(String name, int offset, int bytes) {}

  private static final List<Field> FIELDS =
      List.of(
          new Field("dictionaryOffset", 8, 8),
          new Field("dictionaryBytes", 16, 8),
          new Field("checksumsOffset", 24, 8),
          new Field("checksumsBytes", 32, 8),
          new Field("dictionaryCrc", 40, 4),
          new Field("checksumsCrc", 44, 4),
          new Field("blockBytes", 48, 4),
          new Field("idKind", 52, 4),
          new Field("layout", 56, 4),
          new Field("codeBits", 60, 4),
          new Field("dateCount", 64, 4),
          new Field("shapeBytes", 68, 4),
          new Field("idCount", 72, 8),
          new Field("entryCount", 80, 8),
          new Field("lowestId", 88, 8),
          new Field("highestId", 96, 8),
          new Field("longestIdBytes", 104, 4),
          new Field("pageBits", 108, 4),
          new Field("slotBytes", 180, 4),
          new Field("firstKey", 184, 8),
          new Field("seed", 192, 8),
          new Field("idKeyBits", 200, 4),
          new Field("lowKeyBits", 204, 4),
          new Field("segmentCount", 112, 4),
          new Field("segmentHeaderBytes", 116, 4),
          new Field("segmentHeadersOffset", 120, 8),
          new Field("storeBytes", 128, 8),
          new Field("tiersOffset", 136, 8),
          new Field("tierBytes", 144, 8),
          new Field("slotCount", 152, 4),
          new Field("keyBits", 156, 4),
          new Field("countersOffset", 160, 4),
          new Field("entrySpaceOffset", 164, 4),
          new Field("chunkBytes", 168, 4),
          new Field("chunkCount", 172, 4),
          new Field("blockBits", 232, 4),
          new Field("blockCount", 236, 4),
          new Field("directoryPageCount", 240, 4),
          new Field("directoryPageBits", 244, 4),
          new Field("directorySlotBytes", 248, 4),
          new Field("directoryLongestProbe", 252, 4),
          new Field("directorySeed", 256, 8),
          new Field("longestProbe", 176, 4));

  private static final int CRC_OFFSET = 296;

  private static List<Long> values(Field field, long original) {
    List<Long> values =
        new ArrayList<>(
            List.of(0L, 1L, -1L, 64L, 1L << 31, (1L << 31) - 1, original + 1, original * 2));
    if (field.bytes == 8) {
      values.addAll(List.of(1L << 32, Long.MAX_VALUE, Long.MIN_VALUE, -4096L));
    } else {
      values.addAll(List.of(1L << 30, 255L, original - 1));
    }
    return values;
  }

  private static void put(ByteBuffer footer, Field field, long value) {
    if (field.bytes == 8) {
      footer.putLong(field.offset, value);
    } else {
      footer.putInt(field.offset, (int) value);
    }
  }

  private static long get(ByteBuffer footer, Field field) {
    return field.bytes == 8 ? footer.getLong(field.offset) : footer.getInt(field.offset);
  }

  /** Makes edition and checksum of a footer right again. */
  private static void sign(ByteBuffer footer, MessageDigest content) throws Exception {
    MessageDigest digest = (MessageDigest) content.clone();
    digest.update(footer.array(), 0, Footer.EDITION_OFFSET);
    footer.put(Footer.EDITION_OFFSET, digest.digest());
    CRC32C crc = new CRC32C();
    crc.update(footer.array(), 0, CRC_OFFSET);
    crc.update(footer.array(), CRC_OFFSET + 4, Footer.BYTES - CRC_OFFSET - 4);
    footer.putInt(CRC_OFFSET, (int) crc.getValue());
  }

  /** What is forged. */
  private enum Kind {
    NUMBERS(IdKind.LONG, Layout.ENTRIES, SampleRows.sparse(200, 20)),
    TEXTS(IdKind.TEXT, Layout.ENTRIES, SampleRows.texts(200, 20)),
    DIRECT(IdKind.LONG, Layout.DIRECT, SampleRows.dense(1_000, 200, 20)),
    HASHED(IdKind.LONG, Layout.HASHED, SampleRows.sparse(200, 20)),
    BLOCKS(IdKind.LONG, Layout.BLOCKS, SampleRows.clusters(200, 20)),
    DIRECT_TEXTS(IdKind.TEXT, Layout.DIRECT, SampleRows.customers(1_000, 20)),
    NARROW_TEXTS(IdKind.TEXT, Layout.HASHED, SampleRows.orders(200, 20)),
    WIDE_TEXTS(IdKind.TEXT, Layout.HASHED, SampleRows.uuids(1_000, 20));

    private final IdKind idKind;
    private final Layout layout;
    private final SampleRows rows;

    /** Of packed texts; else null. */
    private final IdShape shape;

    Kind(IdKind idKind, Layout layout, SampleRows rows) {
      this.idKind = idKind;
      this.layout = layout;
      this.rows = rows;
      IdShape.Collector collector = new IdShape.Collector();
      for (String id : rows.dateById().keySet()) {
        collector.add(id.getBytes(StandardCharsets.UTF_8), 0, id.length());
      }
      this.shape = idKind == IdKind.LONG || layout == Layout.ENTRIES ? null : collector.shape();
    }

    /** IDs that a lookup asks for: those that every kind is asked for, and some of its own. */
    private String[] texts() {
      return Stream.concat(
              Arrays.stream(HostileFileTest.TEXTS),
              shape == null ? Stream.of() : rows.dateById().keySet().stream().limit(20))
          .toArray(String[]::new);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aFooterWithAnyTwoFieldsChangedHarmsNobody(Kind kind) throws Exception {
    try (Specimen specimen = Specimen.build(folder, kind.rows, kind.layout)) {
      byte[] whole = specimen.whole;
      int footerAt = whole.length - Footer.BYTES;
      MessageDigest content = MessageDigest.getInstance("SHA-256");
      content.update(whole, 0, footerAt);
      ByteBuffer original =
          ByteBuffer.wrap(whole).slice(footerAt, Footer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      byte[] bytes = new byte[Footer.BYTES];
      ByteBuffer footer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      int step = Trial.full() ? 1 : 499;
      int pair = 0;
      for (int a = 0; a < FIELDS.size(); a++) {
        for (long valueA : values(FIELDS.get(a), get(original, FIELDS.get(a)))) {
          // A field with itself is the file with one field changed.
          for (int b = a; b < FIELDS.size(); b++) {
            for (long valueB :
                a == b ? List.of(valueA) : values(FIELDS.get(b), get(original, FIELDS.get(b)))) {
              if (pair++ % step != 0 && a != b) {
                continue;
              }
              original.get(0, bytes);
              put(footer, FIELDS.get(a), valueA);
              put(footer, FIELDS.get(b), valueB);
              sign(footer, content);
              specimen.write(bytes, 0, bytes.length, footerAt);
              String what =
                  FIELDS.get(a).name + "=" + valueA + " " + FIELDS.get(b).name + "=" + valueB;
              judge(specimen.path, what, whole.length, TEXTS);
              if (kind == Kind.NUMBERS && trustingReaderIsHarmed(whole, footer)) {
                harmedControl++;
              }
            }
          }
        }
      }
      specimen.repair();
      specimen.assertWhole();
      assertTrue(refused > count / 2, "most contradict themselves");
      assertTrue(
          kind != Kind.NUMBERS || harmedControl > 0,
          "the control: a trusting reader must be harmed");
      record(
          "geometry pairwise " + kind.name().toLowerCase(),
          "each of "
              + FIELDS.size()
              + " footer fields, and each pair, set to 0, 1, -1, 2^31, 2^31 - 1, 2^32, 2^63 - 1,"
              + " neighbours",
          kind == Kind.NUMBERS);
    }
  }

  /** A lookup gives up behind the longest probe, so what the footer says of it decides answers. */
  @Test
  void aLongestProbeThatIsNotTheFilesIsReportedAndALongOneRefused() throws Exception {
    try (Specimen specimen = Specimen.build(folder, SampleRows.sparse(5_000, 20), Layout.ENTRIES)) {
      int footerAt = specimen.whole.length - Footer.BYTES;
      MessageDigest content = MessageDigest.getInstance("SHA-256");
      content.update(specimen.whole, 0, footerAt);
      Field longestProbe = FIELDS.get(FIELDS.size() - 1);
      int original = specimen.footer.longestProbe();
      ByteBuffer footer = ByteBuffer.allocate(Footer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      footer.put(0, specimen.whole, footerAt, Footer.BYTES);
      put(footer, longestProbe, original - 1);
      sign(footer, content);
      specimen.write(footer.array(), 0, Footer.BYTES, footerAt);
      assertEquals(
          List.of(
              "footer: the longest probe must be what it says: found="
                  + original
                  + " expected="
                  + (original - 1)),
          Almanac.verify(specimen.path).damages());
      put(footer, longestProbe, Footer.MAX_LONGEST_PROBE + 1);
      sign(footer, content);
      specimen.write(footer.array(), 0, Footer.BYTES, footerAt);
      assertEquals(
          "a lookup must inspect at most 1024 slots: longestProbe=1025 slotCount="
              + specimen.footer.geometry().slotCount()
              + ", path="
              + specimen.path,
          assertThrows(CorruptAlmanacException.class, () -> Almanac.open(specimen.path))
              .getMessage());
    }
  }

  /** Geometry that agrees with itself, so that open believes it, over a content that misleads. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void aFileThatAgreesWithItselfAndMisleadsHarmsNobody(Kind kind) throws Exception {
    SplittableRandom random = new SplittableRandom(kind.ordinal());
    Path file = folder.resolve("forged.almanac");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int n = 0; n < Trial.count(150, 30_000); n++) {
        byte[] forged =
            kind.layout == Layout.ENTRIES ? forge(random, kind.idKind) : forgePages(random, kind);
        channel.truncate(forged.length);
        ByteBuffer source = ByteBuffer.wrap(forged);
        while (source.hasRemaining()) {
          channel.write(source, source.position());
        }
        judge(file, "forged file number " + n, forged.length, kind.texts());
        ByteBuffer footer =
            ByteBuffer.wrap(forged, forged.length - Footer.BYTES, Footer.BYTES)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN);
        if (kind == Kind.NUMBERS && trustingReaderIsHarmed(forged, footer)) {
          harmedControl++;
        }
      }
    }
    assertTrue(named + answered > count / 4, "open must believe many of them");
    assertTrue(named > count / 100, "some must mislead a lookup");
    assertTrue(
        kind != Kind.NUMBERS || harmedControl > count / 100,
        "the control: a trusting reader must be harmed");
    record(
        "contents " + kind.name().toLowerCase(),
        "forged files: slots, entries, codes, segment headers and dictionary that point outside,"
            + " overlap, or fill every slot",
        kind == Kind.NUMBERS);
  }

  private void record(String part, String tried, boolean withControl) {
    Map<String, Long> result = new LinkedHashMap<>();
    result.put("refused by open", refused);
    result.put("opened, a lookup named the damage", named);
    result.put("opened, every lookup answered from the dictionary", answered);
    result.put("opened, and verify found nothing wrong", verified);
    result.put("crashed, took over 1 s, too much heap, or threw anything unnamed", 0L);
    if (withControl) {
      result.put("control: harmed a reader that trusts the footer", harmedControl);
    }
    Trial.record(HostileFileTest.class, 3, part, tried, count, result);
  }

  /** A file of up to some 60 KB in which everything but the contents is as open asks for it. */
  private static byte[] forge(SplittableRandom random, IdKind kind) throws Exception {
    int dateCount = new int[] {0, 1, 3, 255, 256}[random.nextInt(5)];
    int codeBytes = DictionarySection.codeBytes(dateCount);
    int slotCount = 1 << random.nextInt(9);
    int keyBits = random.nextInt(1, 32);
    int chunkBytes = kind == IdKind.LONG ? Long.BYTES + codeBytes : random.nextInt(1, 40);
    int chunkCount = random.nextInt(1, 100);
    int countersOffset = slotCount * StoreGeometry.SLOT_BYTES + random.nextInt(3) * 64;
    int entrySpaceOffset =
        countersOffset + StoreGeometry.COUNTERS_BYTES + (chunkCount + 7) / 8 + random.nextInt(20);
    long tierBytes = (entrySpaceOffset + (long) chunkCount * chunkBytes + 63) / 64 * 64;
    int segmentCount = new int[] {1, 2, 3, 4}[random.nextInt(4)];
    long headersOffset = random.nextInt(3) * 8L;
    int headerBytes = new int[] {32, 40, 192}[random.nextInt(3)];
    StoreGeometry g =
        new StoreGeometry(
            segmentCount,
            headersOffset,
            headerBytes,
            headersOffset + (long) segmentCount * headerBytes,
            tierBytes,
            slotCount,
            keyBits,
            countersOffset,
            entrySpaceOffset,
            chunkBytes,
            chunkCount);
    byte[] dictionary = dictionary(random, dateCount);
    long dictionaryOffset = StoreGeometry.align(g.storeBytes(), Footer.PAGE_BYTES);
    Footer footer =
        footer(
            g,
            kind,
            PageLayout.entries(dateCount),
            dateCount,
            new Sections(dictionary, dictionary.length, 0),
            new long[] {dateCount == 0 ? 0 : 1, dateCount == 0 ? 0 : 1, 0, 0},
            kind == IdKind.LONG ? 8 : random.nextInt(1, 1025),
            random.nextInt(4) == 0 ? random.nextInt(slotCount + 1) : slotCount);
    byte[] file = new byte[(int) footer.fileBytes()];
    ByteBuffer b = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    for (int segment = 0; segment < segmentCount; segment++) {
      fillTier(random, b, footer, segment);
    }
    System.arraycopy(dictionary, 0, file, (int) dictionaryOffset, dictionary.length);
    reseal(file, footer);
    return file;
  }

  /** The dictionary and what follows it, zeros and a shape. */
  private record Sections(byte[] bytes, int dictionaryBytes, int shapeBytes) {}

  /** {@code counts} are IDs, entries, the lowest and the highest ID. */
  private static Footer footer(
      StoreGeometry g,
      IdKind kind,
      PageLayout pages,
      int dateCount,
      Sections sections,
      long[] counts,
      int longestIdBytes,
      int longestProbe) {
    long dictionaryOffset = Footer.dictionaryOffset(g.storeBytes(), pages);
    long contentBytes = dictionaryOffset + sections.bytes.length;
    return new Footer(
        g,
        dictionaryOffset,
        sections.dictionaryBytes,
        sections.shapeBytes,
        BlockChecksums.crc(ByteBuffer.wrap(sections.bytes)),
        0,
        kind,
        pages,
        dateCount,
        counts[0],
        counts[1],
        counts[2],
        counts[3],
        longestIdBytes,
        longestProbe,
        "2026.1",
        Footer.NO_EDITION);
  }

  /** A file of pages in which everything but the contents is as open asks for it. */
  private static byte[] forgePages(SplittableRandom random, Kind kind) throws Exception {
    if (kind.layout == Layout.BLOCKS) {
      return forgeBlocks(random, kind);
    }
    boolean direct = kind.layout == Layout.DIRECT;
    int dateCount = new int[] {1, 3, 255, 256}[random.nextInt(4)];
    int codeBits = PageLayout.codeBits(dateCount);
    IdShape shape = kind.shape;
    int keyBits = shape == null ? random.nextInt(direct ? 12 : 10, 65) : shape.keyBits();
    int lowKeyBits = shape == null ? 0 : shape.lowKeyBits();
    int pageBits = direct ? random.nextInt(9, 11) : random.nextInt(4);
    int pageCount = random.nextInt(1, 5);
    if (lowKeyBits > 0) {
      // So many that a slot has room for a code of nine bits.
      pageBits = 2;
      pageCount = random.nextInt(32, 40);
    }
    long firstKey =
        lowKeyBits > 0
            ? 0
            : keyBits == 64 || shape != null ? Long.MIN_VALUE : random.nextInt(-50, 50);
    long last = direct ? ((long) pageCount << pageBits) - 1 : -1L >>> -keyBits;
    if (shape != null) {
      last = shape.isWide() ? 0 : Math.min(last, shape.highestKey() - firstKey);
    }
    PageLayout pages =
        new PageLayout(
            kind.layout,
            firstKey,
            direct ? PageLayout.bits(last) : keyBits,
            lowKeyBits,
            codeBits,
            pageBits,
            direct
                ? 0
                : HashedPages.slotBytes(
                    keyBits, lowKeyBits, codeBits, (long) pageCount << pageBits),
            direct ? 0 : random.nextLong());
    int entryBytes = (int) pages.entryBytes();
    StoreGeometry g = geometry(pageCount, entryBytes);
    if (pages.fault(g, dateCount, pageCount) != null) {
      // Keys and codes that no slot holds.
      return forgePages(random, kind);
    }
    Sections sections = sections(random, dateCount, shape);
    long[] counts = {1, pageCount, firstKey, firstKey + last};
    Footer footer =
        footer(
            g,
            kind.idKind,
            pages,
            dateCount,
            sections,
            counts,
            shape == null ? 8 : shape.longestIdBytes(),
            direct ? 1 : random.nextInt(1, 8));
    byte[] file = new byte[(int) footer.fileBytes()];
    byte[] noise = new byte[pageCount * entryBytes];
    random.nextBytes(noise);
    System.arraycopy(noise, 0, file, (int) g.tierOffset(0) + 256, noise.length);
    if (!direct) {
      HashedPages buckets = new HashedPages(pages, pageCount);
      int at = (int) PageLayout.dataOffset(g);
      misleadInBuckets(random, file, at, pages, buckets, kind, 0);
    }
    System.arraycopy(
        sections.bytes, 0, file, (int) footer.dictionaryOffset(), sections.bytes.length);
    reseal(file, footer);
    return file;
  }

  /** A dictionary, and a shape that is right in four of five files. */
  private static Sections sections(SplittableRandom random, int dateCount, IdShape shape) {
    byte[] dictionary = dictionary(random, dateCount);
    if (shape == null) {
      return new Sections(dictionary, dictionary.length, 0);
    }
    ByteBuffer section = shape.encodeSection().order(ByteOrder.LITTLE_ENDIAN);
    if (random.nextInt(5) == 0) {
      int at = random.nextInt(section.capacity());
      switch (random.nextInt(4)) {
        case 0 -> section.put(at, (byte) random.nextInt());
        case 1 -> section.putInt(random.nextInt(2) * 4, random.nextInt(-1, 260));
        case 2 -> section.putLong(at & -8, random.nextLong());
        default -> section.putLong(at & -8, 0);
      }
    }
    int shapeAt = (dictionary.length + 7) / 8 * 8;
    byte[] bytes = Arrays.copyOf(dictionary, shapeAt + section.capacity());
    section.get(0, bytes, shapeAt, section.capacity());
    return new Sections(bytes, dictionary.length, section.capacity());
  }

  private static StoreGeometry geometry(int pageCount, int entryBytes) {
    return new StoreGeometry(
        1,
        64,
        64,
        128,
        (256 + pageCount * entryBytes + 63) / 64 * 64,
        16,
        14,
        64,
        256,
        entryBytes,
        pageCount);
  }

  /** Likewise a file of blocks, whose directory has any block at any index. */
  private static byte[] forgeBlocks(SplittableRandom random, Kind kind) throws Exception {
    int dateCount = new int[] {1, 3, 255, 256}[random.nextInt(4)];
    int blockBits = random.nextInt(4, 7);
    int keyBits = random.nextInt(blockBits + 6, 64);
    int pageBits = random.nextInt(9, 11);
    int blockCount = random.nextInt(1, 40);
    int directoryPageBits = random.nextInt(1, 4);
    int directoryPages = random.nextInt(1, 4);
    int slotBytes =
        HashedPages.slotBytes(
            keyBits - blockBits,
            0,
            PageLayout.codeBits(blockCount),
            (long) directoryPages << directoryPageBits);
    PageLayout buckets =
        Directory.pages(
            keyBits, blockBits, blockCount, directoryPageBits, slotBytes, random.nextLong());
    Directory directory =
        new Directory(blockBits, blockCount, buckets, directoryPages, random.nextInt(1, 8));
    PageLayout pages =
        new PageLayout(
            Layout.BLOCKS,
            0,
            keyBits,
            0,
            PageLayout.codeBits(dateCount),
            pageBits,
            0,
            0,
            directory);
    int pageCount = (int) directory.codePageCount(pageBits);
    StoreGeometry g = geometry(pageCount, (int) pages.entryBytes());
    if (pages.fault(g, dateCount, pageCount) != null) {
      return forgeBlocks(random, kind);
    }
    Sections sections = sections(random, dateCount, null);
    long[] counts = {blockCount, pageCount, 0, -1L >>> -keyBits};
    Footer footer = footer(g, kind.idKind, pages, dateCount, sections, counts, 8, 1);
    byte[] file = new byte[(int) footer.fileBytes()];
    byte[] noise = new byte[pageCount * (int) pages.entryBytes()];
    random.nextBytes(noise);
    System.arraycopy(noise, 0, file, (int) g.tierOffset(0) + 256, noise.length);
    byte[] slots = new byte[random.nextBoolean() ? 0 : (int) directory.bytes()];
    random.nextBytes(slots);
    System.arraycopy(slots, 0, file, (int) footer.directoryOffset(), slots.length);
    misleadInBuckets(
        random,
        file,
        (int) footer.directoryOffset(),
        buckets,
        new HashedPages(buckets, directoryPages),
        kind,
        blockBits);
    System.arraycopy(
        sections.bytes, 0, file, (int) footer.dictionaryOffset(), sections.bytes.length);
    reseal(file, footer);
    return file;
  }

  /**
   * Gives each number, or its block, a slot in which it is found, at home or elsewhere, with any
   * code.
   */
  private static void misleadInBuckets(
      SplittableRandom random,
      byte[] file,
      int bucketsAt,
      PageLayout layout,
      HashedPages pages,
      Kind kind,
      int blockBits) {
    ByteBuffer b = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    String[] texts = kind.texts();
    long[] keys = kind.shape == null ? NUMBERS : new long[texts.length];
    long[] lows = new long[keys.length];
    if (kind.shape != null) {
      for (int i = 0; i < texts.length; i++) {
        byte[] text = texts[i].getBytes(StandardCharsets.UTF_8);
        kind.shape.encode(text, 0, text.length, keys, lows, i);
      }
    }
    for (int i = 0; i < keys.length; i++) {
      long key = keys[i] - layout.firstKey() >>> blockBits;
      long mixed = layout.lowKeyBits() == 0 ? pages.mix(key) : pages.mix(key, lows[i]);
      long rest = pages.rest(mixed);
      int distance = random.nextInt(8);
      long bucket = pages.after(pages.bucket(mixed), random.nextBoolean() ? distance : 0);
      int at = bucketsAt + (int) pages.offset(bucket);
      int index = random.nextInt(pages.slotCount);
      b.put(at + index, (byte) pages.tag(rest));
      BigInteger slot =
          BigInteger.valueOf(distance)
              .shiftLeft(8 * pages.slotBytes - 4)
              .or(
                  unsigned(pages.restBelowTag(rest))
                      .shiftLeft(layout.lowKeyBits())
                      .or(unsigned(lows[i]))
                      .shiftLeft(layout.codeBits()))
              .or(BigInteger.valueOf(random.nextInt(1 << layout.codeBits())));
      for (int k = 0; k < pages.slotBytes; k++) {
        b.put(at + 64 - (index + 1) * pages.slotBytes + k, slot.shiftRight(8 * k).byteValue());
      }
    }
  }

  private static BigInteger unsigned(long number) {
    return new BigInteger(Long.toUnsignedString(number));
  }

  /** IDs that a forged file leads astray; one of its slots is made for each of them. */
  private static final long[] NUMBERS = {0, 1, -1, 42, Long.MIN_VALUE, Long.MAX_VALUE};

  private static final String[] TEXTS = {"a", "42", "caf\u00e9", "x".repeat(128), "x".repeat(1024)};

  private static void fillTier(SplittableRandom random, ByteBuffer b, Footer footer, int segment) {
    StoreGeometry g = footer.geometry();
    int tier = (int) g.tierOffset(segment);
    byte[] noise = new byte[(int) g.tierBytes() - g.entrySpaceOffset()];
    random.nextBytes(noise);
    b.put(tier + g.entrySpaceOffset(), noise);
    // Full tables too, of one key: the way of a lookup is then a circle.
    int fill = random.nextInt(4);
    int circleKey = g.slotKey(Xxh64.hash(NUMBERS[random.nextInt(NUMBERS.length)]));
    for (int slot = 0; slot < g.slotCount(); slot++) {
      int chunk = random.nextInt(3) == 0 ? random.nextInt() : random.nextInt(g.chunkCount());
      int key = fill == 3 ? circleKey : random.nextInt() & (int) ((1L << g.keyBits()) - 1);
      if (fill > 1 || random.nextInt(3) < fill) {
        b.putInt(tier + slot * StoreGeometry.SLOT_BYTES, key | chunk << g.keyBits());
      }
    }
    for (int i = 0; i < 6; i++) {
      boolean numbers = footer.idKind() == IdKind.LONG;
      long page = NUMBERS[i % NUMBERS.length];
      byte[] text = TEXTS[i % TEXTS.length].getBytes(StandardCharsets.UTF_8);
      long hash = numbers ? Xxh64.hash(page) : Xxh64.hash(text, 0, text.length);
      int key = g.slotKey(hash);
      // In the tier, at its very end, or outside it.
      int chunk =
          switch (random.nextInt(4)) {
            case 0 -> random.nextInt(g.chunkCount());
            case 1 -> g.chunkCount() - 1;
            case 2 -> g.chunkCount();
            default -> random.nextInt();
          };
      b.putInt(
          tier + (key & g.slotCount() - 1) * StoreGeometry.SLOT_BYTES, key | chunk << g.keyBits());
      int entry = tier + g.entrySpaceOffset() + chunk * g.chunkBytes();
      if (chunk >= 0 && chunk < g.chunkCount()) {
        if (numbers) {
          b.putLong(entry, page);
        } else {
          int room = Math.min(text.length + 2, tier + (int) g.tierBytes() - entry);
          byte[] start = new byte[text.length + 2];
          start[0] = (byte) (text.length < 0x80 ? text.length : text.length & 0x7F | 0x80);
          start[1] = (byte) (text.length >> 7);
          System.arraycopy(text, 0, start, text.length < 0x80 ? 1 : 2, text.length);
          b.put(entry, start, 0, room);
        }
      }
    }
    int header = (int) g.segmentHeaderOffset(segment);
    b.putInt(header + 8, random.nextInt(3) == 0 ? random.nextInt() : g.chunkCount());
  }

  /** Right in two of three files; else with one thing wrong that a reader must see. */
  private static byte[] dictionary(SplittableRandom random, int dateCount) {
    ByteBuffer section = FirstDays.section(dateCount);
    if (dateCount > 0 && random.nextInt(3) == 0) {
      int offsets = (int) DictionarySection.textOffsetsOffset(dateCount);
      int n = random.nextInt(dateCount);
      switch (random.nextInt(5)) {
        case 0 -> section.putLong(n * Long.BYTES, Long.MAX_VALUE);
        case 1 -> section.putLong(n * Long.BYTES, random.nextLong());
        case 2 -> section.putInt(offsets + (n + 1) * Integer.BYTES, Integer.MIN_VALUE);
        case 3 -> section.putInt(offsets + n * Integer.BYTES, random.nextInt(5_000));
        default -> section.put(section.capacity() - 1, (byte) 0xFF);
      }
    }
    return section.array();
  }

  /** Uses one file in every way; throws what is neither an answer nor a named exception. */
  private void judge(Path file, String what, int fileBytes, String[] texts) throws IOException {
    if (++opens % OPENS_PER_COLLECTION == 0) {
      // A process may have some 65,000 mappings, and those of a closed almanac go with a
      // collection.
      System.gc();
    }
    long cpuBefore = THREAD.getCurrentThreadCpuTime();
    long allocatedBefore = THREAD.getThreadAllocatedBytes(Thread.currentThread().getId());
    count++;
    try {
      boolean opened = false;
      int namedHere = 0;
      try (Almanac almanac = Almanac.open(file)) {
        opened = true;
        namedHere = useThoroughly(almanac, texts);
      } catch (CorruptAlmanacException | UnsupportedFormatException e) {
        refused++;
      }
      boolean ok = Almanac.verify(file).ok();
      assertFalse(ok && !opened, "verify must not accept what open refuses");
      if (opened) {
        named += namedHere > 0 ? 1 : 0;
        answered += namedHere == 0 ? 1 : 0;
        verified += ok ? 1 : 0;
      }
    } catch (RuntimeException | Error e) {
      fail("a hostile file must end in an answer or a named exception: " + what, e);
    }
    long cpuNanos = THREAD.getCurrentThreadCpuTime() - cpuBefore;
    long allocated =
        THREAD.getThreadAllocatedBytes(Thread.currentThread().getId()) - allocatedBefore;
    assertTrue(cpuNanos <= MAX_CPU_NANOS, () -> "cpuNanos=" + cpuNanos + " for " + what);
    assertTrue(
        allocated <= MAX_ALLOCATED_BYTES + fileBytes,
        () -> "allocatedBytes=" + allocated + " for " + what);
  }

  private interface Use {
    void run();
  }

  private static int useThoroughly(Almanac almanac, String[] texts) {
    DateDictionary dictionary = almanac.dictionary();
    int size = dictionary.size();
    for (int code = 0; code < size; code++) {
      dictionary.text(code);
      dictionary.date(code);
    }
    dictionary.floor(LocalDate.MAX);
    dictionary.ceiling(LocalDate.MIN);
    int named = 0;
    int[] codes = new int[64];
    for (long id : NUMBERS) {
      named += use(() -> assertInDictionary(almanac.code(id), size));
    }
    for (String id : texts) {
      named += use(() -> assertInDictionary(almanac.code(id), size));
    }
    named +=
        use(
            () -> {
              almanac.codes(NUMBERS, codes);
              for (int i = 0; i < NUMBERS.length; i++) {
                assertInDictionary(codes[i], size);
              }
            });
    named +=
        use(
            () -> {
              almanac.codes(texts, codes);
              for (int i = 0; i < texts.length; i++) {
                assertInDictionary(codes[i], size);
              }
            });
    named +=
        use(
            () -> {
              if (almanac.idKind() == IdKind.LONG) {
                almanac.forEach((id, code) -> assertInDictionary(code, size));
              } else {
                almanac.forEachText((id, code) -> assertInDictionary(code, size));
              }
            });
    almanac.info();
    almanac.residentBytes();
    return named + (almanac.toString().isEmpty() ? 1 : 0);
  }

  private static void assertInDictionary(int code, int size) {
    assertTrue(code >= Almanac.ABSENT && code < size, () -> "code=" + code + " dateCount=" + size);
  }

  private static int use(Use use) {
    try {
      use.run();
      return 0;
    } catch (UncheckedIOException e) {
      assertTrue(e.getCause() instanceof CorruptAlmanacException, e::toString);
      return 1;
    }
  }

  /**
   * The control: the lookup of docs/format.md to the letter, without a check. Whether some ID leads
   * it out of the file, to no date, into an endless probe or an arithmetic fault.
   */
  private static boolean trustingReaderIsHarmed(byte[] file, ByteBuffer footer) {
    ByteBuffer b = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    for (long id : NUMBERS) {
      try {
        long hash = Xxh64.hash(id);
        int segmentCount = footer.getInt(112);
        int segment = ((int) hash & 0x7FFFFFFF) % segmentCount;
        long tier = footer.getLong(136) + segment * footer.getLong(144);
        int keyBits = footer.getInt(156);
        int mask = (int) ((1L << keyBits) - 1);
        int shift =
            segmentCount == 1
                ? 0
                : Integer.bitCount(segmentCount) == 1
                    ? Integer.numberOfTrailingZeros(segmentCount)
                    : 31;
        int key = (int) (hash >>> shift) & mask;
        key = key == 0 ? mask : key;
        int slotMask = footer.getInt(152) - 1;
        int position = key & slotMask;
        for (int probe = 0; ; probe++) {
          if (probe > 100_000) {
            return true;
          }
          int slot = b.getInt(Math.toIntExact(tier + 4L * position));
          if (slot == 0) {
            break;
          }
          long entry = tier + footer.getInt(164) + (long) (slot >>> keyBits) * footer.getInt(168);
          if ((slot & mask) == key && b.getLong(Math.toIntExact(entry)) == id) {
            int codeBytes = footer.getInt(60) / 8;
            long place = entry + 8;
            int code =
                codeBytes == 1
                    ? b.get(Math.toIntExact(place)) & 0xFF
                    : b.getShort(Math.toIntExact(place)) & 0xFFFF;
            if (code >= footer.getInt(64)) {
              return true;
            }
            break;
          }
          position = position + 1 & slotMask;
        }
      } catch (IndexOutOfBoundsException | ArithmeticException e) {
        return true;
      }
    }
    return false;
  }

  /** Stands in for a class of the application whose initialiser does harm. */
  static final class Gadget {
    static final String LOADED = "almanac.reliability.gadget";

    static {
      System.setProperty(LOADED, "true");
    }

    private Gadget() {}
  }

  /**
   * Chronicle's header is text that names classes, and stock Chronicle Map loads and instantiates
   * them.
   */
  @Test
  void noClassThatChroniclesHeaderNamesIsLoaded() throws Exception {
    System.clearProperty(Gadget.LOADED);
    String gadget = getClass().getName() + "$Gadget";
    SampleRows rows = SampleRows.sparse(200, 20);
    try (Specimen specimen = Specimen.build(folder, rows, Layout.ENTRIES)) {
      byte[] forged = specimen.whole.clone();
      String header =
          new String(
              forged,
              0,
              (int) specimen.footer.geometry().segmentHeadersOffset(),
              StandardCharsets.ISO_8859_1);
      int named = 0;
      for (int at = header.indexOf("!net."); at >= 0; at = header.indexOf("!net.", at + 1)) {
        int end = header.indexOf(' ', at);
        if (end - at - 1 >= gadget.length()) {
          byte[] name =
              (gadget + " ".repeat(end - at - 1 - gadget.length()))
                  .getBytes(StandardCharsets.ISO_8859_1);
          System.arraycopy(name, 0, forged, at + 1, name.length);
          named++;
        }
      }
      assertTrue(named > 0);
      signChroniclesHeader(forged);
      reseal(forged, specimen.footer);
      specimen.write(forged, 0, forged.length, 0);
      assertTrue(Almanac.verify(specimen.path).ok(), "its checksums are right");
      try (Almanac almanac = Almanac.open(specimen.path)) {
        rows.assertAnsweredBy(almanac);
      }
      assertNull(System.getProperty(Gadget.LOADED), "a reader must load no class by name");
      // The control: the header does name it, in a way that makes stock Chronicle Map load it.
      Path copy = folder.resolve("copy.dat");
      Files.write(copy, forged);
      assertThrows(
          Throwable.class,
          () ->
              ChronicleMapBuilder.of(Long.class, byte[].class)
                  .createPersistedTo(copy.toFile())
                  .close());
      assertEquals("true", System.getProperty(Gadget.LOADED), "stock must load the class");
      Map<String, Long> result = new LinkedHashMap<>();
      result.put("loaded by open, lookups, iteration or verify", 0L);
      result.put("control: loaded by stock Chronicle Map", 1L);
      Trial.record(
          HostileFileTest.class,
          3,
          "class names",
          "every type name of Chronicle's header long enough replaced by that of a class with an"
              + " initialiser",
          named,
          result);
    }
  }

  /** Chronicle's header begins with the hash of what follows, and its size. */
  private static void signChroniclesHeader(byte[] file) {
    ByteBuffer b = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int headerBytes = b.getInt(Long.BYTES) & 0x3FFFFFFF;
    b.putLong(0, Xxh64.hash(file, Long.BYTES, Integer.BYTES + headerBytes));
  }

  /** Makes block checksums, edition and the footer's checksum right again. */
  private static void reseal(byte[] file, Footer footer) throws Exception {
    ByteBuffer b = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer checksums = BlockChecksums.allocate(footer.contentBytes());
    for (int from = 0; from < footer.contentBytes(); from += BlockChecksums.BLOCK_BYTES) {
      int bytes = (int) Math.min(BlockChecksums.BLOCK_BYTES, footer.contentBytes() - from);
      checksums.putInt(BlockChecksums.crc(ByteBuffer.wrap(file, from, bytes)));
    }
    checksums.flip();
    b.put((int) footer.checksumsOffset(), checksums, 0, checksums.limit());
    Footer withCrc =
        footer.sealed(footer.longestProbe(), BlockChecksums.crc(checksums), Footer.NO_EDITION);
    int footerAt = (int) footer.footerOffset();
    b.put(footerAt, FooterBytes.encode(withCrc), 0, Footer.BYTES);
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(file, 0, footerAt + Footer.EDITION_OFFSET);
    b.put(
        footerAt,
        FooterBytes.encode(withCrc.withEdition(HexFormat.of().formatHex(digest.digest()))),
        0,
        Footer.BYTES);
  }
}
