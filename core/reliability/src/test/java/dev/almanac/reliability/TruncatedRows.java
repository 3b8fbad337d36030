package dev.almanac.reliability;

import dev.almanac.Almanac;
import dev.almanac.AlmanacInfo;
import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.DelimitedRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The rows of the files that are cut short: for each layout of numbers and of texts a file. An ID
 * is known if its place is below {@link TruncationWorker#ID_COUNT}; as many others lie among them.
 */
enum TruncatedRows {
  NUMBERS_HASHED(IdKind.LONG, Layout.HASHED, i -> Long.toString(i * 0x9E3779B97F4A7C15L)),
  NUMBERS_DIRECT(IdKind.LONG, Layout.DIRECT, i -> Long.toString(1_000_000 + mixed(i))),
  NUMBERS_BLOCKS(IdKind.LONG, Layout.BLOCKS, i -> Long.toString(spread(mixed(i)))),
  NUMBERS_ENTRIES(IdKind.LONG, Layout.ENTRIES, i -> Long.toString(i * 0x9E3779B97F4A7C15L)),
  TEXTS_ENTRIES(IdKind.TEXT, Layout.ENTRIES, i -> "ORD-" + "x".repeat(i % 29) + i),
  TEXTS_DIRECT(IdKind.TEXT, Layout.DIRECT, i -> "C" + (10_000_000 + mixed(i))),
  TEXTS_HASHED(IdKind.TEXT, Layout.HASHED, i -> "C" + (1_000_000_000_000L + i * 0x9E3779B97L)),
  /** Keys of more than 64 bits. */
  TEXTS_WIDE(
      IdKind.TEXT,
      Layout.HASHED,
      i -> String.format("%016x%016x", i * 0x9E3779B97F4A7C15L, i * 0xC2B2AE3D27D4EB4FL)),
  TEXTS_BLOCKS(IdKind.TEXT, Layout.BLOCKS, i -> "C" + (10_000_000_000L + spread(mixed(i))));

  private interface Id {
    String of(int place);
  }

  private final IdKind kind;
  private final Layout layout;

  /** By place. */
  final String[] texts = new String[2 * TruncationWorker.ID_COUNT];

  /** By place, the same as numbers where they are numbers. */
  final long[] numbers = new long[texts.length];

  private final Map<String, Integer> placeOfText = new HashMap<>();
  private final Map<Long, Integer> placeOfNumber = new HashMap<>();

  TruncatedRows(IdKind kind, Layout layout, Id id) {
    this.kind = kind;
    this.layout = layout;
    for (int i = 0; i < texts.length; i++) {
      texts[i] = id.of(i);
      placeOfText.put(texts[i], i);
      if (kind == IdKind.LONG) {
        numbers[i] = Long.parseLong(texts[i]);
        placeOfNumber.put(numbers[i], i);
      }
    }
  }

  /** Known IDs and others in turn. */
  private static int mixed(int place) {
    int half = TruncationWorker.ID_COUNT;
    return place < half ? 2 * place : 2 * (place - half) + 1;
  }

  /** Runs of a hundred, far apart. */
  private static long spread(int n) {
    return n / 100 * 1_000_003L + n % 100;
  }

  boolean isText() {
    return kind == IdKind.TEXT;
  }

  /** The place of an ID, or -1. */
  int place(long id) {
    return placeOfNumber.getOrDefault(id, -1);
  }

  /** The place of an ID, or -1. */
  int place(String id) {
    return placeOfText.getOrDefault(id, -1);
  }

  /** Builds the file of these rows; its name is {@link #file}. */
  void build(Path folder) throws IOException {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < TruncationWorker.ID_COUNT; i++) {
      rows.append(texts[i])
          .append('|')
          .append(TruncationWorker.date(TruncationWorker.code(i)))
          .append('\n');
    }
    Path file = file(folder);
    AlmanacBuilder.create()
        .ids(kind)
        .layout(layout)
        .build(DelimitedRows.of(Files.writeString(folder.resolve("rows"), rows)), file);
    try (Almanac almanac = Almanac.open(file)) {
      AlmanacInfo info = almanac.info();
      if (info.layout() != layout) {
        throw new AssertionError(this + " must have its layout: found=" + info);
      }
    }
  }

  Path file(Path folder) {
    return folder.resolve(name() + ".almanac");
  }
}
