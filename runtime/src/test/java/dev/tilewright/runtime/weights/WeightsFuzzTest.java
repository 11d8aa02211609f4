package dev.tilewright.runtime.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.runtime.Weights;
import dev.tilewright.runtime.WeightsException;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Damaged files either open or throw a {@link WeightsException}; nothing else happens. */
class WeightsFuzzTest {
  private static final int MUTATIONS = 20_000;
  private static final long[] EDGES = {
    0,
    1,
    -1,
    127,
    128,
    255,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    1L << 32,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    100_000_000
  };

  @Test
  void damagedSafetensors() {
    fuzz(
        SafetensorsFile.bytes(
            """
            {"__metadata__":{"format":"pt"},"a.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},
             "b":{"dtype":"I64","shape":[],"data_offsets":[32,40]},"c":{"dtype":"BF16","shape":[4],\
            "data_offsets":[24,32]},"d":{"dtype":"F8_E4M3","shape":[0,7],"data_offsets":[40,40]}}\
            """,
            40));
  }

  @Test
  void damagedOnnx() {
    var branch = new OnnxModel().initializer(OnnxModel.floats("inner.weight", 2)).graph();
    fuzz(
        new OnnxModel()
            .initializer(OnnxModel.floats("onnx::MatMul_1", 2, 3))
            .initializer(OnnxModel.floats("fc.bias", 3))
            .initializer(OnnxModel.tensor("q", OnnxModel.INT8, 2, 2).packed(5, 1, -2, 3, 4))
            .initializer(OnnxModel.tensor("s", OnnxModel.FLOAT, 2).number(4, 1).number(4, 10))
            .initializer(OnnxModel.tensor("z", OnnxModel.INT8, 2).packed(5, 1, 2))
            .initializer(OnnxModel.tensor("n", OnnxModel.INT64, 2).packed(7, 1L << 40, -1))
            .initializer(OnnxModel.tensor("d", 11, 1).bytes(10, new byte[8]))
            .initializer(OnnxModel.tensor("t", OnnxModel.STRING, 1).text(6, "x"))
            .sparse(OnnxModel.floats("sparse", 3))
            .node(OnnxModel.node("MatMul", "/fc/MatMul", List.of("x", "onnx::MatMul_1"), "y"))
            .node(OnnxModel.node("Add", "/fc/Add", List.of("fc.bias", "y"), "z1"))
            .node(
                OnnxModel.node("DequantizeLinear", "", List.of("q", "s", "z"), "w"),
                OnnxModel.integer("axis", 0))
            .node(
                OnnxModel.node("Transpose", "", List.of("w"), "v"),
                OnnxModel.integers("perm", 1, 0))
            .node(OnnxModel.node("MatMul", "/up/MatMul", List.of("z1", "v"), "u"))
            .node(
                OnnxModel.node("Gemm", "/gm/Gemm", List.of("u", "v", "fc.bias"), "r"),
                OnnxModel.number("alpha", 1))
            .node(
                OnnxModel.node("If", "", List.of("c"), "o"),
                new ProtoMessage().text(1, "then_branch").message(6, branch))
            .toBytes());
  }

  @Test
  void damagedGguf() {
    byte[] row = GgufFile.array(GgufFile.UINT32, 2, GgufFile.int32(1), GgufFile.int32(2));
    fuzz(
        new GgufFile()
            .pair("general.architecture", "llama")
            .pair("general.alignment", 32)
            .pair(
                "tokens",
                GgufFile.ARRAY,
                GgufFile.array(GgufFile.STRING, 2, GgufFile.text("a"), GgufFile.text("bcd")))
            .pair("rows", GgufFile.ARRAY, GgufFile.array(GgufFile.ARRAY, 2, row, row))
            .tensor("a.weight", GgufFile.F32, 0, 3, 2)
            .tensor("b.weight", GgufFile.Q8_0, 32, 32, 2)
            .tensor("c.weight", 12, 128, 256)
            .tensor("d.weight", 16, 288, 256)
            .bytes(354));
  }

  private static void fuzz(byte[] sound) {
    assertThat(survives(sound)).as("the sound file opens").isTrue();
    int opened = 0;
    for (int seed = 0; seed < MUTATIONS; seed++) {
      var damaged = damage(sound, new SplittableRandom(seed));
      try {
        opened += survives(damaged) ? 1 : 0;
      } catch (Throwable e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    // Most damage must be noticed, and some (in the data) cannot be.
    assertThat(opened).isBetween(1, MUTATIONS * 2 / 3);
  }

  /** Opens the file and reads all it has; says whether it opened. */
  private static boolean survives(byte[] file) {
    try (var weights = Weights.open(new ByteArrayInputStream(file))) {
      for (var name : List.of("fc.weight", "up.weight", "gm.weight", "fc.bias")) {
        read(weights, name);
      }
      weights.names().forEach(name -> read(weights, name));
      assertThat(weights.metadata().toString()).isNotNull();
      return true;
    } catch (WeightsException e) {
      assertThat(e.getMessage()).isNotBlank();
      return false;
    }
  }

  private static void read(Weights weights, String name) {
    try {
      weights
          .find(name)
          .ifPresent(tensor -> assertThat(tensor.toFloats()).hasSize((int) tensor.size()));
    } catch (WeightsException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  private static byte[] damage(byte[] sound, SplittableRandom random) {
    var bytes = sound.clone();
    int times = 1 + random.nextInt(3);
    for (int i = 0; i < times && bytes.length > 0; i++) {
      int at = random.nextInt(bytes.length);
      int end = Math.min(bytes.length, at + 1 + random.nextInt(16));
      bytes =
          switch (random.nextInt(7)) {
            case 0 -> with(bytes, at, (byte) (bytes[at] ^ (1 << random.nextInt(8))));
            case 1 -> with(bytes, at, (byte) random.nextInt(256));
            case 2 -> with(bytes, at, (byte) ('0' + random.nextInt(10)));
            case 3 -> Arrays.copyOf(bytes, at);
            case 4 -> join(Arrays.copyOf(bytes, at), Arrays.copyOfRange(bytes, end, bytes.length));
            case 5 -> join(Arrays.copyOf(bytes, end), Arrays.copyOfRange(bytes, at, bytes.length));
            default ->
                edge(bytes, random.nextBoolean() ? 0 : at, EDGES[random.nextInt(EDGES.length)]);
          };
    }
    return bytes;
  }

  private static byte[] with(byte[] bytes, int at, byte value) {
    bytes[at] = value;
    return bytes;
  }

  private static byte[] join(byte[] left, byte[] right) {
    return ByteBuffer.allocate(left.length + right.length).put(left).put(right).array();
  }

  private static byte[] edge(byte[] bytes, int at, long value) {
    var number = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    System.arraycopy(number, 0, bytes, at, Math.min(8, bytes.length - at));
    return bytes;
  }
}
