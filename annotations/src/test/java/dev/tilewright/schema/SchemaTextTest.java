package dev.tilewright.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.Precision;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.TensorType;
import dev.tilewright.schema.ModelSchema.EntrySchema;
import dev.tilewright.schema.ModelSchema.Layout;
import dev.tilewright.schema.ModelSchema.LibrarySchema;
import dev.tilewright.schema.ModelSchema.Limit;
import dev.tilewright.schema.ModelSchema.Parameter;
import dev.tilewright.schema.ModelSchema.Part;
import dev.tilewright.schema.ModelSchema.SessionUse;
import dev.tilewright.schema.ModelSchema.Site;
import dev.tilewright.schema.ModelSchema.WeightRecipe;
import dev.tilewright.schema.ModelSchema.WeightStep;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SchemaTextTest {
  private final Arbitrary<String> names =
      Arbitraries.of("x", "ids", "encoder.layer.0.weight", "embed");
  private final Arbitrary<Dim> dims =
      Arbitraries.of("B", "2*S + 1", "B*S*384", "7", "((S + 3)/4)").map(Dim::parse);
  private final Arbitrary<TensorType> types =
      Combinators.combine(Arbitraries.of(DType.class), dims.list().ofMaxSize(3))
          .as(TensorType::new);
  private final Arbitrary<String> places =
      Arbitraries.of("MiniLm.java:12 words", "Block.java:3", "");

  private static final List<WeightStep> STEPS =
      List.of(
          new WeightStep(
              new Primitive.Constant(0x1p-100, DType.FLOAT32),
              List.of(),
              TensorType.of(DType.FLOAT32)),
          new WeightStep(
              new Primitive.Cast(DType.INT8), List.of(1), TensorType.of(DType.INT8, 4, 8)),
          new WeightStep(
              new Primitive.Contract("nk", "k", "n"),
              List.of(0, 2),
              TensorType.of(DType.FLOAT32, 4)),
          new WeightStep(
              new Primitive.Pad(1, Dim.ZERO, Dim.of(3), -1.5),
              List.of(7),
              TensorType.of(DType.BFLOAT16, 4, 8)),
          new WeightStep(
              new Primitive.Broadcast(List.of(Dim.of(4), Dim.of(8)), List.of(1)),
              List.of(3),
              TensorType.of(DType.FLOAT32, 4, 8)));

  @Provide
  Arbitrary<ModelSchema> schemas() {
    Arbitrary<LibrarySchema> libraries =
        Combinators.combine(
                names,
                Arbitraries.of(Precision.class),
                names,
                Arbitraries.of("avx512f", "fma", "avx512_bf16").list().ofMaxSize(3),
                Arbitraries.integers())
            .as(
                (target, precision, resource, features, rank) ->
                    new LibrarySchema(
                        target, precision, "linux-x86_64", resource, features, rank, "0af1"));
    Arbitrary<EntrySchema> entries =
        Combinators.combine(
                names,
                Arbitraries.of("B", "S").list().ofMaxSize(2),
                Combinators.combine(names, types).as(Parameter::new).list().ofMaxSize(3),
                types.list().ofMaxSize(2),
                dims,
                Combinators.combine(dims, dims, places).as(Limit::new).list().ofMaxSize(2),
                Combinators.combine(dims, places).as(Site::new).list().ofMaxSize(2))
            .as(
                (name, symbols, inputs, results, bytes, limits, sites) ->
                    new EntrySchema(
                        name,
                        "tw_" + name,
                        symbols,
                        inputs,
                        results,
                        bytes,
                        bytes.plus(64),
                        limits,
                        sites,
                        symbols,
                        symbols.size() == 2 && limits.isEmpty()
                            ? Optional.of(new RaggedAxes("B", "S"))
                            : Optional.empty(),
                        sites.isEmpty()
                            ? Optional.of(new SessionUse(bytes, 2048, 1024))
                            : Optional.empty()));
    Arbitrary<Layout> layouts =
        Arbitraries.of(
            new Layout.Plain(),
            new Layout.Panels(48, true),
            new Layout.Panels(64, false, DType.BFLOAT16, 2),
            new Layout.Panels(32, true, DType.INT8, 4),
            new Layout.QuantPanels(48),
            new Layout.ScalePanels(16, true),
            new Layout.ScalePanels(48, false),
            new Layout.Session(2048, 0),
            new Layout.Session(2048, 128));
    Arbitrary<WeightRecipe> weights =
        Combinators.combine(
                layouts,
                Combinators.combine(names, types, places).as(Part::new).list().ofMaxSize(3),
                Arbitraries.of(STEPS).list().ofMaxSize(3))
            .as(WeightRecipe::new);
    return Combinators.combine(libraries, entries.list().ofMaxSize(3), weights.list().ofMaxSize(4))
        .as(
            (library, entryList, weightList) ->
                new ModelSchema("a.b.MiniLm", library, entryList, weightList));
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void readsWhatItPrints(@ForAll("schemas") ModelSchema schema) {
    assertThat(SchemaText.parse(SchemaText.print(schema))).isEqualTo(schema);
    assertThat(SchemaText.parseWithoutWeights(SchemaText.print(schema)))
        .isEqualTo(new ModelSchema(schema.model(), schema.library(), schema.entries(), List.of()));
    assertThat(SchemaText.parseHead(SchemaText.print(schema)))
        .isEqualTo(new ModelSchema(schema.model(), schema.library(), List.of(), List.of()));
  }

  /** Damage is met with one exception, or reads as another sound schema; nothing else. */
  @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
  void refusesDamage(
      @ForAll("schemas") ModelSchema schema,
      @ForAll @IntRange(min = 0, max = 10_000) int place,
      @ForAll @IntRange(min = 0, max = 127) int character) {
    StringBuilder text = new StringBuilder(SchemaText.print(schema));
    text.setCharAt(place % text.length(), (char) character);
    try {
      assertThat(SchemaText.parse(text.toString())).isNotNull();
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("the model's description");
    }
  }

  @Test
  void readsEqualWeightsOnceAndNamesTheLineOfADamagedOne() {
    WeightRecipe weight =
        new WeightRecipe(
            new Layout.QuantPanels(48),
            List.of(new Part("a", TensorType.parse("f32[8, 32]"), "Model.java:3:4")));
    LibrarySchema library =
        new LibrarySchema("avx2", Precision.FLOAT32, "a.so", "0", List.of("avx2"), 1, "probe");
    String text =
        SchemaText.print(
            new ModelSchema("a.b.Model", library, List.of(), List.of(weight, weight, weight)));
    List<WeightRecipe> read = SchemaText.parse(text).weights();
    assertThat(read).containsExactly(weight, weight, weight);
    assertThat(read.get(2)).isSameAs(read.getFirst());
    int second = text.indexOf("quants", text.indexOf("quants") + 1);
    String damaged = text.substring(0, second) + "quantz" + text.substring(second + 6);
    assertThatThrownBy(() -> SchemaText.parse(damaged))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("line 6 of the model's description is damaged")
        .hasStackTraceContaining("unknown layout quantz");
  }

  @Test
  void refusesAnotherVersion() {
    assertThatThrownBy(() -> SchemaText.parse("tilewright-model 1\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tilewright-model 3");
    assertThatThrownBy(() -> SchemaText.parse("")).isInstanceOf(IllegalArgumentException.class);
  }
}
