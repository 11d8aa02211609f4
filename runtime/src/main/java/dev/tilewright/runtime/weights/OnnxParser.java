package dev.tilewright.runtime.weights;

import dev.tilewright.runtime.UnsupportedWeightsException;
import dev.tilewright.runtime.weights.OnnxGraph.Constant;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the messages of onnx.proto (<a href="https://onnx.ai/onnx/repo-docs/IR.html">ONNX IR</a>)
 * that weights and their names depend on. Generated classes would copy every tensor to the heap;
 * this reader leaves the data where it is mapped.
 */
final class OnnxParser {
  private final Source source;
  private final ProtoReader in;
  private final OnnxGraph graph = new OnnxGraph();

  private OnnxParser(Source source, ProtoReader in) {
    this.source = source;
    this.in = in;
  }

  /** Reads a ModelProto. */
  static OnnxGraph parse(Source source) {
    return ProtoReader.read(source, in -> new OnnxParser(source, in).model());
  }

  private OnnxGraph model() throws IOException {
    var graphs = new ArrayList<Long>();
    in.fields(
        field -> {
          if (field == 7) {
            graphs.add(in.position());
            in.message(this::graph);
          } else {
            in.skip();
          }
        });
    if (graphs.isEmpty()) {
      throw source.corrupt(
          in.position(), "an ONNX model with a graph expected, but the file ends without one");
    }
    return graph;
  }

  /** GraphProto. */
  private void graph(int field) throws IOException {
    switch (field) {
      case 1 -> node();
      case 5 -> graph.initializers().add(OnnxTensor.read(source, in));
      case 15 -> in.message(this::sparseTensor);
      default -> in.skip();
    }
  }

  /**
   * SparseTensorProto: all that is of use is the name of its values, to say that it is not
   * supported.
   */
  private void sparseTensor(int field) throws IOException {
    if (field != 1) {
      in.skip();
      return;
    }
    var values = OnnxTensor.read(source, in);
    graph
        .initializers()
        .add(
            new Constant(
                values.name(),
                values.shape(),
                () -> {
                  throw new UnsupportedWeightsException(
                      "tensor %s of %s is sparse, which is not supported; export it dense"
                          .formatted(values.name(), source.origin()));
                }));
  }

  /** NodeProto. */
  private void node() throws IOException {
    var node = new NodeFields();
    in.message(
        field -> {
          switch (field) {
            case 1 -> node.inputs.add(in.string());
            case 2 -> node.outputs.add(in.string());
            case 3 -> node.name = in.string();
            case 4 -> node.type = in.string();
            case 5 -> attribute(node);
            case 7 -> node.domain = in.string();
            default -> in.skip();
          }
        });
    var standard = node.domain.isEmpty() || node.domain.equals("ai.onnx");
    var type = standard ? node.type : node.domain + "." + node.type;
    if (type.equals("Constant") && !node.outputs.isEmpty()) {
      node.tensors.forEach(tensor -> graph.constants().add(tensor.named(node.outputs.getFirst())));
    } else {
      graph
          .nodes()
          .add(
              new OnnxNode(node.name, type, node.inputs, node.outputs, node.integers, node.floats));
    }
  }

  private static final class NodeFields {
    String name = "";
    String type = "";
    String domain = "";
    final List<String> inputs = new ArrayList<>();
    final List<String> outputs = new ArrayList<>();
    final Map<String, List<Long>> integers = new HashMap<>();
    final Map<String, Float> floats = new HashMap<>();
    final List<Constant> tensors = new ArrayList<>();
  }

  /** AttributeProto; a graph in it becomes part of the whole. */
  private void attribute(NodeFields node) throws IOException {
    var name = new StringBuilder();
    var integers = new ArrayList<Long>();
    var floats = new ArrayList<Float>();
    in.message(
        field -> {
          switch (field) {
            case 1 -> name.append(in.string());
            case 2 -> floats.add(in.number());
            case 3, 8 -> integers.addAll(in.integers());
            case 5 -> node.tensors.add(OnnxTensor.read(source, in));
            case 6, 11 -> in.message(this::graph);
            default -> in.skip();
          }
        });
    if (!integers.isEmpty()) {
      node.integers.put(name.toString(), List.copyOf(integers));
    }
    if (!floats.isEmpty()) {
      node.floats.put(name.toString(), floats.getFirst());
    }
  }
}
