package dev.almanac;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Iterator;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** After a close; what becomes of lookups during one is a matter of {@code ClosedWhileUsedTest}. */
class ClosedTest {
  @TempDir Path folder;

  @Test
  void aLookupAfterCloseIsRefused() throws IOException {
    Path target = SampleRows.dense(0, 100, 5).build(folder, Layout.AUTO);
    Almanac almanac = Almanac.open(target);
    Map<Long, LocalDate> view = almanac.asMap();
    Iterator<Long> iterator = view.keySet().iterator();
    almanac.close();
    almanac.close();
    String message = assertThrows(IllegalStateException.class, () -> almanac.code(1)).getMessage();
    assertEquals("the almanac is closed: path=" + target, message);
    assertThrows(IllegalStateException.class, () -> almanac.code("1"));
    assertThrows(IllegalStateException.class, () -> almanac.date(1));
    assertThrows(IllegalStateException.class, () -> almanac.codes(new long[3], new int[3]));
    assertThrows(
        IllegalStateException.class, () -> almanac.codes(new CharSequence[] {"1"}, new int[1]));
    assertThrows(IllegalStateException.class, () -> almanac.dates(new long[3], new LocalDate[3]));
    assertThrows(IllegalStateException.class, () -> almanac.forEach((id, code) -> {}));
    assertThrows(IllegalStateException.class, () -> view.get(1L));
    assertThrows(IllegalStateException.class, iterator::next);
  }

  @Test
  void aTextLookupAfterCloseIsRefused() throws IOException {
    Almanac almanac = Almanac.open(SampleRows.texts(100, 5).build(folder, Layout.AUTO));
    almanac.close();
    assertThrows(IllegalStateException.class, () -> almanac.code("ORD-1"));
    assertThrows(IllegalStateException.class, () -> almanac.code("\ud800"));
    assertThrows(IllegalStateException.class, () -> almanac.code(""));
    assertThrows(IllegalStateException.class, () -> almanac.code(7));
    assertThrows(
        IllegalStateException.class, () -> almanac.codes(new CharSequence[] {"1"}, new int[1]));
    assertThrows(IllegalStateException.class, () -> almanac.forEachText((id, code) -> {}));
  }
}
