package dev.tilewright.processor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.codegen.graph.Function;
import dev.tilewright.codegen.graph.Node;
import dev.tilewright.codegen.graph.Op;
import dev.tilewright.codegen.graph.Program;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Java means in a declaration is what it means everywhere. */
class LanguageTest {
  private static final String IMPORTS =
      "import dev.tilewright.*;\nimport static dev.tilewright.Operators.*;\n";

  @TempDir Path classes;

  @Test
  void statements() throws Exception {
    check(
        """
        @Model public interface M extends CompiledModel {
          @Entry default Tensor loops(@Shape({"B", "6"}) Tensor x) {
            Tensor y = x;
            for (int i = 0, j = 3; i < j; i++, --j) { y = y.plus(i * j); }
            int n = 0;
            while (true) { if (++n == 3) break; if (n == 1) continue; y = y.times(n + 0.5f); }
            do { y = y.minus(n--); } while (n > 0);
            outer:
            for (int i = 0; i < 4; i++) {
              for (int j = 0; j < 4; j++) {
                if (j == 2) continue outer;
                if (i == 2) break outer;
                y = y.plus(10 * i + j);
              }
            }
            block: { if (n == 0) break block; y = y.times(0f); }
            for (float f : new float[] {1f, 2f}) y = y.dividedBy(f);
            for (Dim d : x.shape().subList(1, 2)) { if (d.isKnown()) y = y.plus(d.intValue()); }
            return y;
          }
          @Entry default Tensor switches(@Shape({"B", "6"}) Tensor x) {
            Tensor y = x;
            for (int i = 0; i < 5; i++) {
              switch (i) {
                case 0: y = y.plus(1f);
                case 1: y = y.times(2f); break;
                case 2, 3: { y = y.minus(i); break; }
                default: y = y.negate();
              }
              y = switch (y.dtype()) { case FLOAT32 -> y.plus(i); case INT32, BOOL, BFLOAT16, INT8, UINT8 -> { yield y.negate(); } };
              switch ("k" + i) { case "k4" -> y = y.abs(); default -> {} }
              y = y.plus(switch (i % 2) { case 0: yield 0.25f; default: { float f = i; yield f; } });
            }
            final float late;
            if (x.rank() == 2) { late = 3; } else { late = 4; }
            return y.times(late);
          }
        }
        """);
  }

  @Test
  void arithmetic() throws Exception {
    check(
        """
        @Model public interface M extends CompiledModel {
          int N = 7;
          double[] TABLE = {1, N / 2, N / 2.0, 1e-3};
          long BIG = 1L << 40;
          float SCALE = (float) (1 / Math.sqrt(N));
          @Entry default Tensor f(@Shape("B") Tensor x) {
            byte b = (byte) 200; short s = 'a'; char c = 'b'; c += 1; b >>= 1; s++;
            int i = -7 / 2 + -7 % 3 + (-7 >> 1) + (-7 >>> 28) + (5 & 6 | 8 ^ 3) + ~4;
            long l = BIG / 3 + i; l -= 1.5; l <<= 2;
            float f = 0.1f + 0.2f; double d = 0.1 + 0.2; f += d;
            i += 'x' + c; i *= 1.5;
            boolean t = 0.1f + 0.2 > 0.3 ^ i == 3 | !(l != 3L) & 'a' < 98;
            int[] a = {1, 2, 3}; a[1] += 5; a[a[0]]++; int[][] m = new int[2][3]; m[1][2] = a[1]--;
            String text = "n" + N + 1.0f + 'c' + null + true + (1 + 2);
            Float boxed = null; Float other = 2.5f; Integer k = 3;
            return x.plus(b).plus(s).plus(c).plus(i).plus(l % 1000).plus(f).plus((float) d)
                .plus(t ? 1 : 2).plus(a[1] * 100 + a[2] + m[1][2] + m.length).plus(text.length())
                .plus(boxed == null ? other : boxed).plus(k).times(SCALE).plus((float) TABLE[1]).plus((float) TABLE[2])
                .plus(Math.max(1, 2)).plus(Integer.MAX_VALUE / 1000).plus((int) 3.99 + (int) Float.NaN)
                .plus((float) Math.floor(-1.5)).plus((byte) 300 + (char) 65.7).plus(Math.floorMod(-3, 5));
          }
        }
        """);
  }

  @Test
  void blocksAreCompiledOnceForEachUse() throws Exception {
    Program program =
        check(
            """
            @Model public interface M extends CompiledModel {
              @Block interface Layer {
                @Linear(out = 6) Tensor dense(Tensor x);
                @RmsNorm Tensor norm(Tensor x);
                default Tensor forward(Tensor x, int power) { return step(norm(dense(x)), power); }
                private Tensor step(Tensor x, int power) { return power == 0 ? x : step(x.times(x), power - 1); }
              }
              @Repeat(4) @Weights("layer.{i}") Layer layer(int i);
              @Entry default Tensor f(@Shape({"B", "6"}) Tensor x) {
                for (int i = 0; i < 4; i++) x = layer(i).forward(x, i == 3 ? 2 : 1);
                return x;
              }
              @Entry default Tensor g(@Shape({"B", "6"}) Tensor x) { return layer(0).forward(x, 1); }
              @Entry default Tensor h(@Shape({"B", "S", "6"}) Tensor x) { return layer(1).forward(x, 1); }
            }
            """);
    assertThat(program.functions())
        .extracting(Function::name)
        .containsExactly("Layer_forward", "Layer_forward_2", "f", "g", "Layer_forward_3", "h");
    assertThat(calls(program, "f"))
        .containsExactly(
            "Layer_forward layer.0.",
            "Layer_forward layer.1.",
            "Layer_forward layer.2.",
            "Layer_forward_2 layer.3.");
    assertThat(calls(program, "g")).containsExactly("Layer_forward layer.0.");
  }

