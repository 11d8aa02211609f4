package dev.tilewright.processor.tune;

import dev.tilewright.processor.tune.Measurer.MeasureException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;
import javax.tools.JavaFileObject;

/** Finds the jars or folders that the compiler reads runtime and annotations from. */
public final class RuntimePath {
  private static final List<String> CLASSES =
      List.of("dev.tilewright.runtime.NativeModel", "dev.tilewright.Tensor");

  private RuntimePath() {}

  /**
   * Their places.
   *
   * @throws MeasureException if they are not to be found
   */
  public static List<Path> of(Elements elements) {
    List<Path> places = new ArrayList<>();
    for (String name : CLASSES) {
      TypeElement type = elements.getTypeElement(name);
      if (type == null) {
        throw new MeasureException(
            false, name + " is not on the class path, which tilewright-runtime brings", null);
      }
      try {
        JavaFileObject file = elements.getFileObjectOf(type);
        places.add(root(file.toUri(), name));
      } catch (RuntimeException e) {
        throw new MeasureException(
            false, "this compiler does not say where it read " + name + " from: " + e, e);
      }
    }
    return places;
  }

  /** {@code jar:file:///a/b.jar!/x/Y.class} gives {@code /a/b.jar}; so for folders. */
  static Path root(URI file, String className) {
    String text = file.toString();
    int inside = text.indexOf("!/");
    if (text.startsWith("jar:") && inside > 0) {
      return Path.of(URI.create(text.substring("jar:".length(), inside)));
    }
    String relative = className.replace('.', '/') + ".class";
    if (!text.endsWith(relative)) {
      throw new IllegalArgumentException(text);
    }
    return Path.of(URI.create(text.substring(0, text.length() - relative.length())));
  }
}
