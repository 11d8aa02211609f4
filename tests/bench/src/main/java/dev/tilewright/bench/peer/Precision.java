package dev.tilewright.bench.peer;

import dev.tilewright.CompiledModel;
import dev.tilewright.Model;
import dev.tilewright.bench.machine.Arithmetic;
import java.util.Arrays;
import java.util.List;

/** What an implementation computes in. */
public enum Precision {
  FP32("fp32", Arithmetic.FP32, dev.tilewright.Precision.FLOAT32),
  BF16("bf16", Arithmetic.BF16, dev.tilewright.Precision.BFLOAT16),
  INT8("int8", Arithmetic.INT8, dev.tilewright.Precision.INT8),
  /** Weights are stored in bf16, products are those of fp32. */
  BF16_WEIGHTS("bf16-weights", Arithmetic.FP32, dev.tilewright.Precision.BFLOAT16_WEIGHTS),
  /** Weights are stored in int8, products are those of fp32. */
  INT8_WEIGHTS("int8-weights", Arithmetic.FP32, dev.tilewright.Precision.INT8_WEIGHTS);

  private final String label;
  private final Arithmetic arithmetic;
  private final dev.tilewright.Precision declared;

  Precision(String label, Arithmetic arithmetic, dev.tilewright.Precision declared) {
    this.label = label;
    this.arithmetic = arithmetic;
    this.declared = declared;
  }

  /** The precisions that a model is compiled in. */
  public static List<Precision> of(Class<? extends CompiledModel> model) {
    List<dev.tilewright.Precision> declared =
        List.of(model.getAnnotation(Model.class).precisions());
    return Arrays.stream(values()).filter(each -> declared.contains(each.declared)).toList();
  }

  /** What tables and JSON call it. */
  public String label() {
    return label;
  }

  /** Whose peak bounds it. */
  public Arithmetic arithmetic() {
    return arithmetic;
  }

  /** What declarations and load options call it. */
  public dev.tilewright.Precision declared() {
    return declared;
  }

  /** What a ratio is taken to: ONNX Runtime has no bf16, so its fp32 is what a user would leave. */
  public Precision peers() {
    return this == INT8 ? INT8 : FP32;
  }

  @Override
  public String toString() {
    return label;
  }
}
