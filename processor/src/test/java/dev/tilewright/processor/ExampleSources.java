package dev.tilewright.processor;

import dev.tilewright.DType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes complete sources of examples. */
final class ExampleSources {
  /** The class that runs the examples of statements, a method each. */
  static final String STATEMENTS = "Statements";

  private static final String LANGUAGE =
      "import dev.tilewright.*;\nimport static dev.tilewright.Operators.*;\n";

  private static final String JAVA =
      LANGUAGE
          + """
          import dev.tilewright.op.*;
          import dev.tilewright.op.Primitive.*;
          import dev.tilewright.runtime.*;
          import dev.tilewright.runtime.Weights;
          import java.io.*;
          import java.net.*;
          import java.nio.file.*;
          import java.util.*;
          """;

  /** What an entry's body may call. */
  private static final Set<String> OPERATORS =
      Set.of(
          "dev.tilewright.Tensor", "dev.tilewright.Operators", "dev.tilewright.AttentionOptions");

  private ExampleSources() {}

  /** The name of the model that a declaration makes. */
  static String modelName(Example declaration, int index) {
    return isWhole(declaration)
        ? declaration.text().replaceAll("(?s).*@Model\\b.*?public interface (\\w+).*", "$1")
        : declaration.owner().replaceAll(".*\\.", "") + "Example" + index;
  }

  /** A file that holds a declaration, in a model if it is not one. */
  static String model(Example declaration, int index) {
    String text = declaration.text();
    return LANGUAGE
        + (isWhole(declaration)
            ? text
            : "@Model\npublic interface %s extends CompiledModel {\n%s}\n"
                .formatted(modelName(declaration, index), text));
  }

  private static boolean isWhole(Example declaration) {
    return declaration.text().contains("@Model");
  }

  /** One model with an entry for each example of an operator. */
  static String operators(List<Example> examples) {
    StringBuilder source =
        new StringBuilder(LANGUAGE)
            .append("@Model\npublic interface Operations extends CompiledModel {\n");
    for (int i = 0; i < examples.size(); i++) {
      Example example = examples.get(i);
      if (!example.isDeclaration() && OPERATORS.contains(example.owner())) {
        List<String> parameters =
            distinct(example).values().stream().map(ExampleSources::parameter).toList();
        source.append(
            "// %s\n@Entry default Tensor %s(%s) {\n%s  return %s;\n}\n"
                .formatted(
                    example,
                    method(i),
                    String.join(", ", parameters),
                    example.text(),
                    example.claims().getLast().variable()));
      }
    }
    return source.append("}\n").toString();
  }

  private static String parameter(Example.Input input) {
    String annotation =
        switch (dtype(input)) {
          case INT32 -> "@Int32 ";
          case BOOL -> "@Bool ";
          case FLOAT32, BFLOAT16, INT8, UINT8 -> "";
        };
    return "@Shape({%s}) %sTensor %s"
        .formatted(input.values().shapeText(), annotation, input.name());
  }

  static DType dtype(Example.Input input) {
    return input.dtype() == null ? input.values().dtype() : DType.valueOf(input.dtype());
  }

  /** A class with a method for each example of statements, which lists what is claimed. */
  static String statements(List<Example> examples) {
    StringBuilder source =
        new StringBuilder(JAVA).append("public final class " + STATEMENTS + " {\n");
    for (int i = 0; i < examples.size(); i++) {
      Example example = examples.get(i);
      if (!example.isDeclaration()) {
        source.append(
            "// %s\npublic static void %s(List<Object> results, Evaluator evaluator"
                .formatted(example, method(i)));
        distinct(example).keySet().forEach(name -> source.append(", Tensor ").append(name));
        source.append(") throws Exception {\n").append(recording(example)).append("}\n");
      }
    }
    return source.append("}\n").toString();
  }

  /** The statements, each followed by one that lists what it is said to give. */
  private static String recording(Example example) {
    StringBuilder text = new StringBuilder();
    var claims = example.claims().iterator();
    for (String line : example.text().split("\n", -1)) {
      text.append(line).append('\n');
      if (line.contains("//") && line.indexOf("gives ", line.indexOf("//")) >= 0) {
        text.append("results.add(").append(claims.next().variable()).append(");\n");
      }
    }
    return text.toString();
  }

  /** The inputs by their names. */
  static Map<String, Example.Input> distinct(Example example) {
    Map<String, Example.Input> inputs = new LinkedHashMap<>();
    example.inputs().forEach(input -> inputs.putIfAbsent(input.name(), input));
    return inputs;
  }

  static String method(int index) {
    return "example" + index;
  }
}
