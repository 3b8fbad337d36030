package dev.almanac;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.almanac.build.AlmanacBuilder;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The members of the API name the JDK and the API alone: what an application can import. */
class ExportsTest {
  private static final Set<String> API = Set.of("dev.almanac", "dev.almanac.build");

  @Test
  void theApiNamesTheJdkAndTheApiAlone() throws Exception {
    List<Class<?>> types = new ArrayList<>();
    types.addAll(publicTypes(Almanac.class));
    types.addAll(publicTypes(AlmanacBuilder.class));
    assertTrue(types.contains(Almanac.class) && types.contains(AlmanacBuilder.class));
    Set<String> hidden = new TreeSet<>();
    for (Class<?> type : types) {
      for (Method method : type.getDeclaredMethods()) {
        if (isSeen(method) && !method.isSynthetic()) {
          check(method, method.getReturnType(), hidden);
          check(method, method.getParameterTypes(), hidden);
          check(method, method.getExceptionTypes(), hidden);
        }
      }
      for (Constructor<?> constructor : type.getDeclaredConstructors()) {
        if (isSeen(constructor)) {
          check(constructor, constructor.getParameterTypes(), hidden);
        }
      }
      for (Field field : type.getDeclaredFields()) {
        if (isSeen(field)) {
          check(field, field.getType(), hidden);
        }
      }
    }
    assertEquals(Set.of(), hidden);
  }

  private static boolean isSeen(Member member) {
    return Modifier.isPublic(member.getModifiers()) || Modifier.isProtected(member.getModifiers());
  }

  private static void check(Object where, Class<?>[] named, Set<String> hidden) {
    Arrays.stream(named).forEach(type -> check(where, type, hidden));
  }

  private static void check(Object where, Class<?> named, Set<String> hidden) {
    Class<?> type = named;
    while (type != null && type.isArray()) {
      type = type.getComponentType();
    }
    if (type != null
        && !type.isPrimitive()
        && !type.getName().startsWith("java.")
        && !type.getName().startsWith("javax.sql.")
        && !(API.contains(type.getPackageName()) && Modifier.isPublic(type.getModifiers()))) {
      hidden.add(where + ": " + type.getName());
    }
  }

  /** The public types of the package of a class, nested ones too. */
  private static List<Class<?>> publicTypes(Class<?> one) throws Exception {
    List<Class<?>> types = new ArrayList<>();
    String folder = one.getPackageName().replace('.', '/');
    Path place = Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
    Consumer<Path> add =
        file -> {
          String name = file.getFileName().toString();
          if (name.endsWith(".class") && !name.contains("-info")) {
            Class<?> type = load(one.getPackageName() + "." + name.replace(".class", ""));
            if (isPublic(type)) {
              types.add(type);
            }
          }
        };
    if (Files.isDirectory(place)) {
      forEachFile(place.resolve(folder), add);
    } else {
      try (FileSystem jar = FileSystems.newFileSystem(place)) {
        forEachFile(jar.getPath(folder), add);
      }
    }
    return types;
  }

  private static void forEachFile(Path folder, Consumer<Path> action) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      files.forEach(action);
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name, false, ExportsTest.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isPublic(Class<?> type) {
    return Modifier.isPublic(type.getModifiers())
        && (type.getEnclosingClass() == null || isPublic(type.getEnclosingClass()));
  }
}
