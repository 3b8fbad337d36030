package dev.almanac.read;

import java.nio.file.attribute.FileTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one look at a name tells about the file that it stands for. Java has no {@code fstat}, so a
 * name that is switched meanwhile makes a look of the attributes of one file and the edition of the
 * next. It equals no look at either of them, unless both have the same edition.
 *
 * @param inode device and inode, or null where the file system does not say
 * @param bytes length
 * @param modified time of the last modification
 * @param edition the edition in the footer
 */
public record FileLook(@Nullable Object inode, long bytes, FileTime modified, String edition) {
  // Written out: those of a record are made at the first call, which takes longer than an opening.
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
