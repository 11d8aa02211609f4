package dev.tilewright.runtime.bind;

import dev.tilewright.Model;
import dev.tilewright.Precision;
import dev.tilewright.runtime.DamagedModelException;
import dev.tilewright.runtime.MissingCompiledModelException;
import dev.tilewright.runtime.MissingPlatformException;
import dev.tilewright.runtime.ModelDeclarationException;
import dev.tilewright.runtime.NativeModel;
import dev.tilewright.schema.ModelSchema;
import dev.tilewright.schema.ModelSchema.LibrarySchema;
import dev.tilewright.schema.ModelSchema.WeightRecipe;
import dev.tilewright.schema.SchemaText;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The class that the annotation processor generated for a model, with the files that belong to it.
 */
public final class GeneratedClass {
  private static final String SUFFIX = "_Native";

  /** Enough for the first lines of a description. */
  private static final int HEAD_BYTES = 4096;

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

  /** The interface's name, for messages. */
  String model() {
    return type.getName().substring(0, type.getName().length() - SUFFIX.length());
  }

  /** {@code a.b.Outer.Inner} gives {@code a.b.Outer_Inner_Native}. */
  static String name(Class<?> model) {
    return model.getName().replace('$', '_') + SUFFIX;
  }

  /**
   * The description of one of the model's libraries. Those of the others are read only as far as
   * the choice needs: whole ones are long.
   *
   * @param platform operating system and architecture, such as {@code linux-x86_64}
   * @param choice answers with one of those it gets, which tell the model and the library only
   * @throws MissingPlatformException if the model was not compiled for the platform, or what was
   *     compiled for it is not at hand
   * @throws DamagedModelException if one is missing or cannot be read
   */
  public Description description(String platform, Function<List<ModelSchema>, ModelSchema> choice) {
    List<ModelSchema> heads = new ArrayList<>();
    Map<ModelSchema, String> names = new IdentityHashMap<>();
    for (String resource : resources(platform)) {
      ModelSchema head = head(resource).parse(SchemaText::parseHead);
      heads.add(head);
      names.put(head, resource);
    }
    String name = names.get(choice.apply(heads));
    Text chosen = new Text(name, new String(read(name), StandardCharsets.UTF_8));
    return new Description(chosen.parse(SchemaText::parseWithoutWeights), chosen);
  }

  /**
   * The weights of the library of a target and precision, on whatever platform there is one: they
   * are laid out alike on all.
   *
   * @throws IllegalArgumentException if the model was not compiled so, naming what there is
   */
  public List<WeightRecipe> weights(String target, Precision precision) {
    Set<String> others = new TreeSet<>();
    for (String resource : resources()) {
      if (has(resource)) {
        Text text = new Text(resource, new String(read(resource), StandardCharsets.UTF_8));
        LibrarySchema library = text.parse(SchemaText::parseHead).library();
        if (library.target().equals(target) && library.precision() == precision) {
          return text.parse(SchemaText::parse).weights();
        }
        others.add(library.target() + " in " + library.precision());
      }
    }
    throw new IllegalArgumentException(
        type.getName()
            + " was not compiled for "
            + target
            + " in "
            + precision
            + ", only for "
            + String.join(", ", others));
  }

  private boolean has(String resource) {
    try (InputStream in = open(resource)) {
      return in != null;
    } catch (IOException _) {
      return false;
    }
  }

  /**
   * What a library is like.
   *
   * @param schema without weights
   * @param text the whole
   */
  public record Description(ModelSchema schema, Text text) {
    static Description of(ModelSchema schema) {
      return new Description(
          schema, new Text(schema.library().resource(), SchemaText.print(schema)));
    }

    /**
     * The weights, which are long to read.
     *
     * @throws DamagedModelException if the text is damaged
     */
    List<WeightRecipe> weights() {
      return text.parse(SchemaText::parse).weights();
    }
  }

  /** A description as the compiler wrote it. */
  public record Text(String resource, String content) {
    ModelSchema parse(Function<String, ModelSchema> parser) {
      try {
        return parser.apply(content);
      } catch (IllegalArgumentException e) {
        throw new DamagedModelException(resource + ": " + e.getMessage(), e);
      }
    }
  }

  private List<String> resources(String platform) {
    Map<String, List<String>> compiled = new TreeMap<>();
    for (String resource : resources()) {
      // META-INF/tilewright/PLATFORM/..
      compiled.computeIfAbsent(resource.split("/", 4)[2], _ -> new ArrayList<>()).add(resource);
    }
    List<String> here = compiled.getOrDefault(platform, List.of());
    if (here.stream().noneMatch(this::has)) {
      List<String> present = new ArrayList<>(compiled.keySet());
      present.removeIf(other -> compiled.get(other).stream().noneMatch(this::has));
      throw new MissingPlatformException(
          type.getName(), platform, List.copyOf(compiled.keySet()), present);
    }
    return here;
  }

  private List<String> resources() {
    try {
      List<String> resources = new ArrayList<>();
      for (Object resource : (List<?>) type.getField("SCHEMAS").get(null)) {
        String name = (String) resource;
        if (name.split("/", 4).length < 4) {
          throw damaged(new IllegalArgumentException(name + " names no platform"));
        }
        resources.add(name);
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

  /** The first lines of a description, or all of it. */
  private Text head(String resource) {
    String start = new String(read(resource, HEAD_BYTES), StandardCharsets.UTF_8);
    boolean enough = SchemaText.hasHead(start);
    return new Text(resource, enough ? start : new String(read(resource), StandardCharsets.UTF_8));
  }

  /**
   * A resource beside the class.
   *
   * @throws DamagedModelException if it is missing
   */
  public byte[] read(String resource) {
    return read(resource, Integer.MAX_VALUE);
  }

  /** The first bytes of a resource, at most so many. */
  private byte[] read(String resource, int most) {
    try (InputStream in = open(resource)) {
      if (in == null) {
        throw new DamagedModelException(
            resource
                + " is missing beside "
                + type.getName()
                + ": keep the folders META-INF/tilewright and META-INF/native that the annotation"
                + " processor wrote with the classes");
      }
      return in.readNBytes(most);
    } catch (IOException e) {
      throw new DamagedModelException(resource + " cannot be read: " + e, e);
    }
  }

  /** A named module sees its own jar alone; the kernels of a platform may be in one beside it. */
  private InputStream open(String resource) {
    InputStream own = type.getResourceAsStream("/" + resource);
    return own == null && type.getClassLoader() != null
        ? type.getClassLoader().getResourceAsStream(resource)
        : own;
  }

  /** A model over what was loaded. */
  public Object instance(NativeModel.Binding binding) {
    return instance(type, binding);
  }

  /** A model of a generated class over what was loaded. */
  public static Object instance(Class<?> type, NativeModel.Binding binding) {
    try {
      return type.getConstructor(NativeModel.Binding.class).newInstance(binding);
    } catch (InvocationTargetException e) {
      throw damaged(type, e.getCause());
    } catch (ReflectiveOperationException e) {
      throw damaged(type, e);
    }
  }

  private DamagedModelException damaged(Throwable cause) {
    return damaged(type, cause);
  }

  private static DamagedModelException damaged(Class<?> type, Throwable cause) {
    return new DamagedModelException(
        type.getName()
            + " is not as the annotation processor of this version generates it, or its package is"
            + " not exported: "
            + cause,
        cause);
  }
}
