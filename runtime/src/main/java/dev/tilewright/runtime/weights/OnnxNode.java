package dev.tilewright.runtime.weights;

import java.util.List;
import java.util.Map;

/**
 * A node of an ONNX graph, as far as names of weights depend on it.
 *
 * @param name the node's name, empty if it has none; PyTorch's exporter writes {@code
 *     /module/path/OpType_1}
 * @param type the operator, qualified by its domain unless that is the standard one
 * @param inputs names of values; an omitted optional input is empty
 * @param outputs names of values
 * @param integers the attributes of type int and ints
 * @param floats the attributes of type float
 */
record OnnxNode(
    String name,
    String type,
    List<String> inputs,
    List<String> outputs,
    Map<String, List<Long>> integers,
    Map<String, Float> floats) {

  /** The name of input {@code i}, empty if it was omitted. */
  String input(int i) {
    return i < inputs.size() ? inputs.get(i) : "";
  }

  /** An attribute of type int. */
  long integer(String attribute, long otherwise) {
    var values = integers.getOrDefault(attribute, List.of());
    return values.size() == 1 ? values.getFirst() : otherwise;
  }
}
