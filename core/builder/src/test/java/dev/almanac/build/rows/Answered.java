package dev.almanac.build.rows;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;

/**
 * An object of a real database of which a test answers some calls itself, for what other drivers
 * and pools do.
 */
final class Answered {
  private Answered() {}

  /** The answer to a call. */
  interface Answer {
    Object to(Object[] arguments) throws Exception;
  }

  /**
   * All calls go to {@code real}, but for those of the named methods.
   *
   * @param answers by the name of the method
   */
  static <T> T by(Class<T> type, T real, Map<String, Answer> answers) {
    return type.cast(
        Proxy.newProxyInstance(
            Answered.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              Answer answer = answers.get(method.getName());
              if (answer != null) {
                return answer.to(arguments);
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
