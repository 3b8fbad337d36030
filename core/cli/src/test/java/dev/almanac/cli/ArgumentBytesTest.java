package dev.almanac.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
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

  @Test
  void theArgumentsOfThisProcessAreLookedAt() throws IOException {
    Charset charset = Charset.forName(System.getProperty("sun.jnu.encoding"));
    byte[] commandLine = Files.readAllBytes(Path.of("/proc/self/cmdline"));
    String[] given = new String(commandLine, charset).split("\0", -1);
    String last = given[given.length - 2];
    assertNull(ArgumentBytes.undecoded(new String[] {last}));
    String message = ArgumentBytes.undecoded(new String[] {last + "?"});
    assertNotNull(message);
    assertTrue(message.startsWith("argument 1 cannot be decoded "), message);
    assertTrue(message.endsWith(" argument=" + FailureText.visible(last) + "?"), message);
  }
}
