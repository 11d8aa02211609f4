package dev.tilewright.codegen.fuse;

import static dev.tilewright.codegen.fuse.Fused.floats;
import static dev.tilewright.codegen.fuse.Fused.ints;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tilewright.DType;
import dev.tilewright.Operators;
import dev.tilewright.Precision;
import dev.tilewright.Tensor;
import dev.tilewright.codegen.fuse.Fused.Declaration;
import dev.tilewright.codegen.graph.GraphBuilder;
import dev.tilewright.codegen.graph.GraphBuilder.Symbol;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Elements;
import dev.tilewright.op.Layer;
import dev.tilewright.op.PrecisionPolicy;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.Primitive.UnaryKind;
import dev.tilewright.schema.ModelSchema.WeightStep;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What products become in each precision, and that regions still compute what the graph says. */
class PrecisionTest {
  private static final Map<String, Long> SIZE = Map.of("B", 2L, "S", 3L);

  /** A norm, a product with bias and GELU, another product, a residual. */
  private static List<Tensor> feedForward(GraphBuilder builder) {
    Symbol x = builder.input("x", floats("B", "S", 8));
    Tensor normed = new Layer.LayerNorm("norm", 1e-5f).apply(List.of(x), builder::weight);
    Tensor up = new Layer.Linear("up", 12, true).apply(List.of(normed), builder::weight);
    Tensor down =
        new Layer.Linear("down", 8, true).apply(List.of(Operators.gelu(up)), builder::weight);
    return List.of(down.plus(normed));
  }

