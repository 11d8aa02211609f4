package dev.tilewright.tests.misuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.DType;
import dev.tilewright.Tensor;
import dev.tilewright.runtime.IndexOutOfRangeException;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.ModelArgumentException;
import dev.tilewright.runtime.ModelArgumentException.Reason;
import dev.tilewright.runtime.ModelClosedException;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.TilewrightException;
import dev.tilewright.runtime.WeightMismatchException;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.Weights;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a caller does wrong is a named exception that says so, and the model lives on. */
class MisuseTest {
  private static final List<DType> DTYPES = List.copyOf(EnumSet.allOf(DType.class));

  private Words model;
  private Words eager;

  @BeforeEach
  void load() {
    model = Tilewright.load(Words.class, WordsWeights.all(), LoadOptions.defaults().withWorkers(2));
    eager = Tilewright.eager(Words.class, WordsWeights.all());
  }

  @AfterEach
  void stillRuns() {
    try (Words native_ = model;
        Words plain = eager) {
      Tensor ids = Tensors.of(new int[][] {{1, 2, 3}, {49, 0, 7}});
      assertClose(native_.embed(ids), plain.embed(ids));
    }
  }

  private static void assertClose(Tensor actual, Tensor expected) {
    assertThat(actual.type()).isEqualTo(expected.type());
    float[] a = actual.toFloats();
    float[] e = expected.toFloats();
    for (int i = 0; i < a.length; i++) {
      assertThat(Math.abs(a[i] - e[i])).isLessThanOrEqualTo(1e-5f * (1 + Math.abs(e[i])));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {50, 51, -1, Integer.MAX_VALUE, Integer.MIN_VALUE})
  void idOutOfRange(int id) {
    Tensor ids = Tensors.of(new int[][] {{3, 4, 5, 6}, {7, id, 8, 9}});
    for (Words each : new Words[] {model, eager}) {
      assertThatExceptionOfType(IndexOutOfRangeException.class)
          .isThrownBy(() -> each.embed(ids))
          .satisfies(e -> assertThat(e.index()).isEqualTo(id))
          .satisfies(e -> assertThat(e.bound()).isEqualTo(Words.ROWS))
          .withMessageContaining(Integer.toString(id));
    }
  }

  @Test
  void noTokens() {
    refused(Tensors.zeros(DType.INT32, 2, 0), Reason.EMPTY, "ids");
  }

  @Test
  void emptyBatchIsRefusedByName() {
    refused(Tensors.zeros(DType.INT32, 0, 3), Reason.EMPTY, "ids");
  }

  @Test
  void tooManyTokens() {
    Tensor ids = Tensors.zeros(DType.INT32, 2, Words.LONGEST + 1);
    assertThatExceptionOfType(ModelArgumentException.class)
        .isThrownBy(() -> model.embed(ids))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.LIMIT))
        .withMessageContaining("13")
        .withMessageContaining("12");
    assertThat(model.embed(Tensors.zeros(DType.INT32, 2, Words.LONGEST)).toFloats()).hasSize(40);
    // The limit is of embed, which has positions.
    Tensor ones = Tensors.zeros(DType.FLOAT32, 2, Words.LONGEST + 1);
    assertThat(model.score(ids, ones).scores().toFloats()).hasSize(14);
  }

  @Test
  void otherElementType() {
    refused(Tensors.zeros(DType.FLOAT32, 2, 3), Reason.DTYPE, "ids");
    refused(Tensors.zeros(DType.BOOL, 2, 3), Reason.DTYPE, "ids");
  }

  @Test
  void otherRank() {
    refused(Tensors.zeros(DType.INT32, 3), Reason.RANK, "ids");
    refused(Tensors.zeros(DType.INT32, 1, 1, 3), Reason.RANK, "ids");
  }

  @Test
  void nothing() {
    refused(null, Reason.NULL, "ids");
  }

  @Test
  void lengthsThatDiffer() {
    Tensor ids = Tensors.zeros(DType.INT32, 2, 3);
    for (Words each : new Words[] {model, eager}) {
      for (long[] shape : new long[][] {{2, 4}, {3, 3}, {1, 3}}) {
        assertThatExceptionOfType(ModelArgumentException.class)
            .isThrownBy(() -> each.score(ids, Tensors.zeros(DType.FLOAT32, shape)))
            .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.SYMBOL));
      }
    }
  }

  private void refused(Tensor ids, Reason reason, String parameter) {
    for (Words each : new Words[] {model, eager}) {
      assertThatExceptionOfType(ModelArgumentException.class)
          .isThrownBy(() -> each.embed(ids))
          .satisfies(e -> assertThat(e.reason()).isEqualTo(reason))
          .satisfies(e -> assertThat(e.parameter()).isEqualTo(parameter))
          .withMessageContaining("embed")
          .withMessageContaining(parameter);
    }
  }

  @Test
  void closedModel() {
    Words other = Tilewright.load(Words.class, WordsWeights.all());
    other.close();
    other.close();
    assertThatExceptionOfType(ModelClosedException.class)
        .isThrownBy(() -> other.embed(Tensors.of(new int[][] {{1}})))
        .withMessageContaining("Words");
    assertThat(other.describe()).contains("Words");
  }

  @Test
  void closedWeightsDoNotMatterOnceLoaded() {
    Weights weights = WordsWeights.all();
    try (Words other = Tilewright.load(Words.class, weights)) {
      weights.close();
      assertThat(other.embed(Tensors.of(new int[][] {{1}})).toFloats()).hasSize(20);
    }
  }

  @Test
  void missingAndMisshapenWeightsAreListedAtOnce() {
    Map<String, WeightTensor> tensors = WordsWeights.tensors();
    tensors.remove("classify.bias");
    tensors.put("clasify.bias", WeightTensor.of("clasify.bias", new float[7], 7));
    tensors.put("places", WeightTensor.of("places", new float[60], 3, 20));
    assertThatExceptionOfType(WeightMismatchException.class)
        .isThrownBy(() -> Tilewright.load(Words.class, Weights.of(tensors)))
        .withMessageContaining("classify.bias")
        .withMessageContaining("clasify.bias")
        .withMessageContaining("places")
        .withMessageContaining("[12, 20]")
        .withMessageContaining("[3, 20]");
  }

  @Test
  void weightsThatNobodyWantsAreRefusedIfAsked() {
    Map<String, WeightTensor> tensors = WordsWeights.tensors();
    tensors.put("left.over", WeightTensor.of("left.over", new float[2], 2));
    LoadOptions strict = LoadOptions.defaults().withStrictWeights(true);
    assertThatExceptionOfType(WeightMismatchException.class)
        .isThrownBy(() -> Tilewright.load(Words.class, Weights.of(tensors), strict))
        .withMessageContaining("left.over");
    Tilewright.load(Words.class, Weights.of(tensors)).close();
  }

  @Test
  void aTargetThatIsNotThere() {
    assertThatThrownBy(
            () ->
                Tilewright.load(
                    Words.class, WordsWeights.all(), LoadOptions.defaults().withTarget("abacus")))
        .isInstanceOf(TilewrightException.class)
        .hasMessageContaining("abacus")
        .hasMessageContaining("portable");
  }

  @Test
  void layersAreNotCallable() {
    assertThatThrownBy(() -> model.words(Tensors.of(1)))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("words");
  }

  /** Shapes, types and ids at random: a result that equals the eager one, or a named exception. */
  @Test
  void anythingAtRandom() {
    Random random = new Random(5);
    int right = 0;
    for (int round = 0; round < 3000; round++) {
      Tensor ids = anything(random, DType.INT32);
      Tensor weights = anything(random, DType.FLOAT32);
      Words.Scored expected = null;
      String refusal = null;
      try {
        expected = eager.score(ids, weights);
        right++;
      } catch (TilewrightException e) {
        refusal = e.getClass().getSimpleName();
      }
      try {
        Words.Scored actual = model.score(ids, weights);
        assertThat(refusal).as("%s %s", ids, weights).isNull();
        for (int i = 0; i < actual.scores().toFloats().length; i++) {
          assertThat(actual.scores().toFloats()[i])
              .isCloseTo(
                  expected.scores().toFloats()[i], org.assertj.core.data.Offset.offset(1e-4f));
        }
      } catch (TilewrightException e) {
        assertThat(e.getClass().getSimpleName()).as("%s %s", ids, weights).isEqualTo(refusal);
      }
    }
    assertThat(right).isBetween(300, 2700);
  }

  private static Tensor anything(Random random, DType usual) {
    DType dtype = random.nextInt(20) == 0 ? DTYPES.get(random.nextInt(DTYPES.size())) : usual;
    int rank = random.nextInt(20) == 0 ? random.nextInt(4) : 2;
    long[] shape = new long[rank];
    int count = 1;
    for (int axis = 0; axis < rank; axis++) {
      shape[axis] = axis == 0 ? 1 + random.nextInt(2) : random.nextInt(20) == 0 ? 0 : 3;
      count *= (int) shape[axis];
    }
    return switch (dtype) {
      case INT32 ->
          Tensors.ints(
              shape,
              random
                  .ints(count, random.nextInt(10) == 0 ? -1 : 0, Words.ROWS + random.nextInt(2))
                  .toArray());
      case FLOAT32 -> {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
          values[i] = (float) random.nextGaussian();
        }
        yield Tensors.floats(shape, values);
      }
      case BFLOAT16, INT8, UINT8, BOOL -> Tensors.zeros(dtype, shape);
    };
  }
}
