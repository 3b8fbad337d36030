package dev.almanac.read;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Working memory of batches, used again and again: a batch takes one out and puts it back, so no
 * other batch has it meanwhile, not even one inside it. A table keeps at most {@link #SLOTS},
 * however many threads there are.
 *
 * <p>Subclasses are not lambdas: the first lambda of a process takes as long as opening a file.
 */
abstract class Scratch<T> {
  /** Twice the number of processors, as a power of two: threads rarely meet in a slot. */
  private static final int SLOTS =
      Integer.highestOneBit(Runtime.getRuntime().availableProcessors()) * 4;

  private final AtomicReferenceArray<@Nullable T> spares = new AtomicReferenceArray<>(SLOTS);

  abstract T make();

  final T take() {
    T spare = spares.getAndSet(slot(), null);
    return spare != null ? spare : make();
  }

  final void giveBack(T spare) {
    spares.set(slot(), spare);
  }

  private static int slot() {
    return (int) Thread.currentThread().getId() & SLOTS - 1;
  }
}
