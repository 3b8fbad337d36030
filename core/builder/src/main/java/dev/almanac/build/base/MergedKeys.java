package dev.almanac.build.base;

import dev.almanac.Almanac;
import dev.almanac.AlmanacInfo;
import dev.almanac.IdKind;
import dev.almanac.Layout;
import dev.almanac.build.pages.KeySource;
import dev.almanac.build.pages.PagePlan;
import dev.almanac.build.workspace.Fingerprint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a base and what changes of them, merged as they are read: what has not changed is
 * never spooled. That is possible where both files have their keys in the same order, so that those
 * of a partition lie in pages of the base that are known. Safe for any number of threads.
 */
public final class MergedKeys implements KeySource {
  /** The code of an ID that is removed. */
  public static final int REMOVED = -1;

  private final Almanac base;
  private final PagePlan basePlan;
  private final PagePlan plan;

  /** By the code of the base: that of the new dictionary. */
  private final int[] newCodes;

  private final ChangedKeys[] changes;

  /** Of each partition that was read. */
  private final @Nullable Fingerprint[] fingerprints;

  private MergedKeys(Almanac base, PagePlan basePlan, PagePlan plan, int[] newCodes) {
    this.base = base;
    this.basePlan = basePlan;
    this.plan = plan;
    this.newCodes = newCodes;
    this.changes = new ChangedKeys[plan.partitionCount()];
    this.fingerprints = new Fingerprint[plan.partitionCount()];
  }

  /**
   * The merged keys, or null where the orders differ.
   *
   * @param newCodes by the code of the base, that of the new dictionary
   * @param ids the IDs that change, each once
   * @param codes their new codes, or {@link #REMOVED}
   * @param count how many they are
   */
  public static @Nullable MergedKeys of(
      Almanac base, PagePlan plan, int[] newCodes, long[] ids, int[] codes, int count) {
    AlmanacInfo info = base.info();
    if (info.idKind() != IdKind.LONG || info.layout() != plan.pages().layout()) {
      return null;
    }
    // The plan of a file follows from what it holds.
    PagePlan basePlan =
        PagePlan.of(
            info.layout(),
            info.idCount(),
            Objects.requireNonNull(info.lowestId()),
            Objects.requireNonNull(info.highestId()),
            info.dateCount());
    if (basePlan == null
        || basePlan.pageCount() != info.entryCount()
        || plan.pages().layout() == Layout.HASHED && !hasSameOrder(base, basePlan, plan)) {
      return null;
    }
    MergedKeys merged = new MergedKeys(base, basePlan, plan, newCodes);
    merged.distribute(ids, codes, count);
    return merged;
  }

  /** Whether the pages of a partition of the plan are whole pages of the base, and which. */
  private static boolean hasSameOrder(Almanac base, PagePlan basePlan, PagePlan plan) {
    return basePlan.pages().firstKey() == plan.pages().firstKey()
        && basePlan.pages().keyBits() == plan.pages().keyBits()
        && basePlan.pageCount() % plan.partitionCount() == 0
        && isOfFirstSeed(base, plan);
  }

  /** The seed of the base is not among what its info says; another one shows in the first part. */
  private static boolean isOfFirstSeed(Almanac base, PagePlan plan) {
    PagePlan.Partitioner partitioner = plan.partitioner();
    boolean[] elsewhere = new boolean[1];
    base.entries()
        .part(0, plan.partitionCount())
        .forEach((id, code) -> elsewhere[0] |= partitioner.partition(id, 0) != 0);
    return !elsewhere[0];
  }

  private void distribute(long[] ids, int[] codes, int count) {
    PagePlan.Partitioner partitioner = plan.partitioner();
    int[] counts = new int[changes.length];
    for (int i = 0; i < count; i++) {
      counts[partitioner.partition(ids[i], 0)]++;
    }
    for (int partition = 0; partition < changes.length; partition++) {
      changes[partition] = new ChangedKeys(counts[partition]);
    }
    for (int i = 0; i < count; i++) {
      changes[partitioner.partition(ids[i], 0)].put(ids[i], codes[i]);
    }
  }

  @Override
  public int partitionCount() {
    return plan.partitionCount();
  }

  @Override
  public void read(int partition, KeyConsumer consumer) throws IOException {
    Merge merge = new Merge(partition, consumer);
    try {
      if (plan.pages().layout() == Layout.HASHED) {
        base.entries().part(partition, plan.partitionCount()).forEach(merge::unchanged);
      } else {
        readDirect(partition, merge);
      }
      merge.giveChanges();
    } catch (UncheckedIOException e) {
      throw Objects.requireNonNull(e.getCause());
    }
    fingerprints[partition] = merge.fingerprint;
  }

  /** Reads the pages of the base that have numbers of the partition; it takes those alone. */
  private void readDirect(int partition, Merge merge) {
    int pageBits = basePlan.pages().pageBits();
    long firstId = plan.pages().firstKey() + ((long) partition << plan.partitionShift());
    // How far the partition begins and ends after the first number of the base.
    long from = firstId - basePlan.pages().firstKey();
    long to = from + (1L << plan.partitionShift());
    long firstPage = Math.max(0, from >> pageBits);
    long endPage = Math.min(basePlan.pageCount(), (to - 1 >> pageBits) + 1);
    for (long page = firstPage; page < endPage; page++) {
      base.entries().part((int) page, basePlan.pageCount()).forEach(merge::unchanged);
    }
  }

  /** All of it, whatever has been read already. */
  public Fingerprint fingerprint() throws IOException {
    Fingerprint all = new Fingerprint();
    for (int partition = 0; partition < fingerprints.length; partition++) {
      if (fingerprints[partition] == null) {
        read(partition, (key, low, code) -> {});
      }
      all.add(Objects.requireNonNull(fingerprints[partition]));
    }
    return all;
  }

  /** One pass over a partition. */
  private final class Merge {
    private final int partition;
    private final PagePlan.Partitioner partitioner = plan.partitioner();
    private final ChangedKeys changed;
    private final KeyConsumer consumer;
    private final Fingerprint fingerprint = new Fingerprint();

    Merge(int partition, KeyConsumer consumer) {
      this.partition = partition;
      this.changed = changes[partition];
      this.consumer = consumer;
    }

    /** Takes an entry of the base, unless it changes or is of another partition. */
    void unchanged(long id, int baseCode) {
      if (partitioner.partition(id, 0) == partition && !changed.contains(id)) {
        give(id, newCodes[baseCode]);
      }
    }

    void giveChanges() {
      changed.forEach(
          (id, code) -> {
            if (code != REMOVED) {
              give(id, code);
            }
          });
    }

    private void give(long id, int code) {
      fingerprint.add(id, code);
      try {
        consumer.accept(id, 0, code);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
