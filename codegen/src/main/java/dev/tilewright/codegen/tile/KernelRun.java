package dev.tilewright.codegen.tile;

import dev.tilewright.DType;
import dev.tilewright.codegen.tile.Tile.Fold;
import dev.tilewright.codegen.tile.Tile.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;

/** One worker's run of a kernel. Tiles are arrays of 32 raw bits an element, row-major. */
final class KernelRun {
  private final MachineModel machine;
  private final Kernel kernel;
  private final Map<Buffer, MemorySegment> buffers;
  private final Map<String, Long> variables;
  private final long siteBase;
  private final Map<Register, int[]> registers = new HashMap<>();
  private TileInterpreter.Fault fault = TileInterpreter.Fault.NONE;

  KernelRun(
      MachineModel machine,
      Kernel kernel,
      Map<Buffer, MemorySegment> buffers,
      Map<String, Long> variables,
      long siteBase) {
    this.machine = machine;
    this.kernel = kernel;
    this.buffers = buffers;
    this.variables = variables;
    this.siteBase = siteBase;
  }

  void execute() {
    kernel.body().forEach(this::execute);
  }

  TileInterpreter.Fault fault() {
    return fault;
  }

  private void execute(Statement statement) {
    switch (statement) {
      case Statement.Loop loop -> {
        long to = evaluate(loop.to());
        for (long i = evaluate(loop.from()); i < to; i += loop.step()) {
          variables.put(loop.variable(), i);
          loop.body().forEach(this::execute);
        }
      }
      case Statement.If choice ->
          (evaluate(choice.left()) < evaluate(choice.right()) ? choice.then() : choice.otherwise())
              .forEach(this::execute);
      case Statement.Define define -> variables.put(define.variable(), evaluate(define.value()));
      case Statement.Lookup lookup -> lookup(lookup);
      case Statement.Set set ->
          registers.put(
              set.register(),
              repeat(value(set.value()), set.value().shape(), set.register().shape()));
      case Statement.Store store -> store(store, store.value().shape());
      case Statement.Prefetch _ -> {}
      case Statement.Sweep sweep -> {
        for (Statement part : sweep.body()) {
          if (part instanceof Statement.Store store) {
            store(store, sweep.shape());
          } else {
            execute(part);
          }
        }
      }
    }
  }

  private void lookup(Statement.Lookup lookup) {
    long element = load(lookup.buffer(), evaluate(lookup.offset()));
    long bound = evaluate(lookup.bound());
    if ((element < 0 || element >= bound) && fault.site() < 0) {
      fault = new TileInterpreter.Fault(siteBase + evaluate(lookup.site()), element);
    }
    variables.put(lookup.variable(), Math.max(0, Math.min(element, bound - 1)));
  }

  private void store(Statement.Store store, Shape shape) {
    int[] value = repeat(value(store.value()), store.value().shape(), shape);
    long offset = evaluate(store.offset());
    long rowStride = evaluate(store.rowStride());
    long columnStride = evaluate(store.columnStride());
    long columns = columns(evaluate(store.columns()), shape);
    for (int r = 0; r < shape.rows(); r++) {
      for (int c = 0; c < columns; c++) {
        store(
            store.buffer(),
            offset + r * rowStride + c * columnStride,
            value[r * shape.columns() + c]);
      }
    }
  }

  private long columns(long columns, Shape shape) {
    if (columns > shape.columns()) {
      throw new IndexOutOfBoundsException(
          "kernel "
              + kernel.name()
              + ": "
              + columns
              + " columns of a tile of "
              + shape
              + " are valid");
    }
    return columns;
  }

  private int[] value(Tile tile) {
    return value(tile, new IdentityHashMap<>());
  }

  private int[] value(Tile tile, IdentityHashMap<Tile, int[]> known) {
    int[] value = known.get(tile);
    if (value == null) {
      value = compute(tile, known);
      known.put(tile, value);
    }
    return value;
  }

