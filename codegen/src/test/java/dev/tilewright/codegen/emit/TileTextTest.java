package dev.tilewright.codegen.emit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.codegen.tile.TileParser;
import dev.tilewright.codegen.tile.TilePrinter;
import dev.tilewright.codegen.tile.TileProgram;
import dev.tilewright.codegen.tile.TileVerifier;
import dev.tilewright.codegen.tile.VerificationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TileTextTest {
  private static final String PROGRAM =
      """
      program "sums"
      kernel double_rows(B)(x: f32, y: f32, ids: i32) "y = 2*x of the \\"row\\"" {
        scratch kept: f32[64*B]
        lookup id = ids[worker] below 8 site 3
        for b = worker*((B + workers - 1)/workers) to min(B, 4) step 2 unroll 4 {
          acc: f32 2x16 = fill f32 2x16 -0.5
          if b < B - id%3 {
            acc = multiply_add(load x[16*b + id; 16, 0] 2x1, load x[0; 0, 1] 1x16 of B - -1 else 1.0E-5, acc)
          } else {
            sweep 2x16 {
              t: f32 2x16 = #7=exp(acc)
              acc = select(lt(#1=mul(t, t), #1), neg(#1), t)
            }
          }
          top: f32 2x1 = max_columns(acc)
          store y[32*b; 16, 1] of 9 = sub(acc, top)
        }
      }
      function main(B, S) parameters 2 weights 1 frame 64*B {
        run double_rows(parameter 0, frame 0, weight 0)
        run double_rows(frame 0, parameter 1, weight 0)
        blocks of 48 rows B*S {
          run double_rows(rows 64 of parameter 0, inner 64 of frame 0, weight 0)
          run double_rows(inner 64 of frame 0, rows 64 of parameter 1, weight 0)
        }
      }
      entry tw_main = main weights 0
      """;

  @Test
  void textComesBack() {
    String text = PROGRAM.replace("#7=exp", "exp");
    assertThat(TilePrinter.print(TileParser.parse(PROGRAM))).isEqualTo(text);
    TileVerifier.verify(TileParser.parse(text), Machines.WIDE.model());
  }

  @ParameterizedTest
  @EnumSource
  void randomProgramsComeBack(Machines machine) {
    for (long seed = 0; seed < 20; seed++) {
      TileProgram source = WritersTest.program(seed, machine);
      String text = TilePrinter.print(source);
      TileProgram back = TileParser.parse(text);
      assertThat(back).isEqualTo(source);
      TileProgram done = WritersTest.expanded(source, machine);
      String doneText = TilePrinter.print(done);
      assertThat(TilePrinter.print(TileParser.parse(doneText))).isEqualTo(doneText);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1.0E-5, acc)|1.0E-5, gone)|line 8: expected a register set before, not gone",
        "2x1, load|2y1, load|line 8: expected a shape such as 8x48, got '2'",
        "sweep 2x16 {|sweep 2x16 (|line 10: expected '{', got '('",
        "below 8|above 8|line 4: expected 'below', got 'above'",
        "top: f32 2x1|top|line 15: expected the type of register top",
        "store y|store z|line 16: expected a buffer of the kernel, got 'z'",
        "max_columns|most_columns|expected a Fold, not most",
        "entry tw_main|start tw_main|line 27: expected kernel, function or entry, got 'start'",
      })
  void wrongTextIsRefused(String from, String to, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TileParser.parse(PROGRAM.replace(from, to)))
        .withMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "B - id%3|B - no%3|variable no is not in scope",
        "acc: f32 2x16 = fill f32 2x16 -0.5|acc: f32 2x16 = acc|acc is read before it is set",
        "load x[0; 0, 1] 1x16|load x[0; 0, 1] 1x8|columns must be 1 or a multiple of 16",
        "top: f32 2x1 = max|top: i32 2x1 = max|top is I32, not F32",
        "lt(|add(|expected MASK, got F32",
        "exp(acc)|max_columns(acc)|a sweep folds",
        "sub(acc, top)|to_int(acc)|I32 is stored to y of f32",
        "of 9 =|of nine =|variable nine is not in scope",
        "ids[worker]|x[worker]|x is looked up but not INT32",
        "let|let|none",
        "weight 0)|weight 1)|Weight[index=1] is not among the function's own",
        "parameter 1, weight 0|parameter 1|expected 3 arguments, got 2",
        "run double_rows(frame|run triple_rows(frame|there is no such kernel",
        "= main weights|= mine weights|there is no such function",
      })
  void brokenRulesAreFound(String from, String to, String message) {
    TileProgram program = TileParser.parse(PROGRAM.replace(from, to));
    if (message.equals("none")) {
      TileVerifier.verify(program, Machines.WIDE.model());
      return;
    }
    assertThatThrownBy(() -> TileVerifier.verify(program, Machines.WIDE.model()))
        .isInstanceOf(VerificationException.class)
        .hasMessageContaining(message);
  }
}
