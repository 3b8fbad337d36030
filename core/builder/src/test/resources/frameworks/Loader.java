import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Runs a program in a separate class loader: loader, URL form, class path, class. */
class Loader {
  @SuppressWarnings("deprecation")
  public static void main(String[] arguments) throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String entry : arguments[1].split(File.pathSeparator)) {
      File file = new File(entry);
      urls.add(arguments[0].equals("unescaped") ? file.toURL() : file.toURI().toURL());
    }
    try (URLClassLoader loader =
        new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      Thread.currentThread().setContextClassLoader(loader);
      loader
          .loadClass(arguments[2])
          .getMethod("main", String[].class)
          .invoke(null, (Object) Arrays.copyOfRange(arguments, 3, arguments.length));
    }
  }
}
