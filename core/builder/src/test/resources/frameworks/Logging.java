package app;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

public class Logging {
  public static void main(String[] arguments) throws Exception {
    Logger log = LoggerFactory.getLogger("application");
    log.info("before the build");
    Application.main(arguments);
    log.info("after the build");
  }
}
