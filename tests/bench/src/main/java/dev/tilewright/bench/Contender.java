package dev.tilewright.bench;

import ai.onnxruntime.OrtException;
import dev.tilewright.runtime.LoadOptions;
import java.net.URL;
import java.util.Objects;

/** Something that embeds sentences. */
interface Contender extends AutoCloseable {
  String name();

  String describe();

  /** Makes the inputs of the calls to come. */
  void prepare(Shape shape) throws Exception;

  /** One forward pass. */
  void call() throws Exception;

  @Override
  void close() throws OrtException;

  /** The compiled model. */
  static Contender tilewright(int workers, String target) {
    LoadOptions options = LoadOptions.defaults().withWorkers(workers);
    return new Compiled(target == null ? options : options.withTarget(target));
  }

  /** ONNX Runtime with its default options and so many threads within an operator. */
  static Contender onnxRuntime(int workers) throws OrtException {
    return new OnnxRuntime(workers);
  }

  /** The weights that all use. */
  static URL weights() {
    return Objects.requireNonNull(Contender.class.getResource("/all-minilm-l6-v2.onnx"));
  }
}