  private int[] compute(Tile tile, IdentityHashMap<Tile, int[]> known) {
    Shape shape = tile.shape();
    int[] result = new int[shape.rows() * shape.columns()];
    switch (tile) {
      case Tile.Fill fill ->
          Arrays.fill(
              result,
              fill.type() == Tile.Type.F32 ? Arithmetic.bits(fill.value()) : (int) fill.value());
      case Tile.Read read -> {
        int[] held = registers.get(read.register());
        if (held == null) {
          throw new VerificationException(
              "kernel " + kernel.name() + ": " + read.register() + " is read before it is set");
        }
        return held;
      }
      case Tile.Load load -> load(load, result);
      case Tile.Gather gather -> {
        int[] offsets = value(gather.offsets(), known);
        long offset = evaluate(gather.offset());
        for (int i = 0; i < result.length; i++) {
          result[i] = load(gather.buffer(), offset + offsets[i]);
        }
      }
      case Tile.Ramp ramp -> {
        long start = evaluate(ramp.start());
        for (int i = 0; i < result.length; i++) {
          result[i] =
              (int)
                  (start
                      + i / shape.columns() * ramp.rowStep()
                      + i % shape.columns() * ramp.columnStep());
        }
      }
      case Tile.Unary unary -> {
        int[] operand = value(unary.operand(), known);
        for (int i = 0; i < result.length; i++) {
          result[i] =
              unary.op() == Tile.UnaryOp.TO_BF16
                  ? toBfloat16(operand[i])
                  : Arithmetic.unary(unary.op(), unary.operand().type(), operand[i]);
        }
      }
      case Tile.Binary binary -> {
        int[] left = operand(binary.left(), shape, known);
        int[] right = operand(binary.right(), shape, known);
        for (int i = 0; i < result.length; i++) {
          result[i] = Arithmetic.binary(binary.op(), binary.left().type(), left[i], right[i]);
        }
      }
      case Tile.MultiplyAdd sum -> {
        int[] left = operand(sum.left(), shape, known);
        int[] right = operand(sum.right(), shape, known);
        int[] addend = operand(sum.addend(), shape, known);
        for (int i = 0; i < result.length; i++) {
          result[i] = Arithmetic.multiplyAdd(machine.hasFma(), left[i], right[i], addend[i]);
        }
      }
      case Tile.Dot dot -> {
        int[] left = operand(dot.left(), shape, known);
        int[] right = operand(dot.right(), shape, known);
        int[] addend = operand(dot.addend(), shape, known);
        boolean flushes =
            dot.kind() == Tile.DotKind.BF16
                && machine.has(Extension.DOT_BF16)
                && !machine.has(Extension.SUBNORMAL_BF16);
        for (int i = 0; i < result.length; i++) {
          result[i] =
              flushes
                  ? Bfloat16.dot(left[i], right[i], addend[i], true)
                  : Arithmetic.dot(dot.kind(), left[i], right[i], addend[i]);
        }
      }
      case Tile.Pack pack -> {
        int width = 8 * pack.element().bytes();
        for (int p = 0; p < pack.parts().size(); p++) {
          int[] part = operand(pack.parts().get(p), shape, known);
          for (int i = 0; i < result.length; i++) {
            result[i] |= (narrow(pack.element(), part[i]) & (-1 >>> (32 - width))) << (p * width);
          }
        }
      }
      case Tile.Table table -> {
        int[] index = value(table.index(), known);
        for (int i = 0; i < result.length; i++) {
          result[i] = Arithmetic.bits(table.values().get(index[i] & machine.lanes() - 1));
        }
      }
      case Tile.Select select -> {
        int[] condition = operand(select.condition(), shape, known);
        int[] yes = operand(select.yes(), shape, known);
        int[] no = operand(select.no(), shape, known);
        for (int i = 0; i < result.length; i++) {
          result[i] = condition[i] != 0 ? yes[i] : no[i];
        }
      }
      case Tile.FoldColumns fold -> {
        int[] operand = value(fold.operand(), known);
        int columns = fold.operand().shape().columns();
        for (int r = 0; r < shape.rows(); r++) {
          result[r] = foldRow(fold, operand, r * columns, columns);
        }
      }
      case Tile.Column column -> {
        int[] operand = value(column.operand(), known);
        int columns = column.operand().shape().columns();
        for (int r = 0; r < shape.rows(); r++) {
          result[r] = operand[r * columns + column.column()];
        }
      }
      case Tile.FoldRows fold -> {
        int[] operand = value(fold.operand(), known);
        System.arraycopy(operand, 0, result, 0, result.length);
        for (int r = 1; r < fold.operand().shape().rows(); r++) {
          for (int c = 0; c < result.length; c++) {
            result[c] = fold(fold.fold(), fold.type(), result[c], operand[r * result.length + c]);
          }
        }
      }
    }
    return result;
  }

