package dev.tilewright.codegen.emit;

import dev.tilewright.codegen.tile.Buffer;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.Register;
import dev.tilewright.codegen.tile.Tile.Shape;
import java.util.HashMap;
import java.util.Map;

/** What a kernel's buffers, variables and registers are called in a {@link Code}. */
final class KernelNames {
  private final Code code;
  private final MachineModel machine;
  private final Map<Buffer, String> buffers;
  private final Map<String, String> variables;
  private final Map<Register, String[]> registers = new HashMap<>();

  /**
   * @param buffers texts of the pointers
   * @param variables texts of the symbols, {@code worker} and {@code workers}
   */
  KernelNames(
      Code code, MachineModel machine, Map<Buffer, String> buffers, Map<String, String> variables) {
    this.code = code;
    this.machine = machine;
    this.buffers = buffers;
    this.variables = new HashMap<>(variables);
  }

  Code code() {
    return code;
  }

  MachineModel machine() {
    return machine;
  }

  int lanes() {
    return machine.lanes();
  }

  /** Vectors in a row; 1 for a scalar. */
  int vectors(Shape shape) {
    return shape.columns() == 1 ? 1 : shape.columns() / lanes();
  }

  void define(String variable, String text) {
    variables.put(variable, text);
  }

  String index(Index index) {
    return switch (index) {
      case Index.Constant(long value) -> code.integer(value);
      case Index.Variable(String name) -> variables.get(name);
      case Index.Binary binary ->
          code.integer(binary.kind(), index(binary.left()), index(binary.right()));
    };
  }

  /** The buffer's first element. */
  String pointer(Buffer buffer) {
    return buffers.get(buffer);
  }

  /** An element of the buffer. */
  String pointer(Buffer buffer, Index offset) {
    return code.pointer(buffers.get(buffer), buffer.dtype(), index(offset));
  }

  /** The variable of a register's part. */
  String register(Register register, int row, int vector) {
    return registers
        .computeIfAbsent(register, this::variables)[row * vectors(register.shape()) + vector];
  }

  private String[] variables(Register register) {
    Shape shape = register.shape();
    String[] parts = new String[shape.rows() * vectors(shape)];
    for (int i = 0; i < parts.length; i++) {
      String part = parts.length == 1 ? "" : "_" + i / vectors(shape) + "_" + i % vectors(shape);
      parts[i] = code.variable(register.name() + part, register.type(), shape.columns() > 1);
    }
    return parts;
  }
}
