package dev.tilewright.codegen.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class GraphTextTest {
  private static final String ALL =
      """
      model demo.Everything
      entry run = run
      entry other = half

      function half
        %0 = input x : f32[2*B, S]
        %1 = constant 0.5 : f32[]
        %2 = broadcast [2*B, S] [] %1 : f32[2*B, S]
        %3 = mul %0, %2 : f32[2*B, S]  @Net.java:12:8  // x.times(0.5f)
        return %3

      function run
        %0 = input x : f32[2*B, S]
        %1 = input ids : i32[S]
        %2 = weight "blocks.0.\\"odd\\\\name\\"" : f32[7, 3]
        %3 = call half "blocks.0." %0 : f32[2*B, S]
        %4 = result 0 %3 : f32[2*B, S]
        %5 = gather 0 %2, %1 : f32[S, 3]
        %6 = contract "bs,sn->bn" %4, %5 : f32[2*B, 3]
        %7 = reshape [B, 2, 3] %6 : f32[B, 2, 3]
        %8 = transpose [1, 0, 2] %7 : f32[2, B, 3]
        %9 = slice 2 [0, 3] 2 %8 : f32[2, B, 2]
        %10 = pad 1 [1, 0] -Infinity %9 : f32[2, B + 1, 2]
        %11 = window 2 2 1 1 %10 : f32[2, B + 1, 1, 2]
        %12 = reduce.max 3 %11 : f32[2, B + 1, 1]
        %13 = concat 2 %12, %12 : f32[2, B + 1, 2]
        %14 = iota [2, B + 1, 2] 1 : i32[2, B + 1, 2]
        %15 = extent [(S)/2] : i32[]
        %16 = broadcast [2, B + 1, 2] [] %15 : i32[2, B + 1, 2]
        %17 = compare.le %14, %16 : bool[2, B + 1, 2]
        %18 = cast %14 : f32[2, B + 1, 2]
        %19 = exp %18 : f32[2, B + 1, 2]
        %20 = select %17, %13, %19 : f32[2, B + 1, 2]
        return %20, %6

      function keep session
        %0 = input x : f32[1, S, 4]
        %1 = state "blocks.0.keys" 512 : f32[1, context, 4]
        %2 = append 1 %1, %0 : f32[1, context, 4]
        %3 = extent [-1*S + context] : i32[]
        return %2, %3
      """;

  @Test
  void everyOperationIsReadAsItWasPrinted() {
    Program program = GraphParser.parse(ALL);
    GraphVerifier.verify(program);
    String text = GraphPrinter.print(program);
    Program again = GraphParser.parse(text);
    GraphVerifier.verify(again);
    assertThat(GraphPrinter.print(again)).isEqualTo(text);
    // Up to the order in which nodes are listed, nothing is lost.
    assertThat(text.lines().sorted().toList())
        .isEqualTo(ALL.replace("[(S)/2]", "[((S)/2)]").lines().sorted().toList());
  }

  @Test
  void faultsAreNamedByLine() {
    assertThatThrownBy(() -> GraphParser.parse("model m\nnonsense"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("line 2")
        .hasMessageContaining("nonsense");
    assertThatThrownBy(() -> GraphParser.parse("function f\n  %0 = add %1, %2 : f32[2]\n"))
        .hasMessageContaining("line 2")
        .hasMessageContaining("%1 is used before it is defined");
    assertThatThrownBy(() -> GraphParser.parse("function f\n  %0 = frob : f32[2]\n"))
        .hasMessageContaining("no operation is called 'frob'");
    assertThatThrownBy(() -> GraphParser.parse("function f\n  %0 = input x : f32[2]\n"))
        .hasMessageContaining("line 3");
  }

  private static void refuses(String fault, String text) {
    Program program = GraphParser.parse(text);
    assertThatThrownBy(() -> GraphVerifier.verify(program))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(fault);
  }

  @Test
  void theVerifierFindsWrongTypes() {
    refuses(
        "its operands give f32[B]",
        """
        function f
          %0 = input x : f32[B]
          %1 = exp %0 : f32[B, 2]
          return %1
        """);
    refuses(
        "symbol that no input's shape holds",
        """
        function f
          %0 = input x : f32[B]
          %1 = iota [T] 0 : i32[T]
          return %1, %0
        """);
    refuses(
        "another type elsewhere",
        """
        function f
          %0 = input x : f32[2]
          %1 = weight "w" : f32[2]
          %2 = weight "w" : f32[3]
          return %0, %1, %2
        """);
  }

  @Test
  void theVerifierFindsWrongCalls() {
    String callee =
        """
        function g
          %0 = input x : f32[B]
          return %0

        function f
          %0 = input x : f32[B, 2]
        """;
    refuses("g takes [f32[B]]", callee + "  %1 = call g \"\" %0 : f32[B]\n  return %1\n");
    refuses("no function of that name", callee + "  %1 = call h \"\" %0 : f32[B]\n  return %1\n");
    refuses("two functions", callee.replace("function f", "function g") + "  return %0\n");
    refuses("names no function", "entry e = nothing\n" + callee + "  return %0\n");
  }
}
