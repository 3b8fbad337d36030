package dev.almanac.build.chronicle;

import dev.almanac.build.chronicle.ChronicleStore.Created;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/**
 * The child JVM of a build: warms up, reads one {@link StorePlan} from standard input, creates the
 * store in its working folder, writes one {@link Created} to standard output and ends. It ends as
 * well when its input does, so it cannot outlive its parent.
 */
final class StoreChild {
  private StoreChild() {}

  /** Creates a store of one entry and removes it: that loads and compiles what a real one needs. */
  static void warmUp(Path folder) throws IOException {
    Path file = folder.resolve("warm-up");
    try {
      ChronicleStore.create(new StorePlan(1, 1, 1, 10, 2, false, 1), file);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /** The parent's half: sends the plan. The store's file is named {@code name}. */
  static void send(StorePlan plan, Path name, OutputStream toChild) throws IOException {
    ObjectOutputStream out = new ObjectOutputStream(toChild);
    out.writeUTF(name.toString());
    out.writeObject(plan);
    out.flush();
  }

  /** The parent's half: waits for the answer. */
  static Created receive(InputStream fromChild) throws IOException {
    try {
      return (Created) new ObjectInputStream(fromChild).readObject();
    } catch (ClassNotFoundException e) {
      throw new IOException(e);
    }
  }

  private record Request(StorePlan plan, Path file) {}

  /** Reads the one request, then waits for the end of the input, which is the end of the parent. */
  private static void listen(InputStream in, CompletableFuture<Request> request) {
    try {
      ObjectInputStream objects = new ObjectInputStream(in);
      Path file = Path.of(objects.readUTF());
      request.complete(new Request((StorePlan) objects.readObject(), file));
      while (in.read() >= 0) {
        // Nothing more is ever sent.
      }
    } catch (IOException | ClassNotFoundException e) {
      // The parent has ended, or given the build up.
    }
    Runtime.getRuntime().halt(1);
  }

  public static void main(String[] arguments) throws IOException {
    PrintStream answers = System.out;
    // What a library prints must not get into the answer.
    System.setOut(System.err);
    InputStream in = System.in;
    CompletableFuture<Request> request = new CompletableFuture<>();
    Thread listener = new Thread(() -> listen(in, request), "parent");
    listener.setDaemon(true);
    listener.start();
    warmUp(Path.of(""));
    Request received = request.join();
    Created created = ChronicleStore.create(received.plan, received.file);
    ObjectOutputStream out = new ObjectOutputStream(answers);
    out.writeObject(created);
    out.flush();
    // Chronicle may have left threads that keep a JVM alive.
    System.exit(0);
  }
}
