package dev.almanac.build.write;

import java.io.IOException;
import java.nio.file.Path;

/** Refuses to begin what the disk has no room for. */
final class SpaceCheck {
  /** So much input tells how much the rest will take. */
  private static final long SAMPLE_BYTES = 32 << 20;

  private final Workspace workspace;
  private volatile boolean rowsChecked;

  SpaceCheck(Workspace workspace) {
    this.workspace = workspace;
  }

  /** Once some input is spooled: whether the rest of the rows will fit. */
  void rows(long done, long total, long spooledBytes) throws IOException {
    if (rowsChecked || total <= 0 || done < SAMPLE_BYTES) {
      return;
    }
    rowsChecked = true;
    long needed = (long) ((double) spooledBytes * (total - done) / done);
    require(workspace.spoolFolder(), needed, "the rows of a build must fit its temporary folder");
  }

  /** Before the store is made: whether it will fit beside the target. */
  void store(StorePlan plan) throws IOException {
    long needed =
        (long)
            ((double) plan.segmentCount()
                * ((double) plan.chunksPerSegment() * plan.chunkBytes()
                    + 6.0 * plan.entriesPerSegment()));
    require(
        workspace.targetFolder(),
        2 * needed,
        "the file and the store that it is copied from must fit the folder of its target");
  }

  private static void require(Path folder, long neededBytes, String rule) throws IOException {
    // Not by FileStore, which opens a file to look the mount up, and without a descriptor to spare
    // says that there is none. This says 0 where it cannot tell: then the writes will.
    long usableBytes = folder.toFile().getUsableSpace();
    if (usableBytes > 0 && usableBytes < neededBytes) {
      throw new IOException(
          rule
              + ": neededBytes="
              + neededBytes
              + " usableBytes="
              + usableBytes
              + ", folder="
              + folder.getParent());
    }
  }
}
