package dev.tilewright.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.op.Primitive.BinaryKind;
import dev.tilewright.op.Primitive.CompareKind;
import dev.tilewright.op.Primitive.ReduceKind;
import dev.tilewright.op.Primitive.UnaryKind;
import dev.tilewright.op.TensorTypeException.Reason;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TypeRulesTest {
  private static Arguments fits(String result, Primitive primitive, String... operands) {
    return Arguments.of(result, primitive, types(operands));
  }

  private static List<TensorType> types(String... operands) {
    return Arrays.stream(operands).map(TensorType::parse).toList();
  }

  private static List<Dim> dims(String... extents) {
    return Arrays.stream(extents).map(Dim::parse).toList();
  }

  static Stream<Arguments> results() {
    return Stream.of(
        fits("f32[]", new Primitive.Constant(1, DType.FLOAT32)),
        fits("i32[]", new Primitive.Extent(Dim.symbol("S"))),
        fits("i32[B, S]", new Primitive.Iota(dims("B", "S"), 1)),
        fits("f32[B, 3]", new Primitive.Unary(UnaryKind.EXP), "f32[B, 3]"),
        fits("i32[B]", new Primitive.Unary(UnaryKind.ABS), "i32[B]"),
        fits("bool[B]", new Primitive.Unary(UnaryKind.NOT), "bool[B]"),
        fits("i32[B]", new Primitive.Binary(BinaryKind.MAX), "i32[B]", "i32[B]"),
        fits("bool[B]", new Primitive.Binary(BinaryKind.AND), "bool[B]", "bool[B]"),
        fits("bool[B*S]", new Primitive.Compare(CompareKind.LT), "i32[S*B]", "i32[B*S]"),
        fits("i32[S]", new Primitive.Select(), "bool[S]", "i32[S]", "i32[S]"),
        fits("bool[S]", new Primitive.Cast(DType.BOOL), "f32[S]"),
        fits("f32[B, 4]", new Primitive.Reduce(ReduceKind.SUM, 1), "f32[B, S, 4]"),
        fits(
            "f32[B, S, 4]",
            new Primitive.Contract("bsk", "nk", "bsn"),
            "f32[B, S, 3]",
            "f32[4, 3]"),
        fits(
            "f32[B, H, S, T]",
            new Primitive.Contract("bshd", "bthd", "bhst"),
            "f32[B, S, H, 2]",
            "f32[B, T, H, 2]"),
        fits("f32[B, 4]", new Primitive.Contract("bk", "nk", "bn"), "bf16[B, 3]", "bf16[4, 3]"),
        fits("i32[B, 4]", new Primitive.Contract("bk", "nk", "bn"), "u8[B, 3]", "i8[4, 3]"),
        fits("i32[B, 4]", new Primitive.Contract("bk", "nk", "bn"), "i8[B, 3]", "u8[4, 3]"),
        fits("u8[B]", new Primitive.Cast(DType.UINT8), "f32[B]"),
        fits("bf16[B]", new Primitive.Select(), "bool[B]", "bf16[B]", "bf16[B]"),
        fits("f32[B]", new Primitive.Unary(UnaryKind.ROUND), "f32[B]"),
        fits("f32[B*S, 2]", new Primitive.Reshape(dims("B*S", "2")), "f32[B, 2*S]"),
        fits("f32[3, B]", new Primitive.Transpose(List.of(1, 0)), "f32[B, 3]"),
        fits(
            "f32[B, 5, S]",
            new Primitive.Broadcast(dims("B", "5", "S"), List.of(1, 2)),
            "f32[1, S]"),
        fits("f32[2*S]", new Primitive.Slice(0, Dim.symbol("S"), Dim.parse("3*S"), 1), "f32[3*S]"),
        fits("f32[3]", new Primitive.Slice(0, Dim.of(1), Dim.of(7), 2), "f32[7]"),
        fits("f32[B, S + 3]", new Primitive.Concat(1), "f32[B, S]", "f32[B, 3]"),
        fits("f32[S + 3]", new Primitive.Pad(0, Dim.of(1), Dim.of(2), 0), "f32[S]"),
        fits("f32[2, 6, 3]", new Primitive.Window(1, 3, 2, 2), "f32[2, 15]"),
        fits("f32[((S - 2)/2) + 1, 2]", new Primitive.Window(0, 2, 2, 1), "f32[S]"),
        fits("f32[7, B, S, 2]", new Primitive.Gather(1), "f32[7, 9, 2]", "i32[B, S]"));
  }

  @ParameterizedTest
  @MethodSource
  void results(String result, Primitive primitive, List<TensorType> operands) {
    assertThat(primitive.infer(operands)).isEqualTo(TensorType.parse(result));
  }

  private static Arguments misfits(
      Reason reason, String part, Primitive primitive, String... operands) {
    return Arguments.of(reason, part, primitive, types(operands));
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        misfits(
            Reason.SPECIFICATION,
            "takes 0 operands",
            new Primitive.Constant(1, DType.FLOAT32),
            "f32[]"),
        misfits(
            Reason.DTYPE,
            "a product takes f32 and f32, bf16 and bf16, or u8 and i8, not u8[B, 3] and u8[4, 3]",
            new Primitive.Contract("bk", "nk", "bn"),
            "u8[B, 3]",
            "u8[4, 3]"),
        misfits(
            Reason.DTYPE,
            "not f32[B, 3] and bf16[4, 3]",
            new Primitive.Contract("bk", "nk", "bn"),
            "f32[B, 3]",
            "bf16[4, 3]"),
        misfits(
            Reason.DTYPE,
            "add is not defined for bf16[B]; use cast(...)",
            new Primitive.Binary(BinaryKind.ADD),
            "bf16[B]",
            "bf16[B]"),
        misfits(
            Reason.DTYPE,
            "a comparison is not defined for i8[B]; cast it to f32 or i32 first",
            new Primitive.Compare(CompareKind.LT),
            "i8[B]",
            "i8[B]"),
        misfits(Reason.DTYPE, "cast", new Primitive.Reduce(ReduceKind.MAX, 0), "u8[B]"),
        misfits(Reason.DTYPE, "round", new Primitive.Unary(UnaryKind.ROUND), "i32[B]"),
        misfits(Reason.DTYPE, "256.0 is no value of u8", new Primitive.Constant(256, DType.UINT8)),
        misfits(
            Reason.DTYPE, "0.3 is no value of bf16", new Primitive.Constant(0.3, DType.BFLOAT16)),
        misfits(Reason.DTYPE, "0.5 is no value of i32", new Primitive.Constant(0.5, DType.INT32)),
        misfits(Reason.DTYPE, "2.0 is no value of bool", new Primitive.Constant(2, DType.BOOL)),
        misfits(
            Reason.DTYPE,
            "no value of i32",
            new Primitive.Pad(0, Dim.ONE, Dim.ONE, 1e10),
            "i32[2]"),
        misfits(Reason.AXIS, "axis 2", new Primitive.Iota(dims("B", "S"), 2)),
        misfits(Reason.DTYPE, "exp", new Primitive.Unary(UnaryKind.EXP), "i32[B]"),
        misfits(Reason.DTYPE, "not", new Primitive.Unary(UnaryKind.NOT), "f32[B]"),
        misfits(Reason.DTYPE, "div", new Primitive.Binary(BinaryKind.DIV), "i32[B]", "i32[B]"),
        misfits(Reason.DTYPE, "and", new Primitive.Binary(BinaryKind.AND), "i32[B]", "i32[B]"),
        misfits(
            Reason.DTYPE,
            "one element type",
            new Primitive.Binary(BinaryKind.ADD),
            "f32[B]",
            "i32[B]"),
        misfits(
            Reason.SHAPE,
            "f32[B] and f32[S]",
            new Primitive.Binary(BinaryKind.ADD),
            "f32[B]",
            "f32[S]"),
        misfits(Reason.DTYPE, "condition", new Primitive.Select(), "f32[S]", "f32[S]", "f32[S]"),
        misfits(Reason.SHAPE, "where", new Primitive.Select(), "bool[B]", "f32[S]", "f32[S]"),
        misfits(Reason.AXIS, "axis 1", new Primitive.Reduce(ReduceKind.SUM, 1), "f32[B]"),
        misfits(Reason.DTYPE, "cast", new Primitive.Reduce(ReduceKind.SUM, 0), "bool[B]"),
        misfits(
            Reason.SHAPE,
            "3 on the left and 4",
            new Primitive.Contract("mk", "kn", "mn"),
            "f32[2, 3]",
            "f32[4, 5]"),
        misfits(
            Reason.RANK,
            "one letter an axis",
            new Primitive.Contract("mk", "kn", "mn"),
            "f32[3]",
            "f32[4, 5]"),
        misfits(
            Reason.RANK,
            "one letter an axis",
            new Primitive.Contract("mm", "mn", "n"),
            "f32[3, 3]",
            "f32[3, 5]"),
        misfits(
            Reason.DTYPE,
            "takes f32 and f32",
            new Primitive.Contract("k", "k", ""),
            "i32[3]",
            "f32[3]"),
        misfits(
            Reason.SPECIFICATION,
            "drops 'm'",
            new Primitive.Contract("mk", "kn", "n"),
            "f32[2, 3]",
            "f32[3, 5]"),
        misfits(
            Reason.SPECIFICATION,
            "'z'",
            new Primitive.Contract("mk", "kn", "mz"),
            "f32[2, 3]",
            "f32[3, 5]"),
        misfits(
            Reason.SPECIFICATION,
            "sum over",
            new Primitive.Contract("m", "n", "mn"),
            "f32[2]",
            "f32[3]"),
        misfits(Reason.SHAPE, "elements", new Primitive.Reshape(dims("7")), "f32[2, 3]"),
        misfits(Reason.AXIS, "permutation", new Primitive.Transpose(List.of(0, 0)), "f32[2, 3]"),
        misfits(Reason.AXIS, "permutation", new Primitive.Transpose(List.of(0)), "f32[2, 3]"),
        misfits(Reason.SHAPE, "repeated", new Primitive.Broadcast(dims("5"), List.of(0)), "f32[3]"),
        misfits(
            Reason.SHAPE,
            "repeated",
            new Primitive.Broadcast(dims("3", "3"), List.of(1, 0)),
            "f32[3, 3]"),
        misfits(
            Reason.SHAPE,
            "does not lie",
            new Primitive.Slice(0, Dim.of(2), Dim.of(9), 1),
            "f32[8]"),
        misfits(
            Reason.SHAPE,
            "does not lie",
            new Primitive.Slice(0, Dim.of(3), Dim.of(2), 1),
            "f32[8]"),
        misfits(
            Reason.SHAPE,
            "does not lie",
            new Primitive.Slice(0, Dim.of(-1), Dim.of(2), 1),
            "f32[8]"),
        misfits(
            Reason.SHAPE, "other axes differ", new Primitive.Concat(0), "f32[2, 3]", "f32[2, 4]"),
        misfits(Reason.SHAPE, "other axes differ", new Primitive.Concat(0), "f32[2]", "i32[2]"),
        misfits(Reason.SPECIFICATION, "at least one", new Primitive.Concat(0)),
        misfits(
            Reason.SHAPE, "at least 0", new Primitive.Pad(0, Dim.of(-1), Dim.ZERO, 0), "f32[2]"),
        misfits(Reason.SHAPE, "windows", new Primitive.Window(0, 3, 1, 2), "f32[4]"),
        misfits(Reason.DTYPE, "indices", new Primitive.Gather(0), "f32[4]", "f32[2]"),
        misfits(Reason.AXIS, "axis 1", new Primitive.Gather(1), "f32[4]", "i32[2]"));
  }

  @ParameterizedTest
  @MethodSource
  void refusals(Reason reason, String part, Primitive primitive, List<TensorType> operands) {
    assertThatThrownBy(() -> primitive.infer(operands))
        .isInstanceOfSatisfying(
            TensorTypeException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(part);
  }
}