  @Test
  void genericBlocksInheritanceAndSuper() throws Exception {
    Program program =
        check(
            """
            @Model public interface M extends CompiledModel {
              interface Base { default Tensor act(Tensor x) { return x.max(0f); } }
              @Block interface Mlp extends Base {
                @Linear(out = 6) Tensor up(Tensor x);
                default Tensor forward(Tensor x) { return act(up(x)); }
              }
              @Block interface Smooth extends Mlp {
                @Override default Tensor act(Tensor x) { return gelu(Mlp.super.act(x)); }
              }
              @Block interface Residual<I extends Mlp> {
                @LayerNorm Tensor norm(Tensor x);
                @Weights("") I inner();
                default Tensor forward(Tensor x) { I block = inner(); return x.plus(block.forward(norm(x))); }
              }
              @Block interface Stack<I extends Mlp> {
                @Repeat(2) @Weights("{i}") Residual<I> part(int i);
                default Tensor forward(Tensor x) { return apply(part(1), apply(part(0), x)); }
                static <J extends Mlp> Tensor apply(Residual<J> block, Tensor x) { return block.forward(x); }
              }
              Stack<Mlp> rough();
              Stack<Smooth> smooth();
              @Entry default Tensor f(@Shape({"B", "6"}) Tensor x) { return smooth().forward(rough().forward(x)); }
            }
            """);
    assertThat(program.functions())
        .extracting(Function::name)
        .containsExactly(
            "Mlp_forward",
            "Residual_forward",
            "Stack_forward",
            "Smooth_forward",
            "Residual_forward_2",
            "Stack_forward_2",
            "f");
  }

  @Test
  void recordsAndOptions() throws Exception {
    Program program =
        check(
            """
            @Model public interface M extends CompiledModel {
              record Pair(Tensor first, Tensor second) {
                Pair swapped() { return new Pair(second, first()); }
                static Pair of(Tensor x) { return new Pair(x, x.negate()); }
              }
              record Nested(Pair pair, int count, float[] scales) {}
              record Result(@Shape({"B", "6"}) Tensor a, @Shape("B") @Int32 Tensor b) {}
              enum Mode { PLAIN, DOUBLE }
              @Block interface Inner {
                default Pair both(Pair pair, AttentionOptions options, Mode mode) {
                  Tensor y = attention(pair.first(), pair.second(), pair.second(), options);
                  return new Pair(y, mode == Mode.DOUBLE ? y.plus(y) : y);
                }
                default Nested nest(Pair pair, AttentionOptions options, Mode mode) {
                  return new Nested(pair, mode.ordinal() + 2, new float[] {0.5f, 2});
                }
              }
              Inner inner();
              @Entry default Result f(@Shape({"B", "6"}) Tensor x, @Shape("B") @Int32 Tensor i, @Shape({"B", "6", "8"}) Tensor k, @Shape({"B", "6"}) @Bool Tensor mask) {
                var options = AttentionOptions.heads(2).mask(mask).causal(true);
                var pair = inner().both(Pair.of(k).swapped(), options, Mode.DOUBLE);
                var nested = inner().nest(pair, options, Mode.PLAIN);
                Tensor sum = nested.pair().first().plus(nested.pair().second()).sum(2);
                for (float scale : nested.scales()) sum = sum.times(scale).plus(nested.count());
                return new Result(sum.plus(x), i.plus(i.dim(0).equals(Dim.symbol("B")) ? 1 : 1));
              }
            }
            """);
    assertThat(program.function("Inner_both").inputs()).hasSize(3);
    assertThat(program.function("Inner_both").results()).hasSize(2);
    // An array in the result: the body stands in the entry.
    assertThat(calls(program, "f")).containsExactly("Inner_both inner.");
  }

  @Test
  void tensorsWithoutTemplates() throws Exception {
    check(
        """
        @Model public interface M extends CompiledModel {
          @Parameter @Shape({"6", "5"}) Tensor table();
          static Tensor mySoftmax(Tensor x) {
            Tensor e = exp(x.minus(x.maxOver(-1).unsqueeze(-1)).min(0f));
            return e.dividedBy(e.sum(-1).unsqueeze(-1));
          }
          @Entry default Tensor f(@Shape({"B", "S", "6"}) Tensor x, @Shape({"B", "S"}) @Int32 Tensor ids) {
            Tensor y = x.matmul(table());
            y = mySoftmax(y).plus(table().slice(0, 1, 2).squeeze(0));
            y = y.transpose(0, 2, 1).reshape(x.dim(0), Dim.of(-1));
            Tensor z = concat(1, y, y.pad(1, 1, 2, 0f));
            return where(z.greaterThan(0f), z, z.times(0.1f)).plus(table().gather(0, ids).sum(2).sum(1).unsqueeze(1));
          }
        }
        """);
  }

  private Program check(String model) throws Exception {
    return new Agreement(classes).check("M", Map.of("B", 2L, "S", 3L), IMPORTS + model);
  }

  private static List<String> calls(Program program, String function) {
    return program.function(function).nodes().stream()
        .map(Node::op)
        .filter(Op.Call.class::isInstance)
        .map(Op.Call.class::cast)
        .map(call -> call.function() + " " + call.weightPrefix())
        .toList();
  }
}
