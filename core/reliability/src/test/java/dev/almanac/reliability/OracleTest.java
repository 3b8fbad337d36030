package dev.almanac.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.almanac.Almanac;
import dev.almanac.DateDictionary;
import dev.almanac.IdKind;
import dev.almanac.build.AlmanacBuilder;
import dev.almanac.build.RowSource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Lookups against an oracle: the ID with number {@code n}, whether the file holds it, and its date
 * are functions of {@code n}, so that an oracle of any size takes no memory.
 */
@Timeout(value = 600, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
class OracleTest {
  private static final int BATCH = 500;
  private static final LocalDate FIRST_DATE = LocalDate.of(1970, 1, 1);

  @TempDir Path folder;

  /** How IDs come: the file holds the even numbers of 0 to 2 * n, or those that a rule takes. */
  private enum Ids {
    SPARSE(70_000) {
      @Override
      long id(int n) {
        return mix(n);
      }
    },
    DENSE(300) {
      @Override
      long id(int n) {
        return 1_000_000L + n;
      }

      @Override
      boolean isHeld(int n) {
        return (mix(n) & 7) != 0;
      }
    },
    AT_THE_ENDS(3) {
      @Override
      long id(int n) {
        int k = n >> 2;
        return switch (n & 3) {
          case 0 -> Long.MIN_VALUE + k;
          case 1 -> Long.MAX_VALUE - k;
          case 2 -> k;
          default -> -1L - k;
        };
      }

      @Override
      boolean isHeld(int n) {
        return (mix(n) & 1) != 0;
      }
    },
    STRIDED(255) {
      @Override
      long id(int n) {
        return n * 1_000_003L - 7;
      }
    },
    TEXT(2_000) {
      @Override
      String text(int n) {
        // Of 4 to some 140 bytes, so that lengths of one byte and of two meet.
        String start = "ORD-" + Long.toString(mix(n), 36);
        return n % 16 == 0 ? start + "/" + "x".repeat((int) (mix(n) >>> 57)) : start;
      }
    };

    final int dateCount;

    Ids(int dateCount) {
      this.dateCount = dateCount;
    }

    long id(int n) {
      throw new UnsupportedOperationException("the IDs are texts");
    }

    String text(int n) {
      return Long.toString(id(n));
    }

    boolean isHeld(int n) {
      return (n & 1) == 0;
    }

    /** The number of days from the first date. */
    int date(int n) {
      return (int) Long.remainderUnsigned(mix(~n), dateCount);
    }

    /** A bijection (D. Stafford's variant 13 of MurmurHash3's finaliser). */
    static long mix(long n) {
      long z = n + 0x9E3779B97F4A7C15L;
      z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
      z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
      return z ^ z >>> 31;
    }
  }

  @ParameterizedTest
  @EnumSource(Ids.class)
  void everyLookupAnswersAsTheOracle(Ids ids) throws IOException {
    int numbers = Trial.count(10_000, 2_000_000);
    int lookups = Trial.count(50_000, 20_000_000);
    Path file = folder.resolve("oracle.almanac");
    AlmanacBuilder.create()
        .build(
            RowSource.of(
                () ->
                    IntStream.range(0, numbers)
                        .filter(ids::isHeld)
                        .mapToObj(
                            n ->
                                new RowSource.Row(
                                    ids.text(n), FIRST_DATE.plusDays(ids.date(n)).toString()))),
            file);
    try (Almanac almanac = Almanac.open(file)) {
      assertEquals(ids == Ids.TEXT ? IdKind.TEXT : IdKind.LONG, almanac.idKind());
      long held = compare(almanac, ids, numbers, lookups, 0);
      // The control: an oracle that is wrong in one of a thousand is noticed.
      assertThrows(
          AssertionError.class,
          () -> compare(almanac, ids, numbers, Math.min(lookups, 50_000), 1000));
      Map<String, Long> result = new LinkedHashMap<>();
      result.put("known IDs, the right date", held);
      result.put("unknown IDs, absent", lookups - held);
      result.put("mismatches", 0L);
      Trial.record(
          OracleTest.class,
          13,
          "oracle " + ids.name().toLowerCase().replace('_', ' '),
          "lookups in random order, half of them in batches, layout "
              + almanac.info().layout()
              + ", codes of "
              + almanac.info().codeBits()
              + " bits",
          lookups,
          result);
    }
  }

  /** How many of the IDs were held. {@code wrongEvery} makes an oracle that errs, if not 0. */
  private static long compare(Almanac almanac, Ids ids, int numbers, int lookups, int wrongEvery) {
    DateDictionary dictionary = almanac.dictionary();
    SplittableRandom random = new SplittableRandom(ids.ordinal());
    int[] chosen = new int[BATCH];
    int[] codes = new int[BATCH];
    long[] longs = new long[BATCH];
    String[] texts = new String[BATCH];
    long held = 0;
    for (int done = 0; done < lookups; done += BATCH) {
      boolean runs = done % (4 * BATCH) == 0;
      int start = random.nextInt(numbers - BATCH);
      for (int i = 0; i < BATCH; i++) {
        // Every fourth time neighbours, as a sorted batch has them.
        chosen[i] = runs ? start + i : random.nextInt(numbers);
        if (ids == Ids.TEXT) {
          texts[i] = ids.text(chosen[i]);
        } else {
          longs[i] = ids.id(chosen[i]);
        }
      }
      if (done / BATCH % 2 == 0) {
        if (ids == Ids.TEXT) {
          almanac.codes(texts, codes);
        } else {
          almanac.codes(longs, codes);
        }
      } else {
        for (int i = 0; i < BATCH; i++) {
          codes[i] = ids == Ids.TEXT ? almanac.code(texts[i]) : almanac.code(longs[i]);
        }
      }
      for (int i = 0; i < BATCH; i++) {
        int n = chosen[i];
        boolean isHeld = ids.isHeld(n) ^ (wrongEvery != 0 && n % wrongEvery == 0);
        boolean right =
            isHeld
                ? codes[i] >= 0
                    && dictionary.epochDay(codes[i]) == FIRST_DATE.toEpochDay() + ids.date(n)
                : codes[i] == Almanac.ABSENT;
        if (!right) {
          throw new AssertionError(
              "a lookup must answer as the oracle: id="
                  + ids.text(n)
                  + " code="
                  + codes[i]
                  + " held="
                  + isHeld);
        }
        held += isHeld ? 1 : 0;
      }
    }
    return held;
  }
}
