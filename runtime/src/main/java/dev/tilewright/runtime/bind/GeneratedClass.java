package dev.tilewright.runtime.bind;

import dev.tilewright.Model;
import dev.tilewright.runtime.DamagedModelException;
import dev.tilewright.runtime.MissingCompiledModelException;
import dev.tilewright.runtime.ModelDeclarationException;
import dev.tilewright.runtime.NativeModel;
import dev.tilewright.schema.ModelSchema;
import dev.tilewright.schema.SchemaText;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The class that the annotation processor generated for a model, with the files that belong to it.
 */
public final class GeneratedClass {
  private static final String SUFFIX = "_Native";

  private final Class<?> type;

  private GeneratedClass(Class<?> type) {
    this.type = type;
  }

  /**
   * The generated class of an interface.
   *
   * @throws ModelDeclarationException if the interface has no {@code @Model}
   * @throws MissingCompiledModelException if there is no such class
   */
  public static GeneratedClass of(Class<?> model) {
    String name = name(model);
    try {
      return new GeneratedClass(Class.forName(name, true, model.getClassLoader()));
    } catch (ClassNotFoundException e) {
      // Asked only now, as the JVM takes milliseconds to read its first annotation.
      if (!model.isInterface() || !model.isAnnotationPresent(Model.class)) {
        throw new ModelDeclarationException(model.getName() + " is no interface with @Model", e);
      }
      throw new MissingCompiledModelException(
          "there is no class "
              + name
              + ": the annotation processor did not run when "
              + model.getName()
              + " was compiled. Put tilewright-processor on javac's processor path: in Maven under"
              + " <annotationProcessorPaths> of maven-compiler-plugin, in Gradle as"
              + " annotationProcessor, by hand with --processor-path. If it is only on the class"
              + " path, javac 23 and later run it with -proc:full.",
          e);
    }
  }

  /** {@code a.b.Outer.Inner} gives {@code a.b.Outer_Inner_Native}. */
  static String name(Class<?> model) {
    return model.getName().replace('$', '_') + SUFFIX;
  }

  /**
   * The description of one of the model's libraries. Those of the others are read only as far as
   * the choice needs: whole ones are long.
   *
   * @param choice answers with one of those it gets, which tell the model and the library only
   * @throws DamagedModelException if one is missing or cannot be read
   */
  public ModelSchema schema(Function<List<ModelSchema>, ModelSchema> choice) {
    List<ModelSchema> heads = new ArrayList<>();
    Map<ModelSchema, Text> texts = new IdentityHashMap<>();
    for (String resource : resources()) {
      Text text = new Text(resource, new String(read(resource), StandardCharsets.UTF_8));
      ModelSchema head = text.parse(SchemaText::parseHead);
      heads.add(head);
      texts.put(head, text);
    }
    return texts.get(choice.apply(heads)).parse(SchemaText::parse);
  }

  private record Text(String resource, String content) {
    ModelSchema parse(Function<String, ModelSchema> parser) {
      try {
        return parser.apply(content);
      } catch (IllegalArgumentException e) {
        throw new DamagedModelException(resource + ": " + e.getMessage(), e);
      }
    }
  }

  private List<String> resources() {
    try {
      List<String> resources = new ArrayList<>();
      for (Object resource : (List<?>) type.getField("SCHEMAS").get(null)) {
        resources.add((String) resource);
      }
      if (resources.isEmpty()) {
        throw new DamagedModelException(
            type.getName() + " names no library: compile the model for at least one target");
      }
      return resources;
    } catch (ReflectiveOperationException | ClassCastException e) {
      throw damaged(e);
    }
  }

  /**
   * A resource beside the class.
   *
   * @throws DamagedModelException if it is missing
   */
  public byte[] read(String resource) {
    try (InputStream in = type.getResourceAsStream("/" + resource)) {
      if (in == null) {
        throw new DamagedModelException(
            resource
                + " is missing beside "
                + type.getName()
                + ": keep the META-INF/tilewright folder that the"
                + " annotation processor wrote with the classes");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new DamagedModelException(resource + " cannot be read: " + e, e);
    }
  }

  /** A model over what was loaded. */
  public Object instance(NativeModel.Binding binding) {
    try {
      return type.getConstructor(NativeModel.Binding.class).newInstance(binding);
    } catch (InvocationTargetException e) {
      throw damaged(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw damaged(e);
    }
  }

  private DamagedModelException damaged(Throwable cause) {
    return new DamagedModelException(
        type.getName()
            + " is not as the annotation processor of this version generates it, or its package is"
            + " not exported: "
            + cause,
        cause);
  }
}
