package dev.tilewright.tests.ragged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.tilewright.DType;
import dev.tilewright.Model;
import dev.tilewright.Precision;
import dev.tilewright.Tensor;
import dev.tilewright.codegen.Target;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.ModelArgumentException;
import dev.tilewright.runtime.ModelArgumentException.Reason;
import dev.tilewright.runtime.RaggedTensor;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.Weights;
import dev.tilewright.runtime.bind.CpuFeatures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RaggedTest {
  private static final int[][] BATCHES = {
    {1},
    {1, 1, 1},
    {5, 1, 70, 2, 33, 16, 17},
    {70, 3},
    {3, 70},
    {15, 16, 31, 32, 33, 47, 48, 49},
    {70, 60, 1, 64, 2, 70, 70, 33, 5, 70, 66, 12}
  };

  private static Sentences load(int workers) {
    return Tilewright.load(Sentences.class, weights(), LoadOptions.defaults().withWorkers(workers));
  }

  /** Whatever of the model's libraries this machine runs. */
  static List<Arguments> libraries() {
    CpuFeatures host = CpuFeatures.host();
    List<Arguments> libraries = new ArrayList<>();
    for (Target target : ServiceLoader.load(Target.class)) {
      for (Precision precision : Sentences.class.getAnnotation(Model.class).precisions()) {
        if (target.platforms().contains(host.platform())
            && host.features().containsAll(target.cpuFeatures())
            && target.compiles(precision)) {
          libraries.add(Arguments.of(target.name(), precision));
        }
      }
    }
    return libraries;
  }

  private static Weights weights() {
    Random random = new Random(5);
    Map<String, WeightTensor> tensors = new HashMap<>();
    put(tensors, random, "words.weight", Sentences.ROWS, Sentences.DIM);
    put(tensors, random, "places", Sentences.LONGEST, Sentences.DIM);
    for (int i = 0; i < 2; i++) {
      String layer = "layer." + i + ".";
      for (String square : List.of("query", "key", "value")) {
        put(tensors, random, layer + square + ".weight", Sentences.DIM, Sentences.DIM);
        put(tensors, random, layer + square + ".bias", Sentences.DIM);
      }
      put(tensors, random, layer + "up.weight", 80, Sentences.DIM);
      put(tensors, random, layer + "up.bias", 80);
      put(tensors, random, layer + "down.weight", Sentences.DIM, 80);
      put(tensors, random, layer + "down.bias", Sentences.DIM);
      put(tensors, random, layer + "norm.weight", Sentences.DIM);
      put(tensors, random, layer + "norm.bias", Sentences.DIM);
    }
    return Weights.of(tensors);
  }

  private static void put(
      Map<String, WeightTensor> tensors, Random random, String name, long... shape) {
    int count = (int) Arrays.stream(shape).reduce(1, Math::multiplyExact);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian() / 4;
    }
    tensors.put(name, WeightTensor.of(name, values, shape));
  }

  private static RaggedTensor ids(int... lengths) {
    Random random = new Random(Arrays.hashCode(lengths));
    int[][] ids = new int[lengths.length][];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = random.ints(lengths[i], 0, Sentences.ROWS).toArray();
    }
    return Tensors.ragged(ids);
  }

  private static RaggedTensor floats(int... lengths) {
    Random random = new Random(Arrays.hashCode(lengths) + 1);
    float[][] values = new float[lengths.length][];
    for (int i = 0; i < values.length; i++) {
      values[i] = floats(random, lengths[i]);
    }
    return Tensors.ragged(values);
  }

  private static float[] floats(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static int[] bits(Tensor tensor) {
    float[] values = tensor.toFloats();
    int[] bits = new int[values.length];
    Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
    return bits;
  }

  private static int[] part(int[] all, int parts, int index) {
    int each = all.length / parts;
    return Arrays.copyOfRange(all, index * each, (index + 1) * each);
  }

  @ParameterizedTest
  @MethodSource("libraries")
  void eachSequenceHasTheBitsThatItHasAlone(String target, Precision precision) {
    LoadOptions options = LoadOptions.defaults().withTarget(target).withPrecision(precision);
    for (int workers = 1; workers <= 3; workers++) {
      eachSequenceHasTheBitsThatItHasAlone(options.withWorkers(workers), options.withWorkers(1));
    }
  }

  private static void eachSequenceHasTheBitsThatItHasAlone(LoadOptions options, LoadOptions one) {
    try (Sentences model = Tilewright.load(Sentences.class, weights(), options);
        Sentences single = Tilewright.load(Sentences.class, weights(), one)) {
      for (int[] lengths : BATCHES) {
        RaggedTensor ids = ids(lengths);
        Sentences.Encoded all = model.encode(ids);
        RaggedTensor tokens = (RaggedTensor) all.tokens();
        assertThat(tokens.lengths()).isEqualTo(lengths);
        for (int b = 0; b < lengths.length; b++) {
          Tensor own = ids.sequence(b).unsqueeze(0);
          Sentences.Encoded alone = single.encode(own);
          assertThat(bits(tokens.sequence(b))).isEqualTo(bits(alone.tokens()));
          assertThat(part(bits(all.sentences()), lengths.length, b))
              .isEqualTo(bits(alone.sentences()));
          Sentences.Encoded dense = single.encodeDense(own);
          assertThat(bits(dense.tokens())).isEqualTo(bits(alone.tokens()));
          assertThat(bits(dense.sentences())).isEqualTo(bits(alone.sentences()));
        }
      }
    }
  }

  @Test
  void compiledAndEagerAgree() {
    try (Sentences model = load(2);
        Sentences eager = Tilewright.eager(Sentences.class, weights())) {
      for (int[] lengths : BATCHES) {
        Sentences.Encoded compiled = model.encode(ids(lengths));
        Sentences.Encoded plain = eager.encode(ids(lengths));
        assertThat(((RaggedTensor) plain.tokens()).lengths()).isEqualTo(lengths);
        close(compiled.tokens(), plain.tokens());
        close(compiled.sentences(), plain.sentences());
        Random random = new Random(4);
        Tensor bias =
            Tensors.floats(new long[] {lengths.length, 32}, floats(random, 32 * lengths.length));
        int longest = Arrays.stream(lengths).max().orElseThrow();
        Tensor shared = Tensors.floats(new long[] {longest, 32}, floats(random, 32 * longest));
        close(
            model.weigh(ids(lengths), floats(lengths), bias, shared),
            eager.weigh(ids(lengths), floats(lengths), bias, shared));
      }
    }
  }

  private static void close(Tensor actual, Tensor expected) {
    assertThat(actual.type()).isEqualTo(expected.type());
    float[] a = actual.toFloats();
    float[] e = expected.toFloats();
    assertThat(a).hasSameSizeAs(e);
    for (int i = 0; i < a.length; i++) {
      assertThat(a[i]).isCloseTo(e[i], within(2e-5f * (1 + Math.abs(e[i]))));
    }
  }

  @Test
  void sequencesOfOneLengthMayComeAsOneTensor() {
    try (Sentences model = load(2)) {
      RaggedTensor ids = ids(9, 9, 9);
      Tensor dense = Tensors.ints(new long[] {3, 9}, ids.toInts());
      Sentences.Encoded encoded = model.encode(dense);
      assertThat(encoded.tokens()).isNotInstanceOf(RaggedTensor.class);
      assertThat(encoded.tokens().dim(1).value()).isEqualTo(9);
      assertThat(bits(encoded.tokens())).isEqualTo(bits(model.encode(ids).tokens()));
      assertThat(model.encode(ids).tokens()).isInstanceOf(RaggedTensor.class);
    }
  }

  @Test
  void callsOfOneShapeAndOtherLengthsAreKeptApart() {
    try (Sentences model = load(2)) {
      List<int[]> seen = new ArrayList<>();
      for (int turn = 0; turn < 2; turn++) {
        for (int[] lengths : new int[][] {{7, 2, 3}, {2, 7, 3}, {7, 7, 7}}) {
          seen.add(bits(model.encode(ids(lengths)).tokens()));
        }
      }
      for (int i = 0; i < 3; i++) {
        assertThat(seen.get(i + 3)).isEqualTo(seen.get(i));
      }
    }
  }

  @Test
  void memoryIsThatOfTheSum() {
    try (Sentences model = load(1)) {
      assertThat(model.peakBytes("encode", 8, 64, 40))
          .isLessThan(model.peakBytes("encode", 8, 64) / 2);
      assertThat(model.peakBytes("encode", 8, 64)).isEqualTo(model.peakBytes("encode", 8, 64, 512));
    }
  }

  @Test
  void batchesOfAnySizeTakeTheMemoryOfOneRun() {
    try (Sentences model = load(1)) {
      assertThat(model.peakBytes("encode", 4096, 64)).isEqualTo(model.peakBytes("encode", 512, 64));
      int[] lengths = new int[300];
      Arrays.setAll(lengths, i -> 1 + i % 64);
      int[] together = bits(model.encode(ids(lengths)).tokens());
      try (Sentences more = load(3)) {
        assertThat(bits(more.encode(ids(lengths)).tokens())).isEqualTo(together);
      }
    }
  }

  @Test
  void whatDoesNotFitIsRefusedByName() {
    try (Sentences model = load(2);
        Sentences eager = Tilewright.eager(Sentences.class, weights())) {
      Tensor bias = Tensors.zeros(DType.FLOAT32, 2, 32);
      Tensor shared = Tensors.zeros(DType.FLOAT32, 4, 32);
      for (Sentences each : List.of(model, eager)) {
        refused(Reason.RAGGED, "ids", "declare it @Ragged", () -> each.encodeDense(ids(2, 3)));
        refused(
            Reason.RAGGED,
            "weights",
            "has 4 elements in sequence 0, but another ragged argument has 3",
            () -> each.weigh(ids(3, 4), floats(4, 3), bias, shared));
        refused(
            Reason.RAGGED,
            "weights",
            "has 4 elements in sequence 0",
            () -> each.weigh(ids(3, 4), Tensors.zeros(DType.FLOAT32, 2, 4), bias, shared));
        refused(
            Reason.SYMBOL,
            "shared",
            "S is 5",
            () -> each.weigh(ids(3, 5), floats(3, 5), bias, shared));
        refused(
            Reason.RAGGED,
            "shared",
            "which is not ragged",
            () ->
                each.weigh(
                    ids(3, 4),
                    floats(3, 4),
                    bias,
                    RaggedTensor.wrap(Tensors.floats(new long[] {4}, 1, 2, 3, 4), 4)));
        refused(Reason.DTYPE, "ids", "i32", () -> each.encode(floats(3, 4)));
      }
      refused(Reason.LIMIT, "S", "71", () -> model.encode(ids(3, 71)));
      assertThat(model.encode(ids(70, 1)).sentences().dim(0).value()).isEqualTo(2);
    }
  }

  private static void refused(
      Reason reason,
      String parameter,
      String words,
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatExceptionOfType(ModelArgumentException.class)
        .isThrownBy(call)
        .withMessageContaining(words)
        .satisfies(e -> assertThat(e.reason()).isEqualTo(reason))
        .satisfies(e -> assertThat(e.parameter()).isEqualTo(parameter));
  }
}
