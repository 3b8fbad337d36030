package java.lang.foreign;

/** What the reader uses of the interface of Java 22. For the compiler alone. */
public interface Arena extends AutoCloseable {
  static Arena ofShared() {
    throw new UnsupportedOperationException();
  }

  @Override
  void close();
}
