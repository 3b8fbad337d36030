package dev.almanac.build.rows;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.github.luben.zstd.Zstd;
import dev.almanac.build.DelimitedRows;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;

/** The optional libraries may be missing; here they are, for a class loader that hides them. */
class MissingLibrariesTest {
  @Test
  void plainRowsNeedNoLibrary() {
    assertNull(failure("7|2024-02-29\n".getBytes(UTF_8), false));
    assertNull(failure("7|2024-02-29\n".getBytes(UTF_8), true));
  }

  @Test
  void zstdNamesTheLibraryItNeeds() {
    assertEquals(
        "an input compressed with zstd needs the dependency com.github.luben:zstd-jni on the class"
            + " path, file=in",
        failure(Zstd.compress("7|2024-02-29\n".getBytes(UTF_8)), false));
  }

  /** Takes the rows without the libraries, and returns the message it fails with, if it does. */
  private static String failure(byte[] bytes, boolean quoted) {
    Without loader = new Without();
    try {
      Class<?> rowsClass = loader.loadClass(DelimitedRows.class.getName());
      Object rows =
          rowsClass
              .getMethod("of", InputStream.class, String.class)
              .invoke(null, new ByteArrayInputStream(bytes), "in");
      rows = rowsClass.getMethod("quoted", boolean.class).invoke(rows, quoted);
      Object splits = rowsClass.getMethod("open").invoke(rows);
      Class<?> sinkClass = loader.loadClass("dev.almanac.build.RowSink");
      Object sink =
          Proxy.newProxyInstance(
              loader, new Class<?>[] {sinkClass}, (proxy, method, arguments) -> null);
      loader
          .loadClass("dev.almanac.build.RowSource$Splits")
          .getMethod("next", sinkClass)
          .invoke(splits, sink);
      return null;
    } catch (InvocationTargetException e) {
      return assertThrows(
              IOException.class,
              () -> {
                throw e.getCause();
              })
          .getMessage();
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private static final class Without extends ClassLoader {
    Without() {
      super(MissingLibrariesTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("com.github.luben.") || name.startsWith("de.siegmar.")) {
        throw new ClassNotFoundException(name);
      }
      if (!name.startsWith("dev.almanac.")) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        if (loaded != null) {
          return loaded;
        }
        try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
          byte[] code = in.readAllBytes();
          return defineClass(name, code, 0, code.length);
        } catch (IOException e) {
          throw new ClassNotFoundException(name, e);
        }
      }
    }
  }
}
