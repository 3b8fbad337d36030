package dev.almanac.read;

import java.nio.file.attribute.FileTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one look at a name tells about the file that it stands for.
 *
 * <p>Java has no {@code fstat}: the attributes are taken from the name and the edition from the
 * file that is opened just after, and a name that is switched in between makes a look of two files.
 * Such a look equals no look at either of them, unless both have the same edition.
 *
 * @param inode device and inode, or null where the file system has none
 * @param bytes length
 * @param modified time of the last modification
 * @param edition the edition in the footer
 */
public record FileLook(@Nullable Object inode, long bytes, FileTime modified, String edition) {
  // Written out, since what a record has of itself is made when it is first called: that takes
  // longer than opening a file.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FileLook look
        && Objects.equals(inode, look.inode)
        && bytes == look.bytes
        && modified.equals(look.modified)
        && edition.equals(look.edition);
  }

  @Override
  public int hashCode() {
    return edition.hashCode() ^ Objects.hashCode(inode);
  }
}
