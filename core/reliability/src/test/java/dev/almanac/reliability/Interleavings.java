package dev.almanac.reliability;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Runs actors in every order of their steps. One actor runs at a time, from one of its steps to the
 * next; at each step the order that is being tried says who goes on. A step is whatever calls
 * {@link Turns#step}, in whatever thread.
 */
final class Interleavings {
  /** One of those whose steps are interleaved. */
  interface Actor {
    void run() throws Exception;
  }

  /** What is tried in one order: made anew for each. */
  interface Scene {
    /** The actors, which call {@code turns.step(i)} with their index for each of their steps. */
    List<Actor> actors(Turns turns) throws Exception;

    /** Checks what came of it, after all actors have ended. */
    void end() throws Exception;
  }

  private Interleavings() {}

  /**
   * Tries every order.
   *
   * @return how many there are
   */
  static long tryEveryOrder(Scene scene) throws Exception {
    long tried = 0;
    for (List<Integer> order = List.of(); order != null; tried++) {
      Turns turns = new Turns(order, null);
      tryOrder(turns, scene);
      order = turns.nextOrder();
    }
    return tried;
  }

  /** Tries {@code count} orders, drawn from a seed. */
  static long trySomeOrders(int count, Scene scene) throws Exception {
    SplittableRandom random = new SplittableRandom(count);
    for (int i = 0; i < count; i++) {
      tryOrder(new Turns(List.of(), random), scene);
    }
    return count;
  }

  private static void tryOrder(Turns turns, Scene scene) throws Exception {
    try {
      turns.run(scene.actors(turns));
      scene.end();
    } catch (AssertionError e) {
      throw new AssertionError("in the order " + turns.taken + ": " + e.getMessage(), e);
    }
  }

  /** Whose turn it is. */
  static final class Turns {
    private static final int NOBODY = -1;

    private final List<Integer> order;

    /** Who was chosen at each point, as an index into those who could be. */
    private final List<Integer> choices = new ArrayList<>();

    private final List<Integer> widths = new ArrayList<>();

    /** The actors in the order in which they went on. */
    final List<Integer> taken = new ArrayList<>();

    private boolean[] waits = {};
    private boolean[] ended = {};
    private int turn = NOBODY;
    private Throwable failure;

    /** Draws what the order leaves open; null for the first who can go on. */
    private final SplittableRandom random;

    Turns(List<Integer> order, SplittableRandom random) {
      this.order = order;
      this.random = random;
    }

    /** Waits until it is this actor's turn to go on. */
    synchronized void step(int actor) {
      waits[actor] = true;
      turn = NOBODY;
      notifyAll();
      boolean interrupted = false;
      while (turn != actor) {
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      waits[actor] = false;
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    private synchronized void end(int actor, Throwable thrown) {
      ended[actor] = true;
      turn = NOBODY;
      if (thrown != null && failure == null) {
        failure = thrown;
      }
      notifyAll();
    }

    private void run(List<Actor> actors) throws Exception {
      waits = new boolean[actors.size()];
      ended = new boolean[actors.size()];
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < actors.size(); i++) {
        int actor = i;
        Thread thread =
            new Thread(
                () -> {
                  Throwable thrown = null;
                  try {
                    step(actor);
                    actors.get(actor).run();
                  } catch (Throwable e) {
                    thrown = e;
                  }
                  end(actor, thrown);
                },
                "actor-" + i);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
      }
      conduct();
      for (Thread thread : threads) {
        thread.join();
      }
      if (failure != null) {
        throw new AssertionError(failure.toString(), failure);
      }
    }

    private synchronized void conduct() throws InterruptedException {
      while (true) {
        List<Integer> ready = awaitEveryone();
        if (ready.isEmpty()) {
          return;
        }
        int point = choices.size();
        int choice =
            point < order.size()
                ? order.get(point)
                : random == null ? 0 : random.nextInt(ready.size());
        choices.add(choice);
        widths.add(ready.size());
        taken.add(ready.get(choice));
        turn = ready.get(choice);
        notifyAll();
      }
    }

    /** Those who can go on, once nobody runs. */
    private List<Integer> awaitEveryone() throws InterruptedException {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(300);
      while (true) {
        List<Integer> ready = new ArrayList<>();
        boolean allStand = turn == NOBODY;
        for (int i = 0; i < waits.length; i++) {
          if (waits[i] && !ended[i]) {
            ready.add(i);
          } else if (!ended[i]) {
            allStand = false;
          }
        }
        if (allStand) {
          return ready;
        }
        if (System.nanoTime() > deadline) {
          throw new AssertionError("an actor neither ends nor comes to a step: taken=" + taken);
        }
        wait(1000);
      }
    }

    /** The next order in a depth-first walk through all of them, or null after the last. */
    private List<Integer> nextOrder() {
      for (int point = choices.size() - 1; point >= 0; point--) {
        if (choices.get(point) + 1 < widths.get(point)) {
          List<Integer> next = new ArrayList<>(choices.subList(0, point));
          next.add(choices.get(point) + 1);
          return next;
        }
      }
      return null;
    }
  }
}
