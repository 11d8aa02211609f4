package dev.tilewright.processor.cface;

import dev.tilewright.DType;
import dev.tilewright.op.TensorType;
import dev.tilewright.schema.ModelSchema.EntrySchema;
import dev.tilewright.schema.ModelSchema.Parameter;
import dev.tilewright.schema.RaggedAxes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * An entry as C sees it. Names that C, C++ or the library's own text have taken get an underscore.
 * The sizes come first (of a ragged entry the number of sequences and their lengths), then inputs
 * and results.
 */
record CSignature(EntrySchema entry) {
  private static final Set<String> TAKEN =
      Set.of(
          "alignas",
          "alignof",
          "and",
          "asm",
          "auto",
          "bitand",
          "bitor",
          "bool",
          "compl",
          "concept",
          "consteval",
          "constexpr",
          "constinit",
          "decltype",
          "delete",
          "explicit",
          "export",
          "extern",
          "friend",
          "inline",
          "mutable",
          "namespace",
          "noexcept",
          "not",
          "nullptr",
          "operator",
          "or",
          "register",
          "reinterpret_cast",
          "requires",
          "restrict",
          "signed",
          "sizeof",
          "static_assert",
          "struct",
          "template",
          "typedef",
          "typeid",
          "typename",
          "union",
          "unsigned",
          "using",
          "virtual",
          "wchar_t",
          "xor",
          "variant",
          "weights",
          "workspace",
          "workers",
          "status",
          "call",
          "word",
          "s",
          "i",
          "i64",
          "u64",
          "i32",
          "linux",
          "unix");

  /** What a symbol or an input is called. */
  private static String name(String java) {
    String name = java.replaceAll("[^A-Za-z0-9_]", "_");
    return TAKEN.contains(name) ? name + "_" : name;
  }

  /** What a symbolic extent is called. */
  String symbol(String symbol) {
    boolean isInput = entry.inputs().stream().anyMatch(input -> input.name().equals(symbol));
    return name(symbol) + (isInput ? "_extent" : "");
  }

  /** The parameters that give sizes. */
  List<String> sizes() {
    List<String> sizes = new ArrayList<>();
    for (String symbol : entry.symbols()) {
      if (!isLength(symbol)) {
        sizes.add("int64_t " + symbol(symbol));
      }
    }
    entry.ragged().ifPresent(axes -> sizes.add("const int32_t *" + lengths(axes)));
    return sizes;
  }

  /** The parameters that give tensors. */
  List<String> tensors() {
    List<String> tensors = new ArrayList<>();
    for (Parameter input : entry.inputs()) {
      tensors.add("const " + element(input.type()) + " *" + name(input.name()));
    }
    for (int i = 0; i < entry.results().size(); i++) {
      tensors.add(element(entry.results().get(i)) + " *" + result(i));
    }
    return tensors;
  }

  /** The name of a result's parameter. */
  String result(int i) {
    String plain = entry.results().size() == 1 ? "result" : "result" + i;
    boolean isInput = entry.inputs().stream().anyMatch(input -> input.name().equals(plain));
    return isInput ? plain + "_" : plain;
  }

  /** The names of all parameters that give sizes, as arguments. */
  List<String> sizeNames() {
    return names(sizes());
  }

  /** The names of the tensors, as arguments. */
  List<String> tensorNames() {
    return names(tensors());
  }

  /** Whether a symbol's value follows from the lengths of sequences. */
  boolean isLength(String symbol) {
    return entry
        .ragged()
        .filter(axes -> symbol.equals(axes.length()) || symbol.equals(axes.total().toString()))
        .isPresent();
  }

  /** The name of the parameter with the lengths of sequences. */
  static String lengths(RaggedAxes axes) {
    return name(axes.length()) + "_lengths";
  }

  /** A line for each tensor: name, element type, shape. */
  List<String> comments() {
    List<String> lines = new ArrayList<>();
    for (Parameter input : entry.inputs()) {
      lines.add(name(input.name()) + ": " + input.type() + packing(input.type()));
    }
    for (int i = 0; i < entry.results().size(); i++) {
      lines.add(result(i) + ": " + entry.results().get(i) + packing(entry.results().get(i)));
    }
    return lines;
  }

  private String packing(TensorType type) {
    return entry
        .ragged()
        .filter(axes -> axes.isRagged(type.shape()))
        .map(axes -> ", the sequences one behind the other: " + axes.total() + " rows in all")
        .orElse("");
  }

  private static List<String> names(List<String> parameters) {
    return parameters.stream()
        .map(
            parameter ->
                parameter.substring(
                    Math.max(parameter.lastIndexOf(' '), parameter.lastIndexOf('*')) + 1))
        .toList();
  }

  private static String element(TensorType type) {
    return element(type.dtype());
  }

  private static String element(DType dtype) {
    return switch (dtype) {
      case FLOAT32 -> "float";
      case BFLOAT16 -> "uint16_t";
      case INT32 -> "int32_t";
      case INT8 -> "int8_t";
      case UINT8, BOOL -> "uint8_t";
    };
  }
}
