/**
 * What all stages of a build share: the hidden folder of its temporary files, spools, threads,
 * memory budget, phases. Names no other package of the builder.
 */
@NullMarked
package dev.almanac.build.workspace;

import org.jspecify.annotations.NullMarked;
