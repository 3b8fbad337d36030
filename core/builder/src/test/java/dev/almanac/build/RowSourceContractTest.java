package dev.almanac.build;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.almanac.SampleRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A source that breaks the contract of {@link RowSink} could lose rows or give an ID the date of an
 * earlier row. Each way to break it ends the build with an exception that names the source,
 * whatever the policy, and the old file stays.
 */
class RowSourceContractTest {
  @TempDir Path folder;

  /** What a source does in one call of {@code next}. */
  private interface Step {
    void give(RowSink sink) throws IOException;
  }

  private static RowSource source(Step... steps) {
    return () -> {
      AtomicInteger next = new AtomicInteger();
      return new RowSource.Splits() {
        @Override
        public boolean next(RowSink sink) throws IOException {
          int step = next.getAndIncrement();
          if (step >= steps.length) {
            return false;
          }
          steps[step].give(sink);
          return true;
        }

        @Override
        public void close() {}
      };
    };
  }

  private static void row(RowSink sink, int line) throws IOException {
    sink.row(line, 7L, "2024-01-01".getBytes(UTF_8), 0, 10);
  }

  private static Step split(long number, String source, long firstLine, long lineCount) {
    return sink -> {
      sink.begin(number, source, firstLine, () -> "7|2024-01-01");
      row(sink, 0);
      sink.end(lineCount);
    };
  }

  private static Step badSplit(long number) {
    return sink -> {
      sink.begin(number, "ledger.txt", number == 0 ? 1 : 0, () -> "");
      sink.bad(0, BadRowReason.EMPTY_ID, "id=", "|2024-01-01");
      sink.end(1);
    };
  }

  private void assertRefused(String message, Step... steps) throws IOException {
    Path target = folder.resolve("sample.almanac");
    Files.writeString(target, "the old file");
    for (BadRowPolicy policy : List.of(BadRowPolicy.fail(), BadRowPolicy.skip())) {
      IllegalStateException refused =
          assertThrows(
              IllegalStateException.class,
              () ->
                  AlmanacBuilder.create().threads(1).onBadRow(policy).build(source(steps), target));
      assertEquals(message, refused.getMessage());
    }
    assertEquals("the old file", Files.readString(target));
    assertEquals(List.of("sample.almanac"), SampleRows.names(folder));
  }

  @Test
  void aGapInTheNumbersOfSplitsHidesNoBadRow() throws IOException {
    assertRefused(
        "the numbers of a source's splits must have no gap: missing=1 next=2, source=ledger.txt",
        split(0, "ledger.txt", 1, 1),
        badSplit(2),
        badSplit(3));
  }

  @Test
  void aSplitThatComesTwiceIsRefused() throws IOException {
    assertRefused(
        "the splits that a sink is given must have rising numbers: split=0 previous=0,"
            + " source=ledger.txt",
        split(0, "ledger.txt", 1, 1),
        split(0, "ledger.txt", 0, 1));
  }

  @Test
  void splitsOfOneSinkThatDescendAreRefused() throws IOException {
    assertRefused(
        "the splits that a sink is given must have rising numbers: split=1 previous=2,"
            + " source=ledger.txt",
        split(0, "ledger.txt", 1, 1),
        split(2, "ledger.txt", 0, 1),
        split(1, "ledger.txt", 0, 1));
  }

  @Test
  void aNegativeSplitIsRefused() throws IOException {
    assertRefused(
        "the splits that a sink is given must have rising numbers: split=-1 previous=-1,"
            + " source=ledger.txt",
        split(-1, "ledger.txt", 1, 1));
  }

  @Test
  void moreSplitsThanCanBeNumberedAreRefused() throws IOException {
    assertRefused(
        "a source must have fewer splits: split=2147483647 expectedAtMost=2147483639,"
            + " source=ledger.txt",
        split(Integer.MAX_VALUE, "ledger.txt", 1, 1));
  }

  @Test
  void linesThatDoNotAscendAreRefused() throws IOException {
    for (int line : new int[] {4, 3, -1}) {
      assertRefused(
          "the lines of a split must ascend: line=" + line + " previous=4, source=ledger.txt",
          sink -> {
            sink.begin(0, "ledger.txt", 1, () -> "");
            row(sink, 4);
            row(sink, line);
            sink.end(9);
          });
    }
  }

  @Test
  void aBadRowTakesALineToo() throws IOException {
    assertRefused(
        "the lines of a split must ascend: line=0 previous=0, source=ledger.txt",
        sink -> {
          sink.begin(0, "ledger.txt", 1, () -> "");
          row(sink, 0);
          sink.bad(0, BadRowReason.EMPTY_ID, "id=", "|");
          sink.end(1);
        });
  }

