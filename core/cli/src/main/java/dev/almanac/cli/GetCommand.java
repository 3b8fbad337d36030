package dev.almanac.cli;

import dev.almanac.Almanac;
import dev.almanac.IdKind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code almanac get}. */
@Command(
    name = "get",
    description = {
      "Looks up the dates of IDs.",
      "Prints a line for each: the ID, a tab, and the date, or - if the file does not hold the ID."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  almanac get orders.almanac 1234567 -42",
      "  cut -d'|' -f1 orders.txt | almanac get orders.almanac -",
      "",
      "Put -- before text IDs that begin with a dash. Exit status 1 if an ID is absent."
    })
final class GetCommand implements Callable<Integer> {
  private static final byte[] ABSENT_DATE = {'-'};

  @Mixin private FileArgument file;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "ID",
      description =
          "Numbers in plain decimals, or texts; - reads IDs from standard input, one a line, and"
              + " answers line by line.")
  private List<String> ids;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    try (Almanac almanac = Almanac.open(file.path())) {
      Answers answers = new Answers(almanac, Streams.of(spec));
      for (String id : ids) {
        if (id.equals("-")) {
          answers.ofStandardInput();
        } else {
          answers.of(id);
        }
      }
      answers.output.flush();
      answers.hint();
      return answers.allFound ? ExitStatus.DONE : ExitStatus.NO;
    }
  }

  /** Looks up and prints. */
  private static final class Answers {
    private final Almanac almanac;
    private final DateTexts dates;
    private final Streams streams;
    private final ByteOutput output;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    private boolean allFound = true;
    private @Nullable String notCanonical;

    Answers(Almanac almanac, Streams streams) {
      this.almanac = almanac;
      this.streams = streams;
      output = new ByteOutput(streams.out());
      dates = new DateTexts(almanac.dictionary());
    }

    void of(String id) throws IOException {
      byte[] bytes = id.getBytes(StandardCharsets.UTF_8);
      of(bytes, 0, bytes.length);
    }

    private void of(byte[] bytes, int from, int to) throws IOException {
      int code = almanac.code(bytes, from, to);
      output.put(bytes, from, to);
      output.put((byte) '\t');
      output.put(code == Almanac.ABSENT ? ABSENT_DATE : dates.bytes(code));
      output.put((byte) '\n');
      if (code == Almanac.ABSENT) {
        allFound = false;
        if (notCanonical == null && almanac.idKind() == IdKind.LONG) {
          String id = new String(bytes, from, to - from, StandardCharsets.UTF_8);
          notCanonical = isCanonical(id) ? null : id;
        }
      }
    }

    /** Says once why an ID that looks like a number was not found. */
    void hint() {
      if (notCanonical != null) {
        streams.say(
            "not found, the file's IDs are plain decimals such as 42 or -7: id="
                + FailureText.visible(notCanonical));
      }
    }

    private static boolean isCanonical(String id) {
      try {
        return Long.toString(Long.parseLong(id)).equals(id);
      } catch (NumberFormatException e) {
        return false;
      }
    }

    /** Answers all lines that have come before it waits for more. */
    void ofStandardInput() throws IOException {
      InputStream input = streams.in();
      byte[] buffer = new byte[1 << 16];
      int length = 0;
      long line = 0;
      while (true) {
        int count = input.read(buffer, length, buffer.length - length);
        length += Math.max(0, count);
        int from = 0;
        for (int at = 0; at < length; at++) {
          if (buffer[at] == '\n') {
            ofLine(buffer, from, at, ++line);
            from = at + 1;
          }
        }
        if (count < 0) {
          if (from < length) {
            ofLine(buffer, from, length, ++line);
          }
          return;
        }
        output.flush();
        length -= from;
        System.arraycopy(buffer, from, buffer, 0, length);
        if (length == buffer.length) {
          throw refused("a line is longer than any ID", line + 1);
        }
      }
    }

    private void ofLine(byte[] bytes, int from, int lineFeed, long line) throws IOException {
      int to = lineFeed > from && bytes[lineFeed - 1] == '\r' ? lineFeed - 1 : lineFeed;
      try {
        decoder.decode(ByteBuffer.wrap(bytes, from, to - from));
      } catch (CharacterCodingException e) {
        output.flush();
        throw refused(
            "an ID is not valid UTF-8: id="
                + new String(bytes, from, to - from, StandardCharsets.UTF_8),
            line);
      }
      of(bytes, from, to);
    }

    private static IOException refused(String sentence, long line) {
      return new IOException(sentence + ", file=" + StandardInput.NAME + " line=" + line);
    }
  }
}
