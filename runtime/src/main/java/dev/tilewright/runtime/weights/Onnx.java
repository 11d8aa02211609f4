package dev.tilewright.runtime.weights;

import dev.tilewright.runtime.AmbiguousWeightException;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.Weights;
import dev.tilewright.runtime.weights.OnnxGraph.Constant;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Weights from the initialisers of an ONNX model. */
final class Onnx {
  /** Names that exporters make up for values without a name of their own. */
  private static final Pattern ANONYMOUS =
      Pattern.compile(".*::.*|_?val_\\d+|\\d+|.*Constant(_\\d+)?(_output_\\d+)?", Pattern.DOTALL);

  private Onnx() {}

  /**
   * Whether the first byte can be that of a ModelProto: the tag of a field below 16 that it has.
   */
  static boolean recognises(MemorySegment bytes) {
    return switch (Source.head(bytes, 1)[0]) {
      // ir_version, producer_name, producer_version, domain, model_version, doc_string, graph,
      // opset_import, metadata
      case 0x08, 0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42, 0x72 -> true;
      default -> false;
    };
  }

  /** Reads a model. */
  static Weights read(Source source) {
    var graph = OnnxParser.parse(source);
    var modules = new OnnxNames(graph, source.arena());
    var tensors = new HashMap<String, Supplier<WeightTensor>>(modules.tensors());
    for (var initializer : graph.initializers()) {
      tensors.put(initializer.name(), initializer.tensor());
    }
    repeatedNames(graph)
        .forEach(
            name ->
                tensors.put(
                    name,
                    () -> {
                      throw new AmbiguousWeightException(
                          source.origin() + " has several initializers with the name " + name);
                    }));
    return new WeightTable(
        source.origin(),
        Optional.of(source.arena()),
        source.files(),
        listed(graph, modules.firstNames()),
        tensors);
  }

  private static Set<String> repeatedNames(OnnxGraph graph) {
    var seen = new LinkedHashSet<String>();
    var repeated = new LinkedHashSet<String>();
    for (var initializer : graph.initializers()) {
      if (!seen.add(initializer.name())) {
        repeated.add(initializer.name());
      }
    }
    return repeated;
  }

  /**
   * Anonymous constants go by the name of their module; those of no module are parts of shape
   * arithmetic if below rank 2.
   */
  private static Set<String> listed(OnnxGraph graph, Map<String, String> moduleNames) {
    var names = new LinkedHashSet<String>();
    for (Constant initializer : graph.initializers()) {
      var name = initializer.name();
      if (!ANONYMOUS.matcher(name).matches()) {
        names.add(name);
      } else if (moduleNames.containsKey(name)) {
        names.add(moduleNames.get(name));
      } else if (initializer.shape().size() >= 2) {
        names.add(name);
      }
    }
    return names;
  }
}
