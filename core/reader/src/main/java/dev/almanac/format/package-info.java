/**
 * The bytes of a sealed file: everything that the build side writes and the read side reads.
 *
 * <pre>
 * file       := store padding [directory padding] dictionary [padding shape] padding checksums padding footer
 * store      := a Chronicle Map data store, see its specification                       {@link dev.almanac.format.StoreGeometry}
 * directory  := the blocks of numbers that exist, in files of blocks                    {@link dev.almanac.format.Directory}
 * dictionary := the distinct dates                                                      {@link dev.almanac.format.DictionarySection}
 * shape      := the pattern of the texts, in files whose texts are stored as numbers    {@link dev.almanac.format.IdShape}
 * checksums  := CRC32C of every block before them                                       {@link dev.almanac.format.BlockChecksums}
 * footer     := offsets, counts, edition, version and seal                              {@link dev.almanac.format.FooterBytes}
 * </pre>
 *
 * <p>All numbers are little-endian. Paddings are zero bytes: directory, dictionary and checksums
 * start at a multiple of 4,096, shape and footer at a multiple of 8. Each class holds one layout,
 * its byte picture, the code that writes it and the code that checks it. Nothing here depends on
 * where the bytes come from (a mapping, {@code read()}, an array). Uses kinds, layouts and errors
 * of the API, and the JDK.
 */
@NullMarked
package dev.almanac.format;

import org.jspecify.annotations.NullMarked;
