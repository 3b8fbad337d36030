package dev.almanac.build.rows;

import dev.almanac.build.RowSink;
import dev.almanac.build.RowSource;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One pass over rows that come one by one: a thread at a time takes a batch, and gives it to its
 * sink after the lock.
 */
abstract class BatchedSplits implements RowSource.Splits {
  private final String name;
  private final Queue<RowBatch> freeBatches = new ConcurrentLinkedQueue<>();
  private final ReentrantLock lock = new ReentrantLock();
  private volatile long rowCount;

  // All below is guarded by the lock.
  private long splitCount;
  private boolean ended;
  private final PassFailure failure = new PassFailure();
  private boolean closed;

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
    long split;
    long firstRow;
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("waiting for the rows was interrupted");
    }
    try {
      fill(batch);
      if (batch.count() == 0) {
        return false;
      }
      split = splitCount++;
      firstRow = rowCount;
      rowCount = firstRow + batch.count();
    } catch (IOException | RuntimeException | Error e) {
      failure.met(e);
      throw e;
    } finally {
      lock.unlock();
    }
    sink.begin(split, name, firstRow + 1, batch::rowText);
    batch.giveTo(sink);
    sink.end(batch.count());
    freeBatches.add(batch);
    return true;
  }

  private void fill(RowBatch batch) throws IOException {
    failure.throwIfMet();
    if (closed) {
      throw new IOException("the source must be open: found=closed");
    }
    while (!ended && !batch.isFull()) {
      ended = !advance(batch);
    }
  }

  @Override
  public final long done() {
    return rowCount;
  }

  @Override
  public final void close() throws IOException {
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        end();
      }
    } finally {
      lock.unlock();
    }
  }
}
