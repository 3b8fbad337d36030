package dev.almanac.read;

import java.nio.file.attribute.FileTime;
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
public record FileLook(@Nullable Object inode, long bytes, FileTime modified, String edition) {}
