package dev.almanac.benchmarks.report;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;

/** The fields of a result. */
final class Fields {
  private Fields() {}

  static List<JsonObject> objects(JsonObject object, String name) {
    return object.getAsJsonArray(name).asList().stream().map(JsonElement::getAsJsonObject).toList();
  }

  static String text(JsonObject object, String name) {
    return object.get(name).getAsString();
  }

  static long number(JsonObject object, String name) {
    return object.get(name).getAsLong();
  }

  static double real(JsonObject object, String name) {
    return object.get(name).getAsDouble();
  }
}
