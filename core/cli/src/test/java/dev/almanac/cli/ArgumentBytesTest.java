package dev.almanac.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class ArgumentBytesTest {
  @Test
  void argumentsThatAreWhatWasGivenPass() {
    assertNull(
        ArgumentBytes.undecoded(
            new String[] {"get", "", "Müller"}, "java\0get\0\0Müller\0".getBytes(UTF_8), UTF_8));
    assertNull(
        ArgumentBytes.undecoded(
            new String[] {"Müller"}, "java\0Müller\0".getBytes(ISO_8859_1), ISO_8859_1));
    assertNull(
        ArgumentBytes.undecoded(new String[] {"get", "?"}, "get\0?\0".getBytes(UTF_8), US_ASCII));
    assertNull(ArgumentBytes.undecoded(new String[] {"\ufffd"}, "\ufffd\0".getBytes(UTF_8), UTF_8));
  }

  @Test
  void argumentsThatLostALetterAreNamed() {
    assertEquals(
        "argument 2 cannot be decoded with the platform's charset; set LC_ALL=C.UTF-8 (IDs may also"
            + " come on standard input): charset=US-ASCII argument=M??ller",
        ArgumentBytes.undecoded(
            new String[] {"get", "M??ller"}, "java\0get\0Müller\0".getBytes(UTF_8), US_ASCII));
    assertEquals(
        "argument 1 cannot be decoded with the platform's charset; set LC_ALL=C.UTF-8 (IDs may also"
            + " come on standard input): charset=UTF-8 argument=M\ufffdller",
        ArgumentBytes.undecoded(
            new String[] {"M\ufffdller"}, "java\0Müller\0".getBytes(ISO_8859_1), UTF_8));
  }

  @Test
  void aCommandLineThatCannotBeReadSaysNothing() {
    assertNull(ArgumentBytes.undecoded(new String[] {"M??ller"}, new byte[0], US_ASCII));
  }
}
