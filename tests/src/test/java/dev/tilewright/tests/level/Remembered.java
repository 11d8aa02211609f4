package dev.tilewright.tests.level;

import dev.tilewright.Dim;
import dev.tilewright.State;
import dev.tilewright.Tensor;
import dev.tilewright.codegen.graph.GraphBuilder;
import dev.tilewright.codegen.graph.GraphInterpreter;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.TensorType;
import dev.tilewright.op.WeightSource;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.eager.EagerEvaluator;
import dev.tilewright.schema.ModelSchema.Layout;
import dev.tilewright.schema.ModelSchema.Part;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Sessions in which earlier calls of a case left some rows. */
final class Remembered {
  /** How many rows; {@link State#CONTEXT} is so many more than a call brings. */
  static final int ROWS = 13;

  /** How many of them states with windows hold; {@link State#RECENT} is so many more. */
  static final int HELD = 9;

  private Remembered() {}

  private static int count(int window) {
    return window > 0 ? HELD : ROWS;
  }

  /** The rows of a state like this, FLOAT32, the same at every call. */
  static HostTensor rows(String state, int window, TensorType type, WeightSource weights) {
    List<Dim> shape = new ArrayList<>(type.shape());
    shape.set(1, Dim.of(count(window)));
    return HostTensor.of(weights.weight("held by " + state, Case.floats().withShape(shape)));
  }

  /** Weights and states of tensors with elements. */
  static WeightSource source(WeightSource weights, UnaryOperator<Tensor> argument) {
    return new WeightSource() {
      @Override
      public Tensor weight(String name, TensorType type) {
        return weights.weight(name, type);
      }

      @Override
      public Tensor append(String name, int capacity, int window, Tensor rows) {
        Tensor before = argument.apply(rows(name, window, rows.type(), Case::weight));
        return rows.evaluator().apply(new Primitive.Concat(1), before, rows);
      }

      @Override
      public Dim before(Dim rows) {
        return Dim.of(ROWS);
      }
    };
  }

  /** Weights and states of a graph. */
  static WeightSource source(GraphBuilder builder) {
    return new WeightSource() {
      @Override
      public Tensor weight(String name, TensorType type) {
        return builder.weight(name, type);
      }

      @Override
      public Tensor append(String name, int capacity, int window, Tensor rows) {
        return builder.append(name, capacity, window, rows);
      }

      @Override
      public Dim before(Dim rows) {
        return builder.before(rows);
      }
    };
  }

  /** The same under names with a prefix. */
  static WeightSource scoped(String scope, WeightSource weights) {
    return new WeightSource() {
      @Override
      public Tensor weight(String name, TensorType type) {
        return weights.weight(scope + name, type);
      }

      @Override
      public Tensor append(String name, int capacity, int window, Tensor rows) {
        return weights.append(scope + name, capacity, window, rows);
      }

      @Override
      public Dim before(Dim rows) {
        return weights.before(rows);
      }
    };
  }

  /** For graphs; what is written is not read again. */
  static GraphInterpreter.States states() {
    return new GraphInterpreter.States() {
      @Override
      public long before() {
        return ROWS;
      }

      @Override
      public long held() {
        return HELD;
      }

      @Override
      public Tensor read(String name, int window, TensorType type) {
        Tensor before = rows(name, window, type, Case::weight);
        Dim missing = type.dim(1).minus(before.dim(1));
        return EagerEvaluator.INSTANCE.apply(
            new Primitive.Pad(1, Dim.ZERO, missing, Double.NaN), before);
      }

      @Override
      public void write(String name, Tensor state) {}
    };
  }

  /** A state's memory: what earlier calls left, and behind it nothing that may be read. */
  static MemorySegment memory(
      Layout.Session session,
      Part state,
      WeightSource weights,
      Map<String, Long> sizes,
      SegmentAllocator arena) {
    Tensor rows =
        rows(state.name(), session.window(), state.type(), weights).cast(state.type().dtype());
    MemorySegment before = Memory.elements(HostTensor.of(rows));
    long rowBytes = before.byteSize() / count(session.window());
    String extent = session.window() > 0 ? State.RECENT : State.CONTEXT;
    long held = Math.min(session.capacity(), sizes.getOrDefault(extent, 1L));
    MemorySegment memory = arena.allocate(held * rowBytes, 64).fill((byte) 0xff);
    long copied = Math.min(before.byteSize(), memory.byteSize());
    MemorySegment.copy(before, 0, memory, 0, copied);
    return memory;
  }
}
