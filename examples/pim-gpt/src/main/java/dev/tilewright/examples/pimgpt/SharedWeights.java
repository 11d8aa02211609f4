package dev.tilewright.examples.pimgpt;

import dev.tilewright.pim.decode.TransformerSize;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.WeightType;
import dev.tilewright.runtime.Weights;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Random weights of a GPT-2-shaped transformer in bf16, under the names of GGUF files. Layers share
 * their tensors here, and get copies of their own when the model is loaded.
 */
final class SharedWeights {
  private static final ValueLayout.OfShort BF16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Random random = new Random(1);
  private final Map<String, WeightTensor> tensors = new HashMap<>();

  private SharedWeights() {}

  static Weights of(TransformerSize size, int positions) {
    return of(size, positions, (float) (1 / Math.sqrt(size.width())));
  }

  /**
   * @param embeddings how far the elements of words and positions are from 0, at most
   */
  static Weights of(TransformerSize size, int positions, float embeddings) {
    SharedWeights all = new SharedWeights();
    int width = size.width();
    all.spread("token_embd.weight", 0, embeddings, size.vocabulary(), width);
    all.spread("position_embd.weight", 0, embeddings, positions, width);
    all.norm("output_norm", width);
    all.norm("attn_norm", width);
    all.linear("attn_qkv", 3 * width, width);
    all.linear("attn_output", width, width);
    all.norm("ffn_norm", width);
    all.linear("ffn_up", size.mlp(), width);
    all.linear("ffn_down", width, size.mlp());
    Map<String, WeightTensor> named = new HashMap<>();
    all.tensors.forEach(
        (name, tensor) -> {
          if (name.startsWith("attn_") || name.startsWith("ffn_")) {
            for (int i = 0; i < size.layers(); i++) {
              named.put("blk." + i + "." + name, tensor);
            }
          } else {
            named.put(name, tensor);
          }
        });
    return Weights.of(named);
  }

  private void linear(String name, int outputs, int depth) {
    put(name + ".weight", 0, outputs, depth);
    put(name + ".bias", 0, outputs);
  }

  private void norm(String name, int width) {
    put(name + ".weight", 1, width);
    put(name + ".bias", 0, width);
  }

  /** Values around {@code mean}, at most one over the root of the last extent away. */
  private void put(String name, float mean, int... extents) {
    spread(name, mean, (float) (1 / Math.sqrt(extents[extents.length - 1])), extents);
  }

  private void spread(String name, float mean, float spread, int... extents) {
    int count = 1;
    for (int extent : extents) {
      count *= extent;
    }
    MemorySegment data = Arena.ofAuto().allocate(2L * count, 64);
    for (int i = 0; i < count; i++) {
      float value = mean + spread * (2 * random.nextFloat() - 1);
      data.setAtIndex(BF16, i, (short) (Float.floatToRawIntBits(value) >>> 16));
    }
    List<Long> shape = Arrays.stream(extents).mapToObj(e -> (long) e).toList();
    tensors.put(name, WeightTensor.of(name, WeightType.BF16, shape, data));
  }
}
