package dev.almanac.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class JsonObjectTest {
  @Test
  void membersComeInOrderOneALine() {
    String text =
        new JsonObject()
            .put("name", "b")
            .put("count", Long.MIN_VALUE)
            .put("whole", true)
            .put("nothing", (String) null)
            .put("inner", new JsonObject().put("x", 1).put("y", new JsonObject()))
            .put("list", List.of(1, 2L, "three", List.of(4), new JsonObject().put("five", 5)))
            .toString();
    assertEquals(
        """
        {
          "name": "b",
          "count": -9223372036854775808,
          "whole": true,
          "nothing": null,
          "inner": {
            "x": 1,
            "y": {}
          },
          "list": [1, 2, "three", [4], {"five": 5}]
        }\
        """,
        text);
  }

  @Test
  void numbersAreRoundedAndNeverWrittenWithAnExponent() {
    assertEquals(
        "{\n  \"a\": 0.123,\n  \"b\": 30000000,\n  \"c\": 0\n}",
        new JsonObject().put("a", 0.12345).put("b", 3e7).put("c", 1e-9).toString());
    assertThrows(NumberFormatException.class, () -> new JsonObject().put("a", Double.NaN));
  }

  @Test
  void stringsAreEscaped() {
    assertEquals(
        "{\n  \"a\": \"\\\"\\\\\\n\\r\\t\\u0000\\u001f\\u2028\\ud800x é\uD83D\uDCC5\"\n}",
        new JsonObject().put("a", "\"\\\n\r\t\0\u001f\u2028\ud800x é\uD83D\uDCC5").toString());
  }

  @Test
  void aMemberIsPutOnceAndHoldsOnlyWhatJsonHas() {
    JsonObject object = new JsonObject().put("a", 1);
    assertThrows(IllegalStateException.class, () -> object.put("a", 2));
    assertThrows(IllegalArgumentException.class, () -> object.put("b", List.of(new Object())));
  }
}
