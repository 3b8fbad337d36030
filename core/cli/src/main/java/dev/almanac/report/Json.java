package dev.almanac.report;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;

/** Reports for programs: one JSON object, on one line. */
public final class Json {
  private static final int DECIMAL_PLACES = 3;
  private static final Gson GSON =
      new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

  private Json() {}

  /** The object and a line break. */
  public static String line(JsonObject object) {
    return GSON.toJson(object) + "\n";
  }

  /**
   * A figure rounded to three decimal places.
   *
   * @throws NumberFormatException if it is infinite or not a number, which JSON cannot write
   */
  public static BigDecimal rounded(double value) {
    return new BigDecimal(value).setScale(DECIMAL_PLACES, RoundingMode.HALF_UP);
  }

  /** A time in seconds, to the millisecond. */
  public static BigDecimal seconds(Duration time) {
    return rounded(time.toNanos() / 1e9);
  }
}
