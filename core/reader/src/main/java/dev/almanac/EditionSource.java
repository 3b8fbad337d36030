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
   * Opens the bytes of the file, from the first to the last. Only the process that copies calls it,
   * and closes the stream. It is not called if the host has the edition already.
   */
  InputStream open() throws IOException;
}