  private int foldRow(Tile.FoldColumns fold, int[] operand, int start, int columns) {
    int lanes = Math.min(columns, machine.lanes());
    int[] vector = Arrays.copyOfRange(operand, start, start + lanes);
    for (int c = lanes; c < columns; c++) {
      vector[c % lanes] = fold(fold.fold(), fold.type(), vector[c % lanes], operand[start + c]);
    }
    for (int half = lanes / 2; half > 0; half /= 2) {
      for (int lane = 0; lane < half; lane++) {
        vector[lane] = fold(fold.fold(), fold.type(), vector[lane], vector[lane + half]);
      }
    }
    return vector[0];
  }

  private static int fold(Fold fold, Tile.Type type, int a, int b) {
    return Arithmetic.binary(fold.op(), type, a, b);
  }

  private int[] operand(Tile tile, Shape shape, IdentityHashMap<Tile, int[]> known) {
    return repeat(value(tile, known), tile.shape(), shape);
  }

  private static int[] repeat(int[] value, Shape from, Shape to) {
    if (from.equals(to)) {
      return value;
    }
    int[] result = new int[to.rows() * to.columns()];
    for (int i = 0; i < result.length; i++) {
      int r = from.rows() == 1 ? 0 : i / to.columns();
      int c = from.columns() == 1 ? 0 : i % to.columns();
      result[i] = value[r * from.columns() + c];
    }
    return result;
  }

  private void load(Tile.Load load, int[] result) {
    Shape shape = load.shape();
    long offset = evaluate(load.offset());
    long rowStride = evaluate(load.rowStride());
    long columnStride = evaluate(load.columnStride());
    long columns = columns(evaluate(load.columns()), shape);
    int other =
        switch (load.type()) {
          case F32 -> Arithmetic.bits(load.other());
          case I32 -> (int) load.other();
          case MASK -> load.other() != 0 ? 1 : 0;
        };
    for (int i = 0; i < result.length; i++) {
      int r = i / shape.columns();
      int c = i % shape.columns();
      result[i] =
          c < columns ? load(load.buffer(), offset + r * rowStride + c * columnStride) : other;
    }
  }

  private int load(Buffer buffer, long index) {
    MemorySegment segment = segment(buffer, index);
    return switch (buffer.dtype()) {
      case FLOAT32, INT32 -> segment.get(ValueLayout.JAVA_INT_UNALIGNED, index * 4);
      case BFLOAT16 -> segment.get(ValueLayout.JAVA_SHORT_UNALIGNED, index * 2) << 16;
      case INT8 -> segment.get(ValueLayout.JAVA_BYTE, index);
      case UINT8 -> Byte.toUnsignedInt(segment.get(ValueLayout.JAVA_BYTE, index));
      case BOOL -> segment.get(ValueLayout.JAVA_BYTE, index) != 0 ? 1 : 0;
    };
  }

  private void store(Buffer buffer, long index, int bits) {
    MemorySegment segment = segment(buffer, index);
    int stored = narrow(buffer.dtype(), bits);
    switch (buffer.dtype().bytes()) {
      case 1 -> segment.set(ValueLayout.JAVA_BYTE, index, (byte) stored);
      case 2 -> segment.set(ValueLayout.JAVA_SHORT_UNALIGNED, index * 2, (short) stored);
      default -> segment.set(ValueLayout.JAVA_INT_UNALIGNED, index * 4, stored);
    }
  }

  /** An element as memory holds it, in the lowest bits. */
  private int narrow(DType dtype, int bits) {
    return switch (dtype) {
      case FLOAT32, INT32, BOOL -> bits;
      case BFLOAT16 -> toBfloat16(bits) >>> 16;
      case INT8, UINT8 -> (int) dtype.of(bits);
    };
  }

  private int toBfloat16(int bits) {
    return Bfloat16.round(bits, machine.has(Extension.TO_BF16));
  }

  private MemorySegment segment(Buffer buffer, long index) {
    MemorySegment segment = buffers.get(buffer);
    long elements = segment.byteSize() / buffer.dtype().bytes();
    if (index < 0 || index >= elements) {
      throw new IndexOutOfBoundsException(
          "kernel "
              + kernel.name()
              + ": element "
              + index
              + " of "
              + buffer
              + ", which has "
              + elements);
    }
    return segment;
  }

  private long evaluate(Index index) {
    return index.evaluate(this::variable);
  }

  private long variable(String name) {
    Long value = variables.get(name);
    if (value == null) {
      throw new VerificationException(
          "kernel " + kernel.name() + ": variable " + name + " is not defined");
    }
    return value;
  }
}
