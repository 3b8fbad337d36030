package dev.almanac.read;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Working memory of batches, used again and again: a batch takes one out and puts it back, so
 * nobody else has it meanwhile, not even a batch inside the batch. At most {@link #SLOTS} are kept
 * for each table, however many threads there are, virtual ones too.
 */
final class Scratch<T> {
  /** Twice the number of processors, as a power of two: threads rarely meet in a slot. */
  private static final int SLOTS =
      Integer.highestOneBit(Runtime.getRuntime().availableProcessors()) * 4;

  private final AtomicReferenceArray<@Nullable T> spares = new AtomicReferenceArray<>(SLOTS);
  private final Supplier<T> make;

  Scratch(Supplier<T> make) {
    this.make = make;
  }

  T take() {
    T spare = spares.getAndSet(slot(), null);
    return spare != null ? spare : make.get();
  }

  void giveBack(T spare) {
    spares.set(slot(), spare);
  }

  private static int slot() {
    return (int) Thread.currentThread().getId() & SLOTS - 1;
  }
}
