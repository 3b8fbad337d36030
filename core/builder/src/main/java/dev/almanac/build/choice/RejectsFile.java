package dev.almanac.build.choice;

import dev.almanac.build.BadRowReason;
import dev.almanac.build.workspace.Workspace;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The file of bad rows, a result of the build as its target is: written under a temporary name
 * beside it, synced, and renamed before the target is. If any of that fails, so does the build, and
 * the old files stay. What is not a regular file, such as a pipe or {@code /dev/stderr}, is written
 * directly, since a rename would replace it.
 */
final class RejectsFile implements Closeable {
  private static final Pattern DESCRIPTORS = Pattern.compile("/proc/.+/fd");

  private final Path target;

  /** Where the file grows; null if it is written directly. */
  private final @Nullable Workspace workspace;

  private final Path file;
  private final FileChannel channel;
  private final OutputStream out;
  private boolean finished;
  private boolean published;

  RejectsFile(Path path) throws IOException {
    // A link stays, and what it leads to is replaced. The pipe behind /dev/stderr has no path.
    boolean toFile = Files.isSymbolicLink(path) && Files.isRegularFile(path);
    if (toFile && isDescriptor(path)) {
      throw new IOException(
          "the rejects must not replace a file that is open, as standard error is: rejects="
              + path
              + " file="
              + path.toRealPath());
    }
    target = toFile ? path.toRealPath() : path;
    if (Files.isDirectory(target)) {
      throw new IOException("the rejects must go to a file, not a directory: rejects=" + path);
    }
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      workspace = null;
      file = target;
      channel = FileChannel.open(target, StandardOpenOption.WRITE);
    } else {
      workspace = new Workspace(target, null);
      file = workspace.targetFolder().resolve("rejects");
      try {
        channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      } catch (IOException | RuntimeException e) {
        workspace.close();
        throw e;
      }
    }
    out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
  }

  /** Whether a link leads through a descriptor of a process, as {@code /dev/stderr} does. */
  private static boolean isDescriptor(Path path) throws IOException {
    for (Path at = path.toAbsolutePath(); Files.isSymbolicLink(at); ) {
      Path folder = Objects.requireNonNull(at.getParent()).toRealPath();
      if (DESCRIPTORS.matcher(folder.toString()).matches()) {
        return true;
      }
      at = folder.resolve(Files.readSymbolicLink(at));
    }
    return false;
  }

  /** Adds a bad row; {@code row} has no line break. */
  void add(String source, long line, BadRowReason reason, byte[] row) throws IOException {
    out.write((source + '\t' + line + '\t' + reason + '\t').getBytes(StandardCharsets.UTF_8));
    out.write(row);
    out.write('\n');
  }

  /** Writes what waits, and syncs and closes the file. There are no more rows. */
  void finish() throws IOException {
    if (finished) {
      return;
    }
    finished = true;
    try (channel) {
      out.flush();
      if (workspace != null) {
        channel.force(true);
      }
    }
  }

  /** Gives the file its name. */
  void publish() throws IOException {
    finish();
    if (workspace != null && !published) {
      Files.move(file, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      published = true;
    }
  }

  /** Removes what was not published. */
  @Override
  public void close() throws IOException {
    try (channel) {
      if (workspace != null) {
        workspace.close();
      }
    }
  }
}
