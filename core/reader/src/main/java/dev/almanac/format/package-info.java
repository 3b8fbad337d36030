/**
 * The bytes of a sealed file: what the build side writes and the read side reads, and nothing else.
 *
 * <pre>
 * file       := store padding dictionary [padding shape] padding checksums padding footer
 * store      := a Chronicle Map data store, as Chronicle Map's own specification says   {@link dev.almanac.format.StoreGeometry}
 * dictionary := the distinct dates                                                      {@link dev.almanac.format.DictionarySection}
 * shape      := which texts the IDs are, where texts are stored as numbers             {@link dev.almanac.format.IdShape}
 * checksums  := CRC32C of every block before them                                       {@link dev.almanac.format.BlockChecksums}
 * footer     := where all that lies, and the seal                                       {@link dev.almanac.format.Footer}
 * </pre>
 *
 * <p>All numbers are little-endian. Paddings are zero bytes: dictionary and checksums start at a
 * multiple of 4,096, shape and footer at a multiple of 8. Each class holds one layout, its byte
 * picture, the code that writes it and the code that checks it. Nothing here knows where bytes come
 * from (a mapping, {@code read()}, an array) or who asks. Names nothing outside the JDK.
 */
@NullMarked
package dev.almanac.format;

import org.jspecify.annotations.NullMarked;
