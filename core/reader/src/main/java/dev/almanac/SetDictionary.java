package dev.almanac;

import dev.almanac.format.DictionarySection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;

/** The dates of all shards of a set in one order, and what the codes of each shard are in it. */
final class SetDictionary {
  private final DateDictionary dates;

  /** By shard and its code: the code of the set; null where they are the same. */
  private final int[][] codesOfTheSet;

  private SetDictionary(DateDictionary dates, int[][] codesOfTheSet) {
    this.dates = dates;
    this.codesOfTheSet = codesOfTheSet;
  }

  static SetDictionary of(Almanac[] shards) {
    int[][] codesOfTheSet = new int[shards.length][];
    DateDictionary first = shards[0].dictionary();
    if (Arrays.stream(shards).allMatch(shard -> shard.dictionary().sameAs(first))) {
      return new SetDictionary(first, codesOfTheSet);
    }
    TreeMap<DateText, Integer> codes = new TreeMap<>();
    for (Almanac shard : shards) {
      for (int code = 0; code < shard.dictionary().size(); code++) {
        codes.put(DateText.of(shard.dictionary(), code), 0);
      }
    }
    long[] epochDays = new long[codes.size()];
    List<String> texts = new ArrayList<>(codes.size());
    for (var entry : codes.entrySet()) {
      entry.setValue(texts.size());
      epochDays[texts.size()] = entry.getKey().epochDay();
      texts.add(entry.getKey().text());
    }
    for (int i = 0; i < shards.length; i++) {
      DateDictionary own = shards[i].dictionary();
      codesOfTheSet[i] = new int[own.size()];
      for (int code = 0; code < own.size(); code++) {
        codesOfTheSet[i][code] = Objects.requireNonNull(codes.get(DateText.of(own, code)));
      }
    }
    return new SetDictionary(
        new DateDictionary(DictionarySection.encode(epochDays, texts), epochDays.length),
        codesOfTheSet);
  }

  /** A date of a dictionary, in the order of dictionaries. */
  private record DateText(long epochDay, String text) implements Comparable<DateText> {
    static DateText of(DateDictionary dictionary, int code) {
      return new DateText(dictionary.epochDay(code), dictionary.text(code));
    }

    @Override
    public int compareTo(DateText other) {
      int byDay = Long.compare(epochDay, other.epochDay);
      return byDay != 0
          ? byDay
          : Arrays.compareUnsigned(
              text.getBytes(StandardCharsets.UTF_8), other.text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** The distinct dates of all shards. */
  DateDictionary dates() {
    return dates;
  }

  /** The code of the set for a code of a shard; {@link Almanac#ABSENT} stays. */
  int codeOfTheSet(int shard, int code) {
    int[] codes = codesOfTheSet[shard];
    return codes == null || code == Almanac.ABSENT ? code : codes[code];
  }
}
