package dev.almanac.read;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A file that this process maps, in a flight recording. Costs nothing without a recording. */
@Name("dev.almanac.Open")
@Label("Almanac mapped")
@Category("Almanac")
@Description("A file was mapped that this process had not mapped already")
@StackTrace(false)
final class OpenEvent extends Event {
  @Label("Path")
  String path = "";

  @Label("Edition")
  String edition = "";

  @Label("Size of the file")
  @DataAmount
  long fileBytes;

  @Label("Memory left for the page cache")
  @Description("As the kernel and the control groups of the process say; -1 if they do not")
  @DataAmount
  long availableBytes;
}
