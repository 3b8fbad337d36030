package dev.almanac.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On Java 22 and later nothing waits: the last close unmaps. */
class WaitingMappingsTest {
  @TempDir private Path folder;

  private SealedFile open(String name) throws IOException {
    try (HandmadeFile file = HandmadeFile.ofNumbers(folder.resolve(name), 3, 1, 16, 8)) {
      return file.open();
    }
  }

  @Test
  void aCollectionHelpsWhereNobodyUsesWhatIsMapped() throws IOException {
    WaitingMappings waiting = new WaitingMappings();
    SealedFile first = open("first");
    SealedFile second = open("second");
    SealedFile.putAway(List.of(first, second), waiting);
    assertEquals(1, waiting.mappedCount(), "two files of one edition");
    assertFalse(waiting.isWorthACollection(0), "both are in use");
    first.close();
    assertFalse(waiting.isWorthACollection(0), "one is in use");
    second.close();
    assertEquals(!Mapping.UNMAPS, waiting.isWorthACollection(0));
    assertFalse(waiting.isWorthACollection(1), "only more than that");
    assertEquals(Mapping.UNMAPS ? 0 : 1, waiting.mappedCount());
    waiting.collect();
    assertFalse(waiting.isWorthACollection(0), "this test still refers to it");
    SealedFile third = open("third");
    SealedFile.putAway(List.of(third), waiting);
    assertFalse(waiting.isWorthACollection(0), "the third is in use, the others have survived");
    third.close();
    assertEquals(!Mapping.UNMAPS, waiting.isWorthACollection(1));
    assertEquals(Mapping.UNMAPS ? 0 : 2, waiting.mappedCount());
    assertTrue(first.isClosed() && second.isClosed() && third.isClosed());
  }

  @Test
  void whatIsCollectedNoLongerCounts() throws Exception {
    WaitingMappings waiting = new WaitingMappings();
    putAwayAndForget(waiting);
    for (int i = 0; waiting.mappedCount() > 0 && i < 3_000; i++) {
      waiting.collect();
      Thread.sleep(10);
    }
    assertEquals(0, waiting.mappedCount());
    assertFalse(waiting.isWorthACollection(0));
  }

  private void putAwayAndForget(WaitingMappings waiting) throws IOException {
    SealedFile file = open("forgotten");
    SealedFile.putAway(List.of(file), waiting);
    file.close();
  }

  @Test
  void anEditionIsGoneWithAllOfItsFiles() throws Exception {
    Mapping kept = open("kept").mapped().mapping;
    MappingTrace both = new MappingTrace(List.of(kept, mappingThatIsClosed()));
    MappingTrace closed = new MappingTrace(List.of(mappingThatIsClosed()));
    for (int i = 0; !closed.isGone() && i < 3_000; i++) {
      System.gc();
      Thread.sleep(10);
    }
    assertTrue(closed.isGone());
    assertFalse(closed.isWaiting(), "no collection is missing");
    assertFalse(both.isGone(), "one of two is mapped");
    assertFalse(both.isWaiting(), "it is in use");
    kept.endUse();
    assertEquals(!Mapping.UNMAPS, both.isWaiting());
  }

  private Mapping mappingThatIsClosed() throws IOException {
    SealedFile file = open("closed");
    file.close();
    return file.mapped().mapping;
  }
}
