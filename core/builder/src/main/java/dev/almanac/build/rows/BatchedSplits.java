package dev.almanac.build.rows;

import dev.almanac.build.RowSink;
import dev.almanac.build.RowSource;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * One pass over rows that come one by one: a thread at a time takes a batch, which it then gives to
 * its sink without a lock.
 */
abstract class BatchedSplits implements RowSource.Splits {
  private final String name;
  private final Queue<RowBatch> freeBatches = new ConcurrentLinkedQueue<>();
  private final PassLock pass = new PassLock();
  private volatile long rowCount;

  // Both below belong to the thread whose turn it is.
  private long splitCount;
  private boolean ended;

  BatchedSplits(String name) {
    this.name = name;
  }

  /** Adds the next row to the batch; false if there was none. */
  abstract boolean advance(RowBatch batch) throws IOException;

  /** Ends the pass; called once. */
  abstract void end() throws IOException;

  @Override
  public final boolean next(RowSink sink) throws IOException {
    RowBatch free = freeBatches.poll();
    RowBatch batch = free != null ? free : new RowBatch();
    batch.clear();
    if (pass.next(() -> fill(batch)) == null) {
      return false;
    }
    sink.begin(batch.number, name, batch.firstRow + 1, batch::rowText);
    batch.giveTo(sink);
    sink.end(batch.count());
    freeBatches.add(batch);
    return true;
  }

  private @Nullable RowBatch fill(RowBatch batch) throws IOException {
    while (!ended && !batch.isFull()) {
      ended = !advance(batch);
    }
    if (batch.count() == 0) {
      return null;
    }
    batch.number = splitCount++;
    batch.firstRow = rowCount;
    rowCount = batch.firstRow + batch.count();
    return batch;
  }

  @Override
  public final long done() {
    return rowCount;
  }

  @Override
  public final void close() throws IOException {
    pass.close(this::end);
  }
}
