package dev.almanac.cli;

import dev.almanac.Almanac;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code almanac get}. */
@Command(
    name = "get",
    description = {
      "Looks up the dates of IDs.",
      "Prints a line for each: the ID, a tab, and the date as it was written in the rows, or - if"
          + " the file does not hold the ID."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  almanac get orders.almanac 1234567 -42",
      "  cut -d'|' -f1 orders.txt | almanac get orders.almanac -",
      "",
      "Text IDs that begin with a dash go behind --. Exit status 1 if an ID is absent."
    })
final class GetCommand implements Callable<Integer> {
  private static final String ABSENT_DATE = "-";

  @Mixin private FileArgument file;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "ID",
      description =
          "Numbers in plain decimals, or texts; - reads IDs from standard input, one a line.")
  private List<String> ids;

  @Override
  public Integer call() throws Exception {
    boolean allFound = true;
    try (Almanac almanac = Almanac.open(file.path());
        OutputStream output = new BufferedOutputStream(StandardOutput.stream(), 1 << 16)) {
      for (String id : ids) {
        allFound &=
            id.equals("-") ? lookUpStandardInput(almanac, output) : lookUp(almanac, id, output);
      }
    }
    return allFound ? ExitStatus.DONE : ExitStatus.NO;
  }

  private static boolean lookUpStandardInput(Almanac almanac, OutputStream output)
      throws IOException {
    boolean allFound = true;
    // Byte by byte, so that what is no UTF-8 is met in its own line.
    BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(StandardInput.stream(), StandardCharsets.ISO_8859_1));
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    long number = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      byte[] bytes = line.getBytes(StandardCharsets.ISO_8859_1);
      String id;
      try {
        id = decoder.decode(ByteBuffer.wrap(bytes)).toString();
      } catch (CharacterCodingException e) {
        throw new IOException(
            "an ID must be valid UTF-8: id="
                + new String(bytes, StandardCharsets.UTF_8)
                + ", file="
                + StandardInput.NAME
                + " line="
                + number,
            e);
      }
      allFound &= lookUp(almanac, id, output);
    }
    return allFound;
  }

  private static boolean lookUp(Almanac almanac, String id, OutputStream output)
      throws IOException {
    int code = almanac.code(id);
    String date = code == Almanac.ABSENT ? ABSENT_DATE : almanac.dictionary().text(code);
    output.write((id + "\t" + date + "\n").getBytes(StandardCharsets.UTF_8));
    return code != Almanac.ABSENT;
  }
}
