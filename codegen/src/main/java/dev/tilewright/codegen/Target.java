package dev.tilewright.codegen;

import dev.tilewright.Precision;
import dev.tilewright.codegen.graph.Program;
import java.util.List;

/**
 * A kind of machine to compile for. Targets are found by {@link java.util.ServiceLoader}; the
 * compiler knows none by name. A target owns its instruction table, cost model, list of passes and
 * writer.
 */
public interface Target {
  /** The only platform of a target whose modules are data, which every machine reads alike. */
  String ANY_PLATFORM = "any";

  /** The name users give, such as {@code avx512}. */
  String name();

  /** One line for {@code --help} and documentation. */
  String description();

  /**
   * The platforms it makes libraries for, such as {@code linux-x86_64}, or {@link #ANY_PLATFORM}
   * alone: then it is compiled for once, whatever platforms are asked for.
   */
  List<String> platforms();

  /** What a CPU must have to run its kernels, by the names that the runtime's probe reports. */
  List<String> cpuFeatures();

  /** Of the targets that a CPU can run, the one with the greatest rank is taken. */
  int rank();

  /**
   * Compiles a program.
   *
   * @param trace told of every pass as it finishes
   * @throws UnsupportedProgramException if the target cannot run it; names the operation and its
   *     place
   */
  TargetModule compile(Program program, CompileOptions options, Trace trace);

  /** Whether it is compiled for only where it is asked for by its name. */
  default boolean isOnRequest() {
    return false;
  }

  /** Whether it makes libraries of a precision; a variant may exist for some alone. */
  default boolean compiles(Precision precision) {
    return true;
  }
}
