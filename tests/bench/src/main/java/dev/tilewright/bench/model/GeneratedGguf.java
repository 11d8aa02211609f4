package dev.tilewright.bench.model;

import dev.tilewright.DType;
import dev.tilewright.runtime.WeightType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Writes a GGUF file with random weights for {@link BillionLlama}, which llama.cpp reads, too: it
 * has no vocabulary.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">the format</a>
 */
public final class GeneratedGguf {
  private record Tensor(String name, WeightType type, long... shape) {
    long elements() {
      long count = 1;
      for (long extent : shape) {
        count *= extent;
      }
      return count;
    }

    long bytes() {
      return elements() / type.elements() * type.bytes();
    }
  }

  private static final int ALIGNMENT = 32;
  private static final int HEADER_BYTES = 1 << 20;

  /** Elements of a piece that is written again and again. */
  private static final int PIECE = 1 << 20;

  private static final float SCALE = 0.03f;

  private final ByteBuffer header =
      ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final Random random = new Random(7);

  private GeneratedGguf() {}

  /**
   * Writes the file.
   *
   * @param type of all matrices: F32, BF16, Q8_0, Q4_0, Q4_1 or Q4_K
   * @return the bytes of all tensors
   */
  public static long write(Path file, WeightType type) throws IOException {
    return new GeneratedGguf().writeAll(file, type);
  }

  private long writeAll(Path file, WeightType type) throws IOException {
    List<Tensor> tensors = tensors(type);
    Map<String, Object> metadata = metadata();
    header.put("GGUF".getBytes(StandardCharsets.US_ASCII)).putInt(3);
    header.putLong(tensors.size()).putLong(metadata.size());
    metadata.forEach(this::put);
    long at = 0;
    for (Tensor tensor : tensors) {
      text(tensor.name()).putInt(tensor.shape().length);
      for (int axis = tensor.shape().length - 1; axis >= 0; axis--) {
        header.putLong(tensor.shape()[axis]);
      }
      header.putInt(code(tensor.type())).putLong(at);
      at = aligned(at + tensor.bytes());
    }
    header.position((int) aligned(header.position()));
    try (FileChannel out =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      out.write(header.flip());
      ByteBuffer matrix = piece(type);
      ByteBuffer ones = ones();
      for (Tensor tensor : tensors) {
        ByteBuffer piece = tensor.type() == type && tensor.shape().length == 2 ? matrix : ones;
        long left = tensor.bytes();
        while (left > 0) {
          piece.clear().limit((int) Math.min(left, piece.capacity()));
          left -= out.write(piece);
        }
        out.position(aligned(out.position()));
      }
    }
    return tensors.stream().mapToLong(Tensor::bytes).sum();
  }

  private static List<Tensor> tensors(WeightType type) {
    int dim = BillionLlama.DIM;
    int keys = BillionLlama.KEY_HEADS * BillionLlama.HEAD;
    List<Tensor> all = new ArrayList<>();
    all.add(new Tensor("token_embd.weight", type, BillionLlama.WORDS, dim));
    for (int i = 0; i < BillionLlama.LAYERS; i++) {
      String layer = "blk." + i + ".";
      all.add(new Tensor(layer + "attn_norm.weight", WeightType.F32, dim));
      all.add(new Tensor(layer + "attn_q.weight", type, dim, dim));
      all.add(new Tensor(layer + "attn_k.weight", type, keys, dim));
      all.add(new Tensor(layer + "attn_v.weight", type, keys, dim));
      all.add(new Tensor(layer + "attn_output.weight", type, dim, dim));
      all.add(new Tensor(layer + "ffn_norm.weight", WeightType.F32, dim));
      all.add(new Tensor(layer + "ffn_gate.weight", type, BillionLlama.FFN, dim));
      all.add(new Tensor(layer + "ffn_up.weight", type, BillionLlama.FFN, dim));
      all.add(new Tensor(layer + "ffn_down.weight", type, dim, BillionLlama.FFN));
    }
    all.add(new Tensor("output_norm.weight", WeightType.F32, dim));
    return all;
  }

  private static Map<String, Object> metadata() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("general.architecture", "llama");
    all.put("llama.context_length", BillionLlama.CONTEXT);
    all.put("llama.embedding_length", BillionLlama.DIM);
    all.put("llama.block_count", BillionLlama.LAYERS);
    all.put("llama.feed_forward_length", BillionLlama.FFN);
    all.put("llama.attention.head_count", BillionLlama.HEADS);
    all.put("llama.attention.head_count_kv", BillionLlama.KEY_HEADS);
    all.put("llama.attention.layer_norm_rms_epsilon", 1e-5f);
    all.put("llama.rope.dimension_count", BillionLlama.HEAD);
    all.put("llama.rope.freq_base", 500_000f);
    all.put("llama.vocab_size", BillionLlama.WORDS);
    all.put("tokenizer.ggml.model", "no_vocab");
    return all;
  }

  private void put(String key, Object value) {
    text(key);
    switch (value) {
      case Integer whole -> header.putInt(4).putInt(whole);
      case Float real -> header.putInt(6).putFloat(real);
      case Object other -> {
        header.putInt(8);
        text(other.toString());
      }
    }
  }

  private ByteBuffer text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return header.putLong(bytes.length).put(bytes);
  }

  private static int code(WeightType type) {
    return switch (type) {
      case F32 -> 0;
      case Q4_0 -> 2;
      case Q4_1 -> 3;
      case Q8_0 -> 8;
      case Q4_K -> 12;
      case BF16 -> 30;
      default -> throw new IllegalArgumentException("weights of " + type + " are not generated");
    };
  }

  private ByteBuffer piece(WeightType type) {
    int blocks = PIECE / type.elements();
    ByteBuffer piece =
        ByteBuffer.allocateDirect(blocks * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    byte[] quants = new byte[type.elements() * (type == WeightType.Q8_0 ? 2 : 1) / 2];
    byte[] scales = new byte[12];
    for (int i = 0; i < blocks; i++) {
      float value = SCALE * (2 * random.nextFloat() - 1);
      switch (type) {
        case F32 -> piece.putFloat(value);
        case BF16 -> piece.putShort(DType.bfloat16Bits(value));
        case Q4_K -> {
          // Steps and minima of 6 bits; minima as large as the middle of 4 bits.
          piece.putShort(Float.floatToFloat16(value / 512));
          piece.putShort(Float.floatToFloat16(value / 64));
          random.nextBytes(scales);
          piece.put(scales);
          random.nextBytes(quants);
          piece.put(quants);
        }
        default -> {
          piece.putShort(Float.floatToFloat16(value / (type == WeightType.Q8_0 ? 128 : 8)));
          if (type == WeightType.Q4_1) {
            piece.putShort(Float.floatToFloat16(-value));
          }
          random.nextBytes(quants);
          piece.put(quants);
        }
      }
    }
    return piece;
  }

  private static ByteBuffer ones() {
    ByteBuffer ones =
        ByteBuffer.allocateDirect(Float.BYTES * BillionLlama.FFN).order(ByteOrder.LITTLE_ENDIAN);
    while (ones.hasRemaining()) {
      ones.putFloat(1);
    }
    return ones;
  }

  private static long aligned(long at) {
    return Math.ceilDiv(at, (long) ALIGNMENT) * ALIGNMENT;
  }
}
