package dev.tilewright.runtime.weights;

import dev.tilewright.runtime.WeightTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The nodes and constants of an ONNX model, those of nested graphs (bodies of If and Loop) among
 * them: names of values are unique over all graphs of a model.
 *
 * @param nodes all nodes but Constant ones
 * @param initializers tensors stored beside the nodes, in the order of the file
 * @param constants results of Constant nodes
 */
record OnnxGraph(List<OnnxNode> nodes, List<Constant> initializers, List<Constant> constants) {
  OnnxGraph() {
    this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
  }

  /**
   * A tensor in the file.
   *
   * @param name the value's name in the graph
   * @param tensor the tensor; throws if the element type is not supported
   */
  record Constant(String name, List<Long> shape, Supplier<WeightTensor> tensor) {
    Constant named(String other) {
      return new Constant(other, shape, tensor);
    }
  }
}
