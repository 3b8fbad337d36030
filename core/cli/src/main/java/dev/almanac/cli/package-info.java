/**
 * The command line. One class for each command; each only reads its arguments, calls the library
 * and prints. Results go to standard output, progress and errors to standard error, one line each.
 */
@NullMarked
package dev.almanac.cli;

import org.jspecify.annotations.NullMarked;
