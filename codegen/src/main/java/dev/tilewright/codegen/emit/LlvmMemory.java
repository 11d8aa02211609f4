package dev.tilewright.codegen.emit;

import dev.tilewright.DType;
import dev.tilewright.codegen.tile.Tile;

/** Loads and stores in LLVM's form. */
abstract class LlvmMemory extends LlvmArithmetic {
  LlvmMemory(int lanes, LlvmModule module) {
    super(lanes, module);
  }

  @Override
  public String pointer(String base, DType dtype, String elements) {
    return elements.equals("0")
        ? base
        : value("getelementptr " + memory(dtype) + ", ptr " + base + ", i64 " + elements);
  }

  @Override
  public void prefetch(String base, DType dtype, String elements) {
    call("llvm.prefetch.p0", "ptr " + pointer(base, dtype, elements), "i32 0", "i32 2", "i32 1");
  }

  @Override
  public Operand load(String pointer, DType dtype, boolean vector) {
    return held(
        dtype,
        vector,
        value("load " + memory(dtype, vector) + ", ptr " + pointer + ", align " + dtype.bytes()));
  }

  @Override
  public Operand loadSome(String pointer, DType dtype, boolean vector, String count, double other) {
    String memory = memory(dtype, vector);
    if (vector) {
      String name = "llvm.masked.load." + suffix(dtype) + ".p0";
      String mask = typed(lanesBelow(count));
      return held(
          dtype,
          true,
          intrinsic(
              memory,
              name,
              "ptr " + pointer,
              "i32 " + dtype.bytes(),
              mask,
              memory + " " + other(dtype, other, true)));
    }
    String label = label("load");
    String before = block;
    String valid = value("icmp sgt i64 " + count + ", 0");
    line("br i1 " + valid + ", label %" + label + ".valid, label %" + label + ".end");
    start(label + ".valid");
    String element = value("load " + memory + ", ptr " + pointer + ", align " + dtype.bytes());
    line("br label %" + label + ".end");
    start(label + ".end");
    String all =
        "[ "
            + element
            + ", %"
            + label
            + ".valid ], [ "
            + other(dtype, other, false)
            + ", %"
            + before
            + " ]";
    return held(dtype, false, value("phi " + memory + " " + all));
  }

  @Override
  public Operand loadStrided(
      String pointer, DType dtype, String stride, String count, double other) {
    return gather(dtype, strided(pointer, dtype, stride), mask(count), other);
  }

  @Override
  public Operand gather(String pointer, DType dtype, Operand offsets) {
    String wide = type("i64", offsets.vector());
    String elements = value("sext " + typed(offsets) + " to " + wide);
    String pointers =
        value("getelementptr " + memory(dtype) + ", ptr " + pointer + ", " + wide + " " + elements);
    return offsets.vector() ? gather(dtype, pointers, mask(null), 0) : load(pointers, dtype, false);
  }

  Operand gather(DType dtype, String pointers, String mask, double other) {
    String memory = memory(dtype, true);
    String name = "llvm.masked.gather." + suffix(dtype) + ".v" + lanes + "p0";
    String[] arguments = {
      "<" + lanes + " x ptr> " + pointers,
      "i32 " + dtype.bytes(),
      mask,
      memory + " " + other(dtype, other, true)
    };
    return held(dtype, true, intrinsic(memory, name, arguments));
  }

  String strided(String pointer, DType dtype, String stride) {
    String wide = type("i64", true);
    String numbers = lanes("i64", Integer::toString);
    String elements = value("mul " + wide + " " + splat("i64", stride) + ", " + numbers);
    return value(
        "getelementptr " + memory(dtype) + ", ptr " + pointer + ", " + wide + " " + elements);
  }

  String mask(String count) {
    return count == null ? "<" + lanes + " x i1> splat (i1 true)" : typed(lanesBelow(count));
  }

  @Override
  public void store(String pointer, DType dtype, Operand value) {
    line("store " + kept(dtype, value) + ", ptr " + pointer + ", align " + dtype.bytes());
  }

  @Override
  public void storeSome(String pointer, DType dtype, Operand value, String count) {
    String kept = kept(dtype, value);
    if (value.vector()) {
      String name = "llvm.masked.store." + suffix(dtype) + ".p0";
      call(name, kept, "ptr " + pointer, "i32 " + dtype.bytes(), typed(lanesBelow(count)));
    } else {
      choose(
          "0",
          count,
          () -> line("store " + kept + ", ptr " + pointer + ", align " + dtype.bytes()),
          () -> {});
    }
  }

  @Override
  public void storeStrided(
      String pointer, DType dtype, Operand value, String stride, String count) {
    String name = "llvm.masked.scatter." + suffix(dtype) + ".v" + lanes + "p0";
    String pointers = "<" + lanes + " x ptr> " + strided(pointer, dtype, stride);
    call(name, kept(dtype, value), pointers, "i32 " + dtype.bytes(), mask(count));
  }

  /** What was loaded as it is in registers. */
  Operand held(DType dtype, boolean vector, String loaded) {
    Tile.Type type = Tile.Type.of(dtype);
    String typed = memory(dtype, vector) + " " + loaded;
    String text =
        switch (dtype) {
          case FLOAT32, INT32 -> loaded;
          case BFLOAT16 -> widened(typed, vector);
          case INT8 -> value("sext " + typed + " to " + type(type, vector));
          case UINT8 -> value("zext " + typed + " to " + type(type, vector));
          case BOOL -> value("icmp ne " + typed + ", " + zero(vector));
        };
    return new Operand(text, type, vector);
  }

  /** A value as it is in memory, with its type. */
  String kept(DType dtype, Operand value) {
    String memory = memory(dtype, value.vector());
    return switch (dtype) {
      case FLOAT32, INT32 -> typed(value);
      case BFLOAT16 -> {
        Operand bits = unary(Tile.UnaryOp.BITS_TO_INT, value);
        String upper =
            value("lshr " + typed(bits) + ", " + (bits.vector() ? "splat (i32 16)" : "16"));
        yield memory + " " + value("trunc " + type(bits) + " " + upper + " to " + memory);
      }
      case INT8, UINT8 -> memory + " " + value("trunc " + typed(value) + " to " + memory);
      case BOOL -> memory + " " + value("zext " + typed(value) + " to " + memory);
    };
  }

  String other(DType dtype, double other, boolean vector) {
    return switch (dtype) {
      case FLOAT32, INT32 -> fill(Tile.Type.of(dtype), other, vector).text();
      case BFLOAT16, INT8, UINT8, BOOL -> {
        int bits = dtype == DType.BFLOAT16 ? DType.bfloat16Bits((float) other) : (byte) (int) other;
        yield vector ? "splat (" + memory(dtype) + " " + bits + ")" : Integer.toString(bits);
      }
    };
  }

  String memory(DType dtype, boolean vector) {
    return type(memory(dtype), vector);
  }

  static String memory(DType dtype) {
    return switch (dtype) {
      case FLOAT32 -> "float";
      case BFLOAT16 -> "i16";
      case INT32 -> "i32";
      case INT8, UINT8, BOOL -> "i8";
    };
  }

  /** How an intrinsic's name ends for vectors of a memory type. */
  String suffix(DType dtype) {
    return "v"
        + lanes
        + switch (dtype) {
          case FLOAT32 -> "f32";
          case BFLOAT16 -> "i16";
          case INT32 -> "i32";
          case INT8, UINT8, BOOL -> "i8";
        };
  }
}
