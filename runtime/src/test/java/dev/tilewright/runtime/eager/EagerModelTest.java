package dev.tilewright.runtime.eager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tilewright.Block;
import dev.tilewright.CompiledModel;
import dev.tilewright.Embedding;
import dev.tilewright.Entry;
import dev.tilewright.Int32;
import dev.tilewright.LayerNorm;
import dev.tilewright.Linear;
import dev.tilewright.Model;
import dev.tilewright.Operators;
import dev.tilewright.Parameter;
import dev.tilewright.Repeat;
import dev.tilewright.RmsNorm;
import dev.tilewright.Shape;
import dev.tilewright.Tensor;
import dev.tilewright.op.TensorTypeException;
import dev.tilewright.runtime.IndexOutOfRangeException;
import dev.tilewright.runtime.ModelArgumentException;
import dev.tilewright.runtime.ModelArgumentException.Reason;
import dev.tilewright.runtime.ModelClosedException;
import dev.tilewright.runtime.ModelDeclarationException;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.WeightMismatchException;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.WeightType;
import dev.tilewright.runtime.Weights;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EagerModelTest {
  /** A step that subclasses fill in. */
  public interface Step<T extends Step<T>> {
    Tensor apply(Tensor x);
  }

  @Block
  public interface Scaled extends Step<Scaled> {
    @Linear(out = 2, bias = false)
    @dev.tilewright.Weights("inner.scale")
    Tensor scale(Tensor x);

    @Override
    default Tensor apply(Tensor x) {
      return scale(x);
    }
  }

  @Block
  public interface Stack<S extends Step<S>> {
    @Repeat(2)
    @dev.tilewright.Weights("step.{i}")
    S step(int i);

    default Tensor all(Tensor x) {
      return step(1).apply(step(0).apply(x));
    }
  }

  public record Pair(@Shape({"B", "2"}) Tensor sum, Tensor same) {}

  @Model
  public interface Small extends CompiledModel {
    @Embedding(rows = 3, dim = 2)
    Tensor words(Tensor ids);

    @Linear(out = 2)
    Tensor dense(Tensor x);

    @LayerNorm
    Tensor norm(Tensor x);

    @RmsNorm
    Tensor rms(Tensor x);

    @Parameter
    @Shape("2")
    @Int32
    @dev.tilewright.Weights("offsets")
    Tensor offsets();

    @dev.tilewright.Weights("stack")
    Stack<Scaled> stack();

    @Repeat(1)
    @dev.tilewright.Weights("no.index")
    Scaled wrong(int i);

    @Entry
    default @Shape({"B", "S", "2"}) Tensor embed(@Shape({"B", "S"}) @Int32 Tensor ids) {
      return words(ids);
    }

    @Entry
    default Tensor project(@Shape({"N", "2"}) Tensor x) {
      return dense(x);
    }

    @Entry
    default Pair stacked(@Shape({"B", "2"}) Tensor x, @Shape({"B", "2*B"}) Tensor other) {
      return new Pair(stack().all(x), other);
    }

    @Entry
    default Tensor shift(@Shape({"2"}) @Int32 Tensor x) {
      return x.plus(offsets());
    }

    @Entry
    default @Shape("N + 1") Tensor lies(@Shape("N") Tensor x) {
      return x;
    }

    default Tensor normalised(Tensor x) {
      return Operators.relu(rms(norm(x)));
    }

    default Tensor thirdStep(Tensor x) {
      return stack().step(2).apply(x);
    }
  }

  private static final Map<String, WeightTensor> WEIGHTS = new LinkedHashMap<>();

  static {
    put("words.weight", new long[] {3, 2}, 1, 2, 3, 4, 5, 6);
    put("dense.weight", new long[] {2, 2}, 1, 2, 3, 4);
    put("dense.bias", new long[] {2}, 10, 20);
    put("norm.weight", new long[] {2}, 1, 1);
    put("norm.bias", new long[] {2}, 0, 0);
    put("rms.weight", new long[] {2}, 2, 2);
    put("stack.step.0.inner.scale.weight", new long[] {2, 2}, 2, 0, 0, 2);
    put("stack.step.1.inner.scale.weight", new long[] {2, 2}, 1, 1, 0, 1);
    put("wide.up.weight", new long[] {2, 2}, 1, 0, 0, 1);
    put("wider.up.weight", new long[] {4, 2}, 1, 0, 0, 1, 1, 1, 2, 0);
    WEIGHTS.put("offsets", ints("offsets", 16777217, -1));
  }

  private final Small model = Tilewright.eager(Small.class, Weights.of(WEIGHTS));

  @Test
  void executesLayers() {
    assertThat(model.embed(Tensors.of(new int[][] {{2, 0}})).toFloats())
        .containsExactly(5, 6, 1, 2);
    assertThat(model.project(Tensors.of(new float[][] {{1, 1}})).toFloats())
        .containsExactly(13, 27);
    // Layer norm gives -1 and 1 (but for epsilon), their root mean square is 1, the gain 2.
    assertThat(model.normalised(Tensors.of(new float[][] {{3, 5}})).toFloats()[1])
        .isCloseTo(2, within(1e-4f));
  }

  @Test
  void readsIntegersExactly() {
    assertThat(model.shift(Tensors.of(0, 1)).toInts()).containsExactly(16777217, 0);
  }

  @Test
  void findsRepeatedBlocksThroughGenericOnes() {
    Pair pair =
        model.stacked(Tensors.of(new float[][] {{1, 2}}), Tensors.of(new float[][] {{7, 8}}));
    assertThat(pair.sum().toFloats()).containsExactly(6, 4);
    assertThat(pair.same().toFloats()).containsExactly(7, 8);
  }

  @Test
  void refusesArgumentsByName() {
    refuses(Reason.NULL, "Small.embed: the argument ids is null", () -> model.embed(null));
    refuses(
        Reason.DTYPE,
        "Small.embed: the argument ids is declared i32[B, S], but f32[1, 1] came",
        () -> model.embed(Tensors.of(new float[][] {{1}})));
    refuses(
        Reason.RANK,
        "Small.embed: the argument ids is declared i32[B, S] with 2 axes, but i32[1] came",
        () -> model.embed(Tensors.of(1)));
    refuses(
        Reason.EMPTY,
        "Small.embed: the argument ids is i32[1, 0]: every extent must be at least 1",
        () -> model.embed(Tensors.of(new int[][] {{}})));
    refuses(
        Reason.EXTENT,
        "Small.project: the argument x is declared f32[N, 2], but f32[1, 3] came: axis 1 must be 2,"
            + " not 3",
        () -> model.project(Tensors.of(new float[][] {{1, 2, 3}})));
    Tensor row = Tensors.of(new float[][] {{1, 2}});
    refuses(
        Reason.SYMBOL,
        "Small.stacked: B is 1 in x f32[1, 2] and 2 in other f32[2, 2]",
        () -> model.stacked(row, Tensors.of(new float[][] {{1, 2}, {3, 4}})));
    refuses(
        Reason.EXTENT,
        "Small.stacked: the argument other is declared f32[B, 2*B], but f32[1, 3] came: axis 1 must"
            + " be 2*B (B = 1), not 3",
        () -> model.stacked(row, Tensors.of(new float[][] {{1, 2, 3}})));
  }

  private static void refuses(Reason reason, String message, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            ModelArgumentException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessage(message);
  }

  @Test
  void refusesAnIndexOutsideTheTable() {
    assertThatThrownBy(() -> model.embed(Tensors.of(new int[][] {{0, 3}})))
        .isInstanceOf(IndexOutOfRangeException.class)
        .hasMessageContainingAll("index 3", "rows 0 to 2", "element 1");
    assertThatThrownBy(() -> model.embed(Tensors.of(new int[][] {{-1}})))
        .isInstanceOf(IndexOutOfRangeException.class);
  }

  @Test
  void namesAMissingWeightAndItsNearest() {
    Map<String, WeightTensor> fewer = new LinkedHashMap<>(WEIGHTS);
    fewer.put("dens.weight", fewer.remove("dense.weight"));
    Small incomplete = Tilewright.eager(Small.class, Weights.of(fewer));
    assertThatThrownBy(() -> incomplete.project(Tensors.of(new float[][] {{1, 1}})))
        .isInstanceOf(WeightMismatchException.class)
        .hasMessageContainingAll("dense.weight", "dens.weight", "Small.dense");
  }

  @Test
  void refusesDeclarationsWithoutMeaning() {
    assertThatThrownBy(() -> model.lies(Tensors.of(1f)))
        .isInstanceOf(TensorTypeException.class)
        .hasMessageContainingAll("f32[N + 1]", "f32[2]", "f32[1]");
    assertThatThrownBy(() -> model.wrong(0))
        .isInstanceOf(ModelDeclarationException.class)
        .hasMessageContaining("{i}");
    assertThatThrownBy(() -> model.thirdStep(Tensors.of(new float[][] {{1, 2}})))
        .isInstanceOf(ModelDeclarationException.class)
        .hasMessageContaining("no block 2 of 2");
    assertThatThrownBy(() -> Tilewright.eager(CompiledModel.class, Weights.of(WEIGHTS)))
        .isInstanceOf(ModelDeclarationException.class);
  }

  @Test
  void comparesAndShowsBlocks() {
    assertThat(model.stack().step(1))
        .isEqualTo(model.stack().step(1))
        .isNotEqualTo(model.stack().step(0));
    assertThat(model.stack().step(1))
        .hasSameHashCodeAs(model.stack().step(1))
        .hasToString("Scaled stack.step.1 (eager)");
    assertThat(model)
        .isNotEqualTo(null)
        .isNotEqualTo(Tilewright.eager(Small.class, Weights.of(WEIGHTS)));
    assertThat(model.describe()).contains(Small.class.getName(), "eager");
  }

  @Test
  void refusesCallsAfterClosing() {
    model.close();
    model.close();
    assertThatThrownBy(() -> model.project(Tensors.of(new float[][] {{1, 1}})))
        .isInstanceOf(ModelClosedException.class)
        .hasMessageContaining("Small was closed");
  }

  private static void put(String name, long[] shape, float... values) {
    WEIGHTS.put(name, WeightTensor.of(name, values, shape));
  }

  private static WeightTensor ints(String name, int... values) {
    MemorySegment data = Arena.ofAuto().allocate(4L * values.length, 8);
    data.copyFrom(MemorySegment.ofArray(values));
    return WeightTensor.of(name, WeightType.I32, List.of((long) values.length), data);
  }

  /** A layer of a family, as large as whatever extends it says. */
  @Block
  public interface Family {
    @Linear(size = "2 * OUT", bias = false)
    @dev.tilewright.Weights("up")
    Tensor up(Tensor x);
  }

  @Model
  public interface OfFamily extends CompiledModel {
    int OUT = 1;

    @Block
    interface Wide extends Family {}

    @Block
    interface Wider extends Family {
      int OUT = 2;
    }

    Wide wide();

    Wider wider();

    @Entry
    default @Shape({"N", "2 * OUT"}) Tensor two(@Shape({"N", "2"}) Tensor x) {
      return wide().up(x);
    }

    @Entry
    default @Shape({"N", "2 * OUT"}) Tensor four(@Shape({"N", "2"}) Tensor x) {
      return wider().up(x);
    }
  }

  @Model
  public interface WithoutSize extends Family, CompiledModel {
    @Entry
    default Tensor apply(@Shape({"N", "2"}) Tensor x) {
      return up(x);
    }
  }

  @Test
  void sizesAreTheNearestConstants() {
    Weights weights = Weights.of(WEIGHTS);
    Tensor x = Tensors.of(new float[][] {{3, 4}});
    try (OfFamily model = Tilewright.eager(OfFamily.class, weights)) {
      assertThat(model.two(x).toFloats()).containsExactly(3, 4);
      assertThatThrownBy(() -> model.four(x))
          .isInstanceOf(TensorTypeException.class)
          .hasMessageContaining("[N, 2]")
          .hasMessageContaining("[1, 4]");
    }
    try (WithoutSize model = Tilewright.eager(WithoutSize.class, weights)) {
      assertThatThrownBy(() -> model.apply(x))
          .isInstanceOf(ModelDeclarationException.class)
          .hasMessage("Family.up: '2 * OUT': OUT is no int constant");
    }
  }
}