  private static List<Tensor> attention(GraphBuilder builder) {
    Symbol x = builder.input("x", floats("B", "S", 8));
    Symbol mask = builder.input("mask", ints("B", "S"));
    Tensor[] parts = new Tensor[3];
    for (int i = 0; i < 3; i++) {
      String prefix = "p" + i;
      parts[i] = new Layer.Linear(prefix, 8, true).apply(List.of(x), builder::weight);
    }
    Tensor attended = Operators.attention(parts[0], parts[1], parts[2], 2, mask);
    return List.of(new Layer.Linear("out", 8, false).apply(List.of(attended), builder::weight));
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void regionsComputeWhatTheGraphSays(Precision precision) {
    Fused.of(PrecisionTest::feedForward, precision).agrees(SIZE, 1);
  }

  /** Streaming rounds the weights of the values before their sum divides them, so no bits agree. */
  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"BFLOAT16", "INT8", "INT8_BLOCKS"},
      mode = EnumSource.Mode.EXCLUDE)
  void attentionComputesWhatTheGraphSays(Precision precision) {
    Fused.of(PrecisionTest::attention, precision).agrees(SIZE, 2);
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"BFLOAT16", "INT8", "INT8_BLOCKS"})
  void attentionIsStreamedInBfloat16(Precision precision) {
    Fused fused = Fused.of(PrecisionTest::attention, precision);
    Region.Streamed streamed = fused.regions(Region.Streamed.class).getFirst();
    assertThat(List.of(streamed.query(), streamed.key(), streamed.value()))
        .allMatch(read -> read.dtype() == DType.BFLOAT16);
    assertThat(streamed.weight()).isInstanceOf(Element.Cast.class);
    assertThat(streamed.weight().dtype()).isEqualTo(DType.BFLOAT16);
    // A merged product stores bf16 and nothing else.
    Region.Contraction merged = fused.regions(Region.Contraction.class).getFirst();
    assertThat(merged.outputs()).hasSize(1);
    assertThat(merged.outputs().getFirst().dtype()).isEqualTo(DType.BFLOAT16);
  }

  private static List<UnaryKind> functions(Declaration declaration, Precision precision) {
    List<UnaryKind> kinds = new ArrayList<>();
    Set<Element> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Region region : Fused.of(declaration, precision).regions()) {
      Elements.visit(
          RegionParts.elements(region),
          element -> {
            if (element instanceof Element.Unary unary
                && seen.add(unary)
                && unary.kind().name().matches(".*(EXP|ERF)")) {
              kinds.add(unary.kind());
            }
          });
    }
    return kinds;
  }

  private static Tensor product(Tensor x, GraphBuilder builder) {
    return new Layer.Linear("last", 8, false).apply(List.of(x), builder::weight);
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"BFLOAT16", "INT8", "INT8_BLOCKS"})
  void functionsBeforeNarrowProductsAreCoarse(Precision precision) {
    assertThat(functions(PrecisionTest::feedForward, precision))
        .isNotEmpty()
        .containsOnly(UnaryKind.COARSE_ERF);
    assertThat(functions(PrecisionTest::attention, precision))
        .isNotEmpty()
        .containsOnly(UnaryKind.COARSE_EXP);
    Declaration gate =
        builder -> List.of(product(Operators.silu(builder.input("x", floats("B", 8))), builder));
    assertThat(functions(gate, precision)).isNotEmpty().containsOnly(UnaryKind.COARSE_EXP);
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"BFLOAT16", "INT8", "INT8_BLOCKS"},
      mode = EnumSource.Mode.EXCLUDE)
  void functionsBeforeExactProductsAreExact(Precision precision) {
    assertThat(functions(PrecisionTest::feedForward, precision))
        .isNotEmpty()
        .containsOnly(UnaryKind.ERF);
  }

  @Test
  void functionsWhoseErrorShowsAreExact() {
    // A result of its own, beside the product's operand.
    Declaration shown =
        builder -> {
          Tensor y = Operators.gelu(builder.input("x", floats("B", 8)));
          return List.of(product(y, builder), y);
        };
    assertThat(functions(shown, Precision.INT8)).containsOnly(UnaryKind.ERF);
    // Near 0 the difference is all error.
    Declaration cancelled =
        builder -> {
          Tensor y = Operators.exp(builder.input("x", floats("B", 8))).minus(1f);
          return List.of(product(y, builder));
        };
    assertThat(functions(cancelled, Precision.INT8)).containsOnly(UnaryKind.EXP);
    // A sum of numbers of either sign.
    Declaration summed =
        builder -> {
          Symbol x = builder.input("x", floats("B", "S", 8));
          return List.of(product(Operators.exp(x).times(x).sum(1), builder));
        };
    assertThat(functions(summed, Precision.BFLOAT16)).containsOnly(UnaryKind.EXP);
  }

  @Test
  void bfloat16IsStoredByWhatComputesIt() {
    Fused fused = Fused.of(PrecisionTest::feedForward, Precision.BFLOAT16);
    Region.RowReduction norm = fused.regions(Region.RowReduction.class).getFirst();
    // For the product, and for the residual.
    assertThat(norm.outputs())
        .extracting(Region.Output::dtype)
        .containsExactlyInAnyOrder(DType.FLOAT32, DType.BFLOAT16);
    List<Region.Contraction> products = fused.regions(Region.Contraction.class);
    assertThat(products).hasSize(2);
    assertThat(products.get(0).outputs())
        .extracting(Region.Output::dtype)
        .containsExactly(DType.BFLOAT16);
    assertThat(products)
        .allMatch(
            product ->
                product.left().dtype() == DType.BFLOAT16
                    && product.right().dtype() == DType.BFLOAT16);
    assertThat(fused.regions()).hasSize(3);
  }

  @Test
  void aNormQuantisesItsRows() {
    Fused fused = Fused.of(PrecisionTest::feedForward, Precision.INT8);
    Region.RowReduction norm = fused.regions(Region.RowReduction.class).getFirst();
    assertThat(norm.outputs())
        .filteredOn(Region.Output::overRow)
        .extracting(Region.Output::dtype)
        .containsExactlyInAnyOrder(DType.FLOAT32, DType.UINT8);
    // Scale and zero point.
    assertThat(norm.outputs()).filteredOn(output -> !output.overRow()).hasSize(2);
    List<Region.Contraction> products = fused.regions(Region.Contraction.class);
    assertThat(products)
        .allMatch(
            product ->
                product.left().dtype() == DType.UINT8 && product.right().dtype() == DType.INT8);
    // Dequantisation, bias, GELU and residual are epilogues.
    assertThat(fused.regions(Region.Pointwise.class)).isEmpty();
    assertThat(fused.regions()).hasSize(4);
  }

  /** What attention compares; the product behind it and those of a feed-forward have one range. */
  @Test
  void halvesOfAttentionsOperandsHaveRangesOfTheirOwn() {
    Fused fused = Fused.of(PrecisionTest::attention, Precision.INT8);
    List<Region.Contraction> products = fused.regions(Region.Contraction.class);
    assertThat(products)
        .extracting(product -> product.over().getFirst().extent().value())
        .containsExactly(4L, 8L);
    assertThat(products.getFirst().total().orElseThrow().over())
        .extracting(axis -> axis.extent().value())
        .containsExactly(2L);
    assertThat(products.getLast().total()).isEmpty();
    assertThat(Fused.of(PrecisionTest::feedForward, Precision.INT8).regions())
        .filteredOn(Region.Contraction.class::isInstance)
        .hasSize(2);
  }

  /**
   * 100 alone would have the others rounded to multiples of 0.4; but it meets a small weight, as
   * large activations mostly do.
   */
  @Test
  void factorsEvenOutRanges() {
    Doubles.Value x = new Doubles.Value(floats(1, 4), new double[] {100, 0.7, -0.6, 0.5});
    Doubles.Value w = new Doubles.Value(floats(1, 4), new double[] {0.001, 1, 1, 1});
    Tensor product =
        PrecisionPolicy.product(
            Precision.INT8,
            new Primitive.Contract("bk", "nk", "bn"),
            x,
            PrecisionPolicy.Role.ACTIVATION,
            w,
            PrecisionPolicy.Role.WEIGHT,
            /* groups= */ 1);
    assertThat(((Doubles.Value) product).elements()[0]).isCloseTo(0.7, within(0.1));
  }

  /** Though heads were apart, a row's elements lie side by side, and none is stored repeated. */
  @Test
  void attentionIsQuantisedInTheOrderOfMemory() {
    Fused fused = Fused.of(PrecisionTest::attention, Precision.INT8);
    Region.RowReduction rows = fused.regions(Region.RowReduction.class).getLast();
    assertThat(rows.reductions()).hasSize(2);
    assertThat(Elements.offsets(rows.reductions().stream().map(Region.Reduction::element).toList()))
        .allMatch(Affine::isAffine);
    assertThat(rows.outputs())
        .filteredOn(Region.Output::overRow)
        .extracting(Region.Output::dtype)
        .containsExactly(DType.UINT8);
  }

  @Test
  void weightsAreQuantisedAtLoad() {
    Fused fused = Fused.of(PrecisionTest::feedForward, Precision.INT8);
    List<RegionFunction.Source.Weight> prepared =
        fused.last().buffers().stream()
            .map(RegionFunction.Buffer::source)
            .filter(RegionFunction.Source.Weight.class::isInstance)
            .map(RegionFunction.Source.Weight.class::cast)
            .filter(weight -> !weight.steps().isEmpty())
            .toList();
    // Two weights, each with its scales and sums, and the factors of what it is multiplied with.
    assertThat(prepared).hasSize(8);
    assertThat(prepared)
        .extracting(weight -> weight.steps().getLast().type().dtype())
        .containsExactlyInAnyOrder(
            DType.INT8,
            DType.INT8,
            DType.FLOAT32,
            DType.FLOAT32,
            DType.FLOAT32,
            DType.FLOAT32,
            DType.FLOAT32,
            DType.FLOAT32);
    assertThat(fused.applied("prepare")).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"BFLOAT16_WEIGHTS", "INT8_WEIGHTS"})
  void compressedWeightsAreReadNarrow(Precision precision) {
    Fused fused = Fused.of(PrecisionTest::feedForward, precision);
    assertThat(fused.regions(Region.Contraction.class))
        .hasSize(2)
        .allMatch(product -> product.left().dtype() == DType.FLOAT32)
        .allMatch(product -> product.right().dtype().isNarrow());
    assertThat(fused.regions()).hasSize(3);
  }

  /** 5 elements of bf16 are no whole words of 32 bits. */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void oddDepthsArePadded(Precision precision) {
    Fused.Declaration odd =
        builder ->
            List.of(
                new Layer.Linear("odd", 3, true)
                    .apply(List.of(builder.input("x", floats("B", 5))), builder::weight));
    Fused fused = Fused.of(odd, precision).agrees(SIZE, 3);
    Region.Contraction product = fused.regions(Region.Contraction.class).getFirst();
    long depth = product.over().getFirst().extent().value();
    assertThat(depth)
        .isEqualTo(
            switch (precision) {
              case FLOAT32, BFLOAT16_WEIGHTS, INT8_WEIGHTS -> 5;
              case BFLOAT16 -> 6;
              case INT8 -> 8;
              case INT8_BLOCKS -> 32;
            });
  }

  /** Folding is not for precisions alone. */
  @Test
  void factorsAreFoldedIntoWeights() {
    Fused fused =
        Fused.of(
                builder -> {
                  Symbol x = builder.input("x", floats("B", 4));
                  Tensor scale = builder.weight("scale", floats(4));
                  Tensor weight = builder.weight("weight", floats(4, 6));
                  return List.of(x.matmul(weight.times(scale.unsqueeze(-1)).times(0.5f)));
                })
            .agrees(SIZE, 4);
    assertThat(fused.regions()).hasSize(1);
    RegionFunction.Source.Weight source =
        fused.last().buffers().stream()
            .map(RegionFunction.Buffer::source)
            .filter(RegionFunction.Source.Weight.class::isInstance)
            .map(RegionFunction.Source.Weight.class::cast)
            .findFirst()
            .orElseThrow();
    assertThat(source.parts()).hasSize(2);
    assertThat(source.steps().stream().map(WeightStep::type).toList()).contains(floats(4, 6));
    Region.Contraction product = fused.regions(Region.Contraction.class).getFirst();
    assertThat(Elements.contains(product.right(), part -> part instanceof Element.Binary))
        .isFalse();
  }
}
