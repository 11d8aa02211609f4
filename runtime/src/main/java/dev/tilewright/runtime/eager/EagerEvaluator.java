package dev.tilewright.runtime.eager;

import dev.tilewright.Tensor;
import dev.tilewright.op.Evaluator;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.Primitive.BlockPart;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.HostTensor;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Computes a primitive at once. FLOAT32 results are rounded once: functions are evaluated, and sums
 * accumulated, in double precision; but sums of BFLOAT16 products are kept in FLOAT32.
 */
public final class EagerEvaluator implements Evaluator {
  /** The evaluator; it has no state. */
  public static final EagerEvaluator INSTANCE = new EagerEvaluator();

  private EagerEvaluator() {}

  @Override
  public Tensor apply(Primitive primitive, List<Tensor> operands) {
    TensorType type = primitive.infer(operands.stream().map(Tensor::type).toList());
    HostTensor.elementCount(type);
    return HostTensor.wrap(
        type, compute(primitive, type, operands.stream().map(HostTensor::of).toList()));
  }

  /** All parts of {@link Primitive.Blocks}, which cost little more than one of them. */
  public Map<BlockPart, Tensor> blocks(Tensor operand) {
    BlockParts parts = BlockParts.of(HostTensor.of(operand));
    Map<BlockPart, Tensor> all = new EnumMap<>(BlockPart.class);
    for (BlockPart part : BlockPart.values()) {
      TensorType type = new Primitive.Blocks(part).infer(List.of(operand.type()));
      all.put(part, HostTensor.wrap(type, parts.part(part)));
    }
    return all;
  }

  private static Object compute(Primitive primitive, TensorType type, List<HostTensor> in) {
    return switch (primitive) {
      case Primitive.Constant constant -> Sources.constant(constant);
      case Primitive.Extent extent -> Sources.extent(extent);
      case Primitive.Iota iota -> Sources.iota(type, iota.axis());
      case Primitive.Unary unary -> Elementwise.unary(unary.kind(), in.getFirst());
      case Primitive.Binary binary -> Elementwise.binary(binary.kind(), in.get(0), in.get(1));
      case Primitive.Compare compare -> Comparison.compare(compare.kind(), in.get(0), in.get(1));
      case Primitive.Select _ -> Elementwise.select(in.get(0), in.get(1), in.get(2));
      case Primitive.Cast cast -> Casts.cast(in.getFirst(), cast.dtype());
      case Primitive.Reduce reduce -> Reduction.reduce(reduce, in.getFirst());
      case Primitive.Contract contract -> Contraction.contract(contract, in.get(0), in.get(1));
      case Primitive.Blocks blocks -> BlockParts.of(in.getFirst()).part(blocks.part());
      case Primitive.Reshape _ -> in.getFirst().elements();
      case Primitive.Transpose transpose -> Views.transpose(transpose, type, in.getFirst());
      case Primitive.Broadcast broadcast -> Views.broadcast(broadcast, type, in.getFirst());
      case Primitive.Slice slice -> Views.slice(slice, type, in.getFirst());
      case Primitive.Window window -> Views.window(window, type, in.getFirst());
      case Primitive.Concat concat -> Blocks.concat(concat.axis(), type, in);
      case Primitive.Pad pad -> Blocks.pad(pad, type, in.getFirst());
      case Primitive.Gather gather -> Blocks.gather(gather.axis(), type, in.get(0), in.get(1));
      case Primitive.Append append -> Blocks.append(append.axis(), type, in.get(0), in.get(1));
    };
  }
}
