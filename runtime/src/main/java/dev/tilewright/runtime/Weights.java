package dev.tilewright.runtime;

import dev.tilewright.runtime.weights.WeightFiles;
import dev.tilewright.runtime.weights.WeightTable;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A source of named weights: a safetensors or GGUF file, the initialisers of an ONNX model, or a
 * map. Opening reads names and shapes only; the data of a file stays memory-mapped until {@link
 * #close}. Safe for use by several threads.
 *
 * <p>Names are those of the model's modules, such as {@code
 * encoder.layer.0.attention.self.query.weight}, and the weight of a linear layer is {@code [out,
 * in]}, whatever the file: where an ONNX exporter stored the constant of a MatMul as {@code [in,
 * out]} under a name like {@code onnx::MatMul_1234}, the name is found through the graph, and the
 * tensor is a transposed view.
 *
 * <p>Quantised tensors of a GGUF file (Q4_0 to Q8_0, Q2_K to Q8_K, IQ4_NL, IQ4_XS) are decoded to
 * F32 when they are first asked for; the floats are kept until the source is closed.
 *
 * <p>The matrices of GPTQ (2, 4 and 8 bits, also {@code gptq_v2} where {@code config.json} beside
 * the file says so) and AWQ (GEMM), stored as {@code x.qweight}, {@code x.qzeros}, {@code x.scales}
 * and {@code x.g_idx}, are {@code x.weight}, {@code [out, in]}, in blocks of 32 neighbours.
 *
 * {@snippet :
 * try (Weights weights = Weights.open(Path.of("model.safetensors"))) {
 *   for (String name : weights.names()) {
 *     System.out.println(weights.find(name).orElseThrow());
 *   }
 * }
 * }
 */
public interface Weights extends AutoCloseable {
  /**
   * Opens weights; the content decides the format, not the name.
   *
   * {@snippet :
   * Weights weights = Weights.open(Path.of("model.safetensors"));
   * }
   *
   * @param path a safetensors, GGUF or ONNX file, the index of a sharded safetensors model, or a
   *     folder that holds {@code model.safetensors}, {@code model.safetensors.index.json} or {@code
   *     model.onnx}
   * @throws UnreadableWeightsException if a file is missing or may not be read
   * @throws UnsupportedWeightsException if the format is another one
   * @throws CorruptWeightsException if a file breaks the rules of its format
   */
  static Weights open(Path path) {
    return WeightFiles.open(path);
  }

  /**
   * Opens weights from a URL, for instance a resource of a jar, which is copied to native memory; a
   * {@code file:} URL is memory-mapped.
   *
   * {@snippet :
   * URL resource = Tilewright.class.getResource("/model.onnx");
   * Weights weights = Weights.open(resource);
   * }
   *
   * @throws UnreadableWeightsException if the resource cannot be read
   * @throws UnsupportedWeightsException if the format is another one
   * @throws CorruptWeightsException if the content breaks the rules of its format
   */
  static Weights open(URL url) {
    return WeightFiles.open(url);
  }

  /**
   * Reads the stream to its end into native memory and leaves closing it to the caller.
   *
   * {@snippet :
   * Weights weights;
   * try (InputStream stream = Files.newInputStream(Path.of("model.onnx"))) {
   *   weights = Weights.open(stream);
   * }
   * }
   *
   * @throws UnreadableWeightsException if reading fails
   * @throws UnsupportedWeightsException if the format is another one
   * @throws CorruptWeightsException if the content breaks the rules of its format
   */
  static Weights open(InputStream stream) {
    return WeightFiles.open(stream);
  }

  /**
   * Weights under the keys of {@code tensors}, which stay the caller's: closing this source frees
   * nothing.
   *
   * {@snippet :
   * WeightTensor matrix = WeightTensor.of("dense.weight", new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
   * Weights weights = Weights.of(Map.of("dense.weight", matrix));
   * }
   */
  static Weights of(Map<String, WeightTensor> tensors) {
    return WeightTable.of(tensors);
  }

  /**
   * What messages call this source: its path, or a description.
   *
   * {@snippet :
   * Weights weights = Weights.of(Map.of());
   * String origin = weights.origin();   // gives a map of tensors
   * }
   */
  String origin();

  /**
   * The names of all weights, in the order of the source.
   *
   * {@snippet :
   * Weights weights = Weights.of(Map.of("scale", WeightTensor.of("scale", new float[] {2}, 1)));
   * Set<String> names = weights.names();   // gives [scale]
   * }
   *
   * @throws ClosedWeightsException if the source was closed
   */
  Set<String> names();

  /**
   * The weight of that name. Besides {@link #names()}, an ONNX model answers to the names of its
   * initialisers.
   *
   * {@snippet :
   * Weights weights = Weights.of(Map.of("scale", WeightTensor.of("scale", new float[] {2}, 1)));
   * boolean there = weights.find("scale").isPresent();   // gives true
   * boolean missing = weights.find("shift").isEmpty();   // gives true
   * }
   *
   * @throws ClosedWeightsException if the source was closed
   * @throws AmbiguousWeightException if the name can mean several tensors
   * @throws UnsupportedWeightsException if the weight is of an element type that is not in {@link
   *     WeightType}
   */
  Optional<WeightTensor> find(String name);

  /**
   * What a GGUF file says of itself besides its tensors (the architecture, the tokenizer, the chat
   * template), by its keys in the order of the file: {@link Long}, {@link Double}, {@link Boolean},
   * {@link String}, and lists of these, which are read from the file as they are asked. Unsigned
   * numbers of 64 bits beyond {@link Long#MAX_VALUE} come out negative. Empty for other sources.
   *
   * {@snippet :
   * Weights weights = Weights.of(Map.of());
   * boolean nothing = weights.metadata().isEmpty();   // gives true
   * }
   *
   * @throws ClosedWeightsException if the source was closed
   */
  default Map<String, Object> metadata() {
    return Map.of();
  }

  /**
   * Frees the source. Later access to it or its tensors throws {@link ClosedWeightsException};
   * closing again does nothing.
   *
   * @throws WeightsInUseException if native code reads one of the tensors right now
   */
  @Override
  void close();
}
