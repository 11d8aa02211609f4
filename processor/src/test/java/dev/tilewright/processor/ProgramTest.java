package dev.tilewright.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.codegen.graph.Function;
import dev.tilewright.codegen.graph.GraphVerifier;
import dev.tilewright.codegen.graph.Node;
import dev.tilewright.codegen.graph.Op;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.op.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The program of a sentence encoder as a user declares it. */
class ProgramTest {
  private static final String LAYER =
      """
      import dev.tilewright.*;
      import static dev.tilewright.Operators.*;

      @Block
      public interface EncoderLayer {
        int DIM = 384, HEADS = 12, FFN = 1536;

        @Linear(out = DIM) @Weights("attention.self.query") Tensor query(Tensor x);
        @Linear(out = DIM) @Weights("attention.self.key") Tensor key(Tensor x);
        @Linear(out = DIM) @Weights("attention.self.value") Tensor value(Tensor x);
        @Linear(out = DIM) @Weights("attention.output.dense") Tensor project(Tensor x);
        @LayerNorm(eps = 1e-12f) @Weights("attention.output.LayerNorm") Tensor norm1(Tensor x);
        @Linear(out = FFN) @Weights("intermediate.dense") Tensor up(Tensor x);
        @Linear(out = DIM) @Weights("output.dense") Tensor down(Tensor x);
        @LayerNorm(eps = 1e-12f) @Weights("output.LayerNorm") Tensor norm2(Tensor x);

        default Tensor forward(Tensor x, Tensor mask) {
          var attended = attention(query(x), key(x), value(x), HEADS, mask);
          var y = norm1(x.plus(project(attended)));
          return norm2(y.plus(down(gelu(up(y)))));
        }
      }
      """;
  private static final String MODEL =
      """
      import dev.tilewright.*;
      import static dev.tilewright.Operators.*;

      @Model
      public interface Encoder extends CompiledModel {
        @Embedding(rows = 30522, dim = 384) @Weights("embeddings.word_embeddings") Tensor words(Tensor ids);
        @LayerNorm(eps = 1e-12f) @Weights("embeddings.LayerNorm") Tensor norm(Tensor x);
        @Repeat(6) @Weights("encoder.layer.{i}") EncoderLayer layer(int i);

        @Entry
        default @Shape({"B", "384"}) Tensor embed(
            @Shape({"B", "S"}) @Int32 Tensor ids, @Shape({"B", "S"}) @Int32 Tensor mask) {
          var x = norm(words(ids));
          for (int i = 0; i < 6; i++) x = layer(i).forward(x, mask);
          return l2Normalize(meanPool(x, mask));
        }
      }
      """;

  @Test
  void sixLayersAreSixCallsOfOneFunction() {
    Program program = ProgramReader.read(MODEL, LAYER);
    GraphVerifier.verify(program);
    assertThat(program.functions())
        .extracting(Function::name)
        .containsExactly("EncoderLayer_forward", "embed");
    List<Op> calls =
        program.function("embed").nodes().stream()
            .map(Node::op)
            .filter(Op.Call.class::isInstance)
            .toList();
    assertThat(calls)
        .containsExactly(
            new Op.Call("EncoderLayer_forward", "encoder.layer.0."),
            new Op.Call("EncoderLayer_forward", "encoder.layer.1."),
            new Op.Call("EncoderLayer_forward", "encoder.layer.2."),
            new Op.Call("EncoderLayer_forward", "encoder.layer.3."),
            new Op.Call("EncoderLayer_forward", "encoder.layer.4."),
            new Op.Call("EncoderLayer_forward", "encoder.layer.5."));
    assertThat(program.function("EncoderLayer_forward").weights())
        .hasSize(16)
        .containsEntry("intermediate.dense.weight", TensorType.parse("f32[1536, 384]"));
  }

  @Test
  void nodesKnowWhereTheyComeFrom() {
    Function layer = ProgramReader.read(MODEL, LAYER).function("EncoderLayer_forward");
    Node up =
        layer.nodes().stream()
            .filter(node -> node.op().equals(new Op.Weight("intermediate.dense.weight")))
            .findFirst()
            .orElseThrow();
    assertThat(up.origin().toString()).isEqualTo("EncoderLayer.java:20:35");
    assertThat(up.origin().text()).isEqualTo("up");
  }

  @Test
  void refusedSourcesAreListed() {
    assertThatThrownBy(() -> ProgramReader.read(MODEL.replace("384)", "100)"), LAYER))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("EncoderLayer.java:19:")
        .hasMessageContaining("[TW041]");
  }
}
