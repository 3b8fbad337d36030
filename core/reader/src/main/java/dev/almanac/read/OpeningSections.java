package dev.almanac.read;

import dev.almanac.CorruptAlmanacException;
import dev.almanac.format.BlockChecksums;
import dev.almanac.format.DictionarySection;
import dev.almanac.format.Footer;
import dev.almanac.format.FooterCheck;
import dev.almanac.format.IdShape;
import dev.almanac.format.Rule;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What an opening reads besides the footer, and checks: the dictionary, and the shape of packed
 * texts. On the heap.
 *
 * @param dictionary the dictionary section
 * @param shape the shape, or null if the IDs are not packed texts
 */
record OpeningSections(ByteBuffer dictionary, @Nullable IdShape shape) {
  /** Reads the bytes of both sections. */
  static ByteBuffer read(Footer footer, FileChannel channel, Path path) throws IOException {
    long bytes = footer.contentBytes() - footer.dictionaryOffset();
    ByteBuffer sections;
    try {
      sections = ByteBuffer.allocate(Math.toIntExact(bytes));
    } catch (OutOfMemoryError e) {
      throw new IOException(
          "the heap must have room for the dictionary: dictionaryBytes=" + bytes + ", path=" + path,
          e);
    }
    SealedChannel.readFully(channel, sections, footer.dictionaryOffset(), path);
    return sections.flip();
  }

  /** Reads both sections; they must match their checksum and keep the rules. */
  static OpeningSections open(Footer footer, FileChannel channel, Path path) throws IOException {
    ByteBuffer sections = read(footer, channel, path);
    int crc = BlockChecksums.crc(sections.duplicate());
    if (crc != footer.dictionaryCrc()) {
      throw Rule.broken(
          "the dictionary's checksum must match: found=%08x computed=%08x",
          path, footer.dictionaryCrc(), crc);
    }
    return check(sections, footer, path);
  }

  /** The sections that these bytes hold, which must keep the rules. */
  static OpeningSections check(ByteBuffer sections, Footer footer, Path path)
      throws CorruptAlmanacException {
    ByteBuffer dictionary =
        sections.slice(0, (int) footer.dictionaryBytes()).order(ByteOrder.LITTLE_ENDIAN);
    DictionarySection.check(dictionary, footer.dateCount(), path);
    if (!footer.isPacked()) {
      return new OpeningSections(dictionary, null);
    }
    int shapeAt = (int) (footer.shapeOffset() - footer.dictionaryOffset());
    for (int at = dictionary.capacity(); at < shapeAt; at++) {
      if (sections.get(at) != 0) {
        throw Rule.broken(
            "the bytes between dictionary and shape must be 0: offset=%s",
            path, footer.dictionaryOffset() + at);
      }
    }
    IdShape shape =
        IdShape.decodeSection(
            sections.slice(shapeAt, footer.shapeBytes()).order(ByteOrder.LITTLE_ENDIAN), path);
    FooterCheck.check(footer, shape, path);
    return new OpeningSections(dictionary, shape);
  }
}
