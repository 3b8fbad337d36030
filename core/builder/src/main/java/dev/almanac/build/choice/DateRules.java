package dev.almanac.build.choice;

import dev.almanac.build.DateFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the dates of the rows are read.
 *
 * @param formats tried in turn; at least one
 * @param keepText whether the dictionary has an entry for each text, rather than for each day
 * @param nullTexts texts that mean "no date"; null if nothing does, not even a null of the source
 */
public record DateRules(
    List<DateFormat> formats, boolean keepText, @Nullable Set<String> nullTexts) {
  /** ISO days, and a date for each row. */
  public static final DateRules DEFAULT = new DateRules(List.of(DateFormat.iso()), false, null);

  public DateRules withFormats(List<DateFormat> formats) {
    return new DateRules(List.copyOf(formats), keepText, nullTexts);
  }

  public DateRules withKeptText() {
    return new DateRules(formats, true, nullTexts);
  }

  public DateRules withNullTexts(Set<String> nullTexts) {
    return new DateRules(formats, keepText, Set.copyOf(nullTexts));
  }
}
