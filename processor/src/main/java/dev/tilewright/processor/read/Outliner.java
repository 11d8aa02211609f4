package dev.tilewright.processor.read;

import com.sun.source.tree.Tree;
import dev.tilewright.On;
import dev.tilewright.Tensor;
import dev.tilewright.codegen.graph.Function;
import dev.tilewright.codegen.graph.GraphBuilder;
import dev.tilewright.codegen.graph.GraphBuilder.Symbol;
import dev.tilewright.op.TensorType;
import dev.tilewright.processor.diagnose.Diagnostic;
import dev.tilewright.processor.diagnose.Place;
import dev.tilewright.processor.model.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.lang.model.element.ExecutableElement;

/**
 * Makes functions of blocks' methods. A method that is called with the same types and constants is
 * the same function, so a model of many equal layers holds one, called with many weight prefixes;
 * nothing has to recognise loops.
 */
final class Outliner {
  /**
   * @param function null if there is nothing to call
   * @param result what the call gives, with the function's own tensors
   * @param possible whether the result can leave a function
   */
  private record Outlined(Function function, Object result, boolean possible) {}

  private final Context context;
  private final Map<String, Outlined> outlined = new HashMap<>();
  private final Set<String> open = new HashSet<>();
  private final Set<String> names = new HashSet<>();
  private final List<Function> functions = new ArrayList<>();

  Outliner(Context context) {
    this.context = context;
  }

  /** The functions so far, callees before callers. */
  List<Function> functions() {
    return functions;
  }

  /** A function name that was not given before. */
  String fresh(String wanted) {
    String base = wanted.replaceAll("[^A-Za-z0-9_]", "_");
    String name = base;
    for (int i = 2; !names.add(name); i++) {
      name = base + "_" + i;
    }
    return name;
  }

  /** Adds a finished function. */
  void add(Function function) {
    functions.add(function);
  }

  /**
   * Calls the function of a block's method.
   *
   * @return its result; empty if the arguments or the result hold what cannot cross the border of a
   *     function, such as blocks and arrays, so that the body belongs into the caller's graph
   */
  Optional<Object> call(
      ExecutableElement method,
      Value.Block block,
      List<Object> arguments,
      Frame caller,
      Tree at,
      Place callSite,
      Bodies bodies) {
    Structure structure = Structure.of(arguments);
    if (caller.builder() == null || structure.tensors().isEmpty() || !structure.isComplete()) {
      return Optional.empty();
    }
    String key =
        "%s %s.%s %s %s"
            .formatted(
                block.type(),
                method.getEnclosingElement(),
                method,
                caller.on().map(On.Unit::name).orElse(""),
                structure.key());
    if (open.contains(key)) {
      throw new Fault(Diagnostic.RECURSION, method.getSimpleName());
    }
    Outlined callee = outlined.get(key);
    if (callee == null) {
      open.add(key);
      try {
        callee = outline(method, block, arguments, caller, callSite, bodies);
      } finally {
        open.remove(key);
      }
      outlined.put(key, callee);
    }
    if (!callee.possible()) {
      return Optional.empty();
    }
    if (callee.function() == null) {
      return Optional.of(callee.result());
    }
    context.at(caller, at);
    List<TensorType> types =
        Structure.of(java.util.Collections.singletonList(callee.result())).tensors().stream()
            .map(Tensor::type)
            .toList();
    Iterator<Symbol> results =
        caller
            .builder()
            .call(callee.function(), block.prefix(), structure.tensors(), types)
            .iterator();
    return Optional.of(Structure.replace(callee.result(), _ -> results.next()));
  }

  private Outlined outline(
      ExecutableElement method,
      Value.Block block,
      List<Object> arguments,
      Frame caller,
      Place callSite,
      Bodies bodies) {
    Sources.MethodSource source = bodies.source(method);
    GraphBuilder builder =
        new GraphBuilder(
            fresh(block.type().asElement().getSimpleName() + "_" + method.getSimpleName()));
    List<Object> inputs = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      builder.at(source.unit().origin(source.tree().getParameters().get(i)));
      String name = method.getParameters().get(i).getSimpleName().toString();
      int[] count = new int[1];
      inputs.add(
          Structure.replace(
              arguments.get(i),
              tensor ->
                  builder.input(count[0]++ == 0 ? name : name + "_" + count[0], tensor.type())));
    }
    Frame frame =
        new Frame(
            builder, source.unit(), method, new Value.Block(block.type(), ""), caller, callSite);
    Object result = bodies.run(method, source, inputs, frame);
    Structure results = Structure.of(java.util.Collections.singletonList(result));
    if (result instanceof Value.Mark) {
      return new Outlined(null, result, true);
    }
    if (!results.isComplete()) {
      return new Outlined(null, null, false);
    }
    if (results.tensors().isEmpty()) {
      return new Outlined(null, result, true);
    }
    Function function = builder.finish(results.tensors());
    context.requireKept(builder, function);
    add(function);
    return new Outlined(function, result, true);
  }
}
