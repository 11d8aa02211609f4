package dev.tilewright.tests.minilm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.CompiledModel;
import dev.tilewright.examples.search.EncoderLayer;
import dev.tilewright.examples.search.MiniLm;
import dev.tilewright.processor.TilewrightProcessor;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaCompiler.CompilationTask;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** The example's model compiled again, in a folder whose classes hide those on the class path. */
final class Rebuilt implements AutoCloseable {
  private static final Path SOURCES =
      Path.of("..", "examples", "semantic-search", "src", "main", "java");

  private final Isolated loader;

  Rebuilt(Path folder) throws IOException {
    loader = new Isolated(new URL[] {folder.toUri().toURL()});
  }

  /** Compiles the model into a new folder, which is answered. */
  static Path compile(Path out, String... options) throws IOException {
    Files.createDirectory(out);
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager files = javac.getStandardFileManager(null, null, null)) {
      List<Path> sources =
          Stream.of(MiniLm.class, EncoderLayer.class)
              .map(type -> SOURCES.resolve(type.getName().replace('.', '/') + ".java"))
              .toList();
      List<String> all =
          Stream.concat(
                  Stream.of(
                      "-d", out.toString(), "-classpath", System.getProperty("java.class.path")),
                  Stream.of(options))
              .toList();
      CompilationTask task =
          javac.getTask(
              messages, files, null, all, null, files.getJavaFileObjectsFromPaths(sources));
      task.setProcessors(List.of(new TilewrightProcessor()));
      assertThat(task.call())
          .as("compilation of %s with %s: %s", sources, List.of(options), messages)
          .isTrue();
    }
    return out;
  }

  Class<? extends CompiledModel> model() throws ClassNotFoundException {
    return loader.loadClass(MiniLm.class.getName()).asSubclass(CompiledModel.class);
  }

  @Override
  public void close() throws IOException {
    loader.close();
  }

  /** Looks at its own folder first for the model's classes and resources. */
  private static final class Isolated extends URLClassLoader {
    private static final String OWN = MiniLm.class.getPackageName() + ".";

    Isolated(URL[] own) {
      super(own, MiniLm.class.getClassLoader());
    }

    @Override
    public URL getResource(String name) {
      URL found = findResource(name);
      return found == null ? super.getResource(name) : found;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith(OWN)) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded == null ? findClass(name) : loaded;
      }
    }
  }
}
