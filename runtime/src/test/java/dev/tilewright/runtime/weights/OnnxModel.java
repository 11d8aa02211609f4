package dev.tilewright.runtime.weights;

import dev.tilewright.runtime.Weights;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Builds small ONNX files. */
final class OnnxModel {
  static final int FLOAT = 1;
  static final int UINT8 = 2;
  static final int INT8 = 3;
  static final int INT64 = 7;
  static final int STRING = 8;

  private final ProtoMessage graph = new ProtoMessage();

  /** A tensor with 0, 1, 2, ... as raw floats. */
  static ProtoMessage floats(String name, long... shape) {
    int size = 1;
    for (long extent : shape) {
      size *= (int) extent;
    }
    var data = ByteBuffer.allocate(4 * size).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < size; i++) {
      data.putFloat(i);
    }
    return tensor(name, FLOAT, shape).bytes(9, data.array());
  }

  /** A tensor without data. */
  static ProtoMessage tensor(String name, int dataType, long... shape) {
    return new ProtoMessage().packed(1, shape).integer(2, dataType).text(8, name);
  }

  static ProtoMessage node(String type, String name, List<String> inputs, String output) {
    var node = new ProtoMessage();
    inputs.forEach(input -> node.text(1, input));
    return node.text(2, output).text(3, name).text(4, type);
  }

  static ProtoMessage integers(String name, long... values) {
    return new ProtoMessage().text(1, name).packed(8, values).integer(20, 7);
  }

  static ProtoMessage integer(String name, long value) {
    return new ProtoMessage().text(1, name).integer(3, value).integer(20, 2);
  }

  static ProtoMessage number(String name, float value) {
    return new ProtoMessage().text(1, name).number(2, value).integer(20, 1);
  }

  OnnxModel initializer(ProtoMessage tensor) {
    graph.message(5, tensor);
    return this;
  }

  OnnxModel sparse(ProtoMessage values) {
    graph.message(15, new ProtoMessage().message(1, values).packed(3, 4));
    return this;
  }

  OnnxModel node(ProtoMessage node, ProtoMessage... attributes) {
    for (var attribute : attributes) {
      node.message(5, attribute);
    }
    graph.message(1, node);
    return this;
  }

  ProtoMessage graph() {
    return graph;
  }

  byte[] toBytes() {
    return new ProtoMessage().integer(1, 8).text(2, "test").message(7, graph).toBytes();
  }

  Weights open() {
    return Weights.open(new ByteArrayInputStream(toBytes()));
  }
}
