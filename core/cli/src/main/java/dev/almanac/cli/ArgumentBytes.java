package dev.almanac.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Arguments as they were given. The JVM decodes them with the platform's charset, and puts question
 * marks or U+FFFD for what that charset lacks: under LC_ALL=C, for every letter beyond ASCII.
 */
final class ArgumentBytes {
  private ArgumentBytes() {}

  /** What to say if an argument is not what was given, or null. */
  static @Nullable String undecoded(String[] arguments) {
    String charset = System.getProperty("sun.jnu.encoding");
    try {
      return charset == null
          ? null
          : undecoded(
              arguments,
              Files.readAllBytes(Path.of("/proc/self/cmdline")),
              Charset.forName(charset));
    } catch (IOException | IllegalArgumentException e) {
      // Another system than Linux, which tells of no bytes.
      return null;
    }
  }

  /**
   * As above.
   *
   * @param commandLine the arguments of the process, each ending in a NUL
   */
  static @Nullable String undecoded(String[] arguments, byte[] commandLine, Charset charset) {
    List<byte[]> given = split(commandLine);
    int before = given.size() - arguments.length;
    for (int i = 0; before >= 0 && i < arguments.length; i++) {
      if (!Arrays.equals(given.get(before + i), arguments[i].getBytes(charset))) {
        return "argument "
            + (i + 1)
            + " cannot be decoded with the platform's charset; set LC_ALL=C.UTF-8 (IDs may also"
            + " come on standard input): charset="
            + charset
            + " argument="
            + FailureText.visible(arguments[i]);
      }
    }
    return null;
  }

  private static List<byte[]> split(byte[] commandLine) {
    List<byte[]> arguments = new ArrayList<>();
    ByteArrayOutputStream argument = new ByteArrayOutputStream();
    for (byte value : commandLine) {
      if (value == 0) {
        arguments.add(argument.toByteArray());
        argument.reset();
      } else {
        argument.write(value);
      }
    }
    return arguments;
  }
}
