package dev.tilewright.processor.cface;

import dev.tilewright.codegen.KernelModule;
import dev.tilewright.codegen.Platform;
import dev.tilewright.processor.compile.Linker;
import dev.tilewright.schema.ModelSchema;
import dev.tilewright.schema.ModelSchema.EntrySchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes what C, C++ and Rust need to call a model: {@code minilm.h}, and for each platform a
 * static library with the kernels of all targets and precisions and what chooses among them.
 */
public final class CFace {
  private final Path folder;
  private final Map<String, String> models = new HashMap<>();

  /** A compiled library of the model. */
  public record Compiled(Platform platform, ModelSchema schema, KernelModule kernels) {}

  public CFace(Path folder) {
    this.folder = folder;
  }

  /**
   * Writes header and libraries of one model.
   *
   * @param libraries of one model, at least one
   * @throws Linker.LinkException if a library cannot be built
   */
  public void write(List<Compiled> libraries, Linker linker) throws IOException {
    String model = libraries.getFirst().schema().model();
    String name = name(model);
    for (EntrySchema entry : libraries.getFirst().schema().entries()) {
      if (entry.session().isPresent()) {
        throw new Linker.LinkException(
            "%s.%s remembers what it was told, and sessions are not to be had from C yet: leave"
                    .formatted(model, entry.name())
                + " -Atilewright.c out for this model",
            null);
      }
    }
    String other = models.putIfAbsent(name, model);
    if (other != null && !other.equals(model)) {
      throw new Linker.LinkException(
          "in C, %s and %s are both called %s: rename one of them".formatted(other, model, name),
          null);
    }
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve(name + ".h"), new CHeader(name, libraries.getFirst().schema()).text());
    Map<Platform, List<Compiled>> platforms = new LinkedHashMap<>();
    for (Compiled library : libraries) {
      platforms.computeIfAbsent(library.platform(), _ -> new ArrayList<>()).add(library);
    }
    for (Map.Entry<Platform, List<Compiled>> platform : platforms.entrySet()) {
      List<CVariant> variants = new ArrayList<>();
      List<KernelModule> kernels = new ArrayList<>();
      for (Compiled library : platform.getValue()) {
        CVariant variant = new CVariant(name, library.schema());
        variants.add(variant);
        kernels.add(library.kernels().withSymbols(variant::symbol));
      }
      byte[] archive =
          linker.archive(name, platform.getKey(), kernels, new CGlue(name, variants).text());
      Path place = folder.resolve(platform.getKey().id());
      Files.createDirectories(place);
      Files.write(place.resolve(fileName(name, platform.getKey())), archive);
    }
  }

  /** The prefix of all that a header declares: the interface's simple name in lower case. */
  public static String name(String model) {
    return model.substring(model.lastIndexOf('.') + 1).replace('$', '_').toLowerCase(Locale.ROOT);
  }

  /** What the platform's linkers look for. */
  public static String fileName(String name, Platform platform) {
    return platform.system().equals("windows") ? name + ".lib" : "lib" + name + ".a";
  }
}