  @Test
  void aLineThatNoPositionHoldsIsRefused() throws IOException {
    assertRefused(
        "a row must begin within the first 2^24 lines of its split: line=16777216,"
            + " source=ledger.txt",
        sink -> {
          sink.begin(0, "ledger.txt", 1, () -> "");
          row(sink, (1 << 24) - 1);
          row(sink, 1 << 24);
          sink.end(1 << 25);
        });
  }

  @Test
  void aSplitWithoutBeginIsRefused() throws IOException {
    assertRefused("a split must begin before it ends: lineCount=1, source=", sink -> sink.end(1));
    assertRefused(
        "a row must be given within a split: line=0, source=",
        sink -> {
          row(sink, 0);
          sink.end(1);
        });
  }

  @Test
  void aRowAfterTheEndIsRefused() throws IOException {
    assertRefused(
        "a row must be given within a split: line=1, source=ledger.txt",
        split(0, "ledger.txt", 1, 2),
        sink -> row(sink, 1));
  }

  @Test
  void aSplitWithoutEndIsRefused() throws IOException {
    assertRefused(
        "a split must end before the source returns: split=0, source=ledger.txt",
        sink -> {
          sink.begin(0, "ledger.txt", 1, () -> "");
          row(sink, 0);
        });
    assertRefused(
        "a split must end before the next begins: split=0, source=ledger.txt",
        sink -> {
          sink.begin(0, "ledger.txt", 1, () -> "");
          row(sink, 0);
          sink.begin(1, "ledger.txt", 0, () -> "");
        });
  }

  @Test
  void fewerLinesThanTheRowsStandInAreRefused() throws IOException {
    assertRefused(
        "a split must have the lines of its rows: lineCount=0 lastLine=0, source=ledger.txt",
        split(0, "ledger.txt", 1, 0));
  }

  @Test
  void aFirstLineIsRequiredOfEachSource() throws IOException {
    assertRefused(
        "the first split of a source must have a first line: split=0, source=ledger.txt",
        split(0, "ledger.txt", 0, 1));
    assertRefused(
        "the first split of a source must have a first line: split=1, source=other.txt",
        split(0, "ledger.txt", 1, 1),
        split(1, "other.txt", 0, 1));
    assertRefused(
        "a first line must not be negative: firstLine=-3, source=ledger.txt",
        split(0, "ledger.txt", -3, 1));
  }

  /** As one whose last row is a quoted field that was never closed. */
  @Test
  void aSplitMayHaveFarMoreLinesThanItsRowsBeginIn() throws IOException {
    long lines = (1L << 31) + 5;
    RowSource source = source(split(0, "ledger.txt", 1, lines), badSplit(1));
    RefusedRowException refused =
        assertThrows(
            RefusedRowException.class,
            () ->
                AlmanacBuilder.create().threads(1).build(source, folder.resolve("sample.almanac")));
    assertEquals(lines + 1, refused.line());
  }

  @Test
  void threadsAreBounded() {
    for (int count : new int[] {Integer.MIN_VALUE, 0, 1_025, Integer.MAX_VALUE}) {
      assertEquals(
          "the number of threads must be from 1 to 1,024: threads=" + count,
          assertThrows(IllegalArgumentException.class, () -> AlmanacBuilder.create().threads(count))
              .getMessage());
    }
    AlmanacBuilder.create().threads(1).threads(1_024);
  }

  /** Two sinks that are both given split 0: each sees rising numbers. */
  @Test
  void twoSplitsOfOneNumberAreRefusedAlsoFromTwoThreads() throws IOException {
    Path target = folder.resolve("sample.almanac");
    for (int i = 0; i < 20; i++) {
      AtomicInteger calls = new AtomicInteger();
      RowSource twice =
          () ->
              new RowSource.Splits() {
                @Override
                public boolean next(RowSink sink) throws IOException {
                  if (calls.getAndIncrement() >= 2) {
                    return false;
                  }
                  try {
                    // So that the other thread takes the other call.
                    Thread.sleep(20);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  split(0, "ledger.txt", 1, 1).give(sink);
                  return true;
                }

                @Override
                public void close() {}
              };
      IllegalStateException refused =
          assertThrows(
              IllegalStateException.class,
              () -> AlmanacBuilder.create().threads(2).build(twice, target));
      String message = refused.getMessage();
      assertEquals(
          true,
          message.equals(
                  "the splits of a source must have numbers of their own: split=0,"
                      + " source=ledger.txt")
              || message.startsWith("the splits that a sink is given must have rising numbers:"),
          message);
    }
  }
}
