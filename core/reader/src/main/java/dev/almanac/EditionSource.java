package dev.almanac;

import java.io.IOException;
import java.io.InputStream;

/**
 * Where {@link HostCache} gets the bytes of an edition from: an object store, a web server, a file
 * that a cluster ships. {@code () -> uri.toURL().openStream()} is one.
 */
@FunctionalInterface
public interface EditionSource {
  /**
   * Opens the sealed file's bytes, from the first to the last. Called by the one process that
   * copies, and the stream is closed when it has; so never where the edition is there already.
   */
  InputStream open() throws IOException;
}
