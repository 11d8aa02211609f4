package dev.tilewright.codegen.lower;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.codegen.tile.Buffer;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.Kernel;
import dev.tilewright.codegen.tile.Register;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.codegen.tile.Tile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A kernel under construction: its parameters, scratch, and names that are not taken yet. */
final class KernelScope {
  /** The first symbolic variable of every kernel: its worker's number, below {@link #WORKERS}. */
  static final Index WORKER = Index.variable("worker");

  static final Index WORKERS = Index.variable("workers");

  private final String name;
  private final List<String> symbols;
  private final Map<View, Buffer> parameters = new LinkedHashMap<>();
  private final Map<View, Buffer> held = new LinkedHashMap<>();
  private final List<Kernel.Scratch> scratch = new ArrayList<>();
  private final Map<String, Integer> taken = new LinkedHashMap<>();
  private SequenceLoop sequences;

  /**
   * @param name the kernel's name
   * @param symbols the function's symbolic extents, all of which the kernel is told
   */
  KernelScope(String name, List<String> symbols) {
    this.name = name;
    this.symbols = List.copyOf(symbols);
    symbols.forEach(symbol -> taken.put(symbol, 1));
  }

  /** Makes it a kernel of one sequence, which runs for all of them. */
  void forEach(SequenceLoop loop) {
    sequences = loop;
  }

  /** Whether it is an axis of sequences that the kernel runs along. */
  boolean isSequences(String axis) {
    return sequences != null && sequences.axis().name().equals(axis);
  }

  /** The sequence at hand. */
  SequenceLoop sequences(String axis) {
    if (!isSequences(axis)) {
      throw new IllegalStateException("no sequence of " + axis + " is at hand");
    }
    return sequences;
  }

  /** Where the sequence at hand has its part, if each has so much of a buffer as the longest. */
  Index ofSequence(Dim elements) {
    return sequences == null
        ? Index.ZERO
        : sequences.sequence().times(Index.of(sequences.greatest(elements)));
  }

  /** The worker's first of so many items. */
  Index firstItem(Index items) {
    return sequences == null ? items.times(WORKER).dividedBy(WORKERS) : sequences.firstItem(items);
  }

  /** The first item after the worker's. */
  Index endOfItems(Index items) {
    return sequences == null
        ? items.times(WORKER.plus(1)).dividedBy(WORKERS)
        : sequences.endOfItems(items);
  }

  /** A region's buffer as elements of a type. */
  private record View(String buffer, DType dtype) {}

  /**
   * The parameter for a region's buffer, seen as elements of a type: its own, or INT32 for words of
   * narrow elements, which is another parameter over the same memory.
   */
  Buffer buffer(String buffer, DType dtype) {
    View view = new View(buffer, dtype);
    if (held.containsKey(view)) {
      return held.get(view);
    }
    return parameters.computeIfAbsent(
        view, _ -> new Buffer(fresh("p_" + legal(buffer)), dtype, false));
  }

  /** From here on a region's buffer, seen as elements of the scratch's type, is the scratch. */
  void hold(String buffer, Buffer own) {
    held.put(new View(buffer, own.dtype()), own);
  }

  /** A buffer of the worker's own. */
  Buffer scratch(String hint, DType dtype, Dim elements) {
    Buffer buffer = new Buffer(fresh("s_" + hint), dtype, true);
    Dim most = sequences == null ? elements : sequences.greatest(elements);
    scratch.add(new Kernel.Scratch(buffer, most));
    return buffer;
  }

  /** The memory of a scratch buffer seen as elements of another type. */
  Buffer view(String hint, DType dtype, Buffer of) {
    Buffer buffer = new Buffer(fresh("s_" + hint), dtype, true);
    Kernel.Scratch own =
        scratch.stream().filter(each -> each.buffer().equals(of)).findFirst().orElseThrow();
    Dim elements = own.elements().times(of.dtype().bytes()).dividedBy(dtype.bytes());
    scratch.add(new Kernel.Scratch(buffer, elements, Optional.of(of)));
    return buffer;
  }

  Register register(String hint, Tile.Shape shape, Tile.Type type) {
    return new Register(fresh(hint), shape, type);
  }

  /** A name for a loop's or a defined variable. */
  String variable(String hint) {
    return fresh(hint);
  }

  /** For each parameter, the name of the region's buffer. */
  List<String> parameterNames() {
    return parameters.keySet().stream().map(View::buffer).toList();
  }

  Kernel finish(List<Statement> body, String comment) {
    List<Statement> all = sequences == null ? body : sequences.around(body);
    return new Kernel(name, symbols, List.copyOf(parameters.values()), scratch, all, comment);
  }

  private String fresh(String hint) {
    int count = taken.merge(hint, 1, Integer::sum);
    String candidate = count == 1 ? hint : hint + "_" + count;
    if (count > 1 && taken.containsKey(candidate)) {
      return fresh(hint);
    }
    taken.putIfAbsent(candidate, 1);
    return candidate;
  }

  private static String legal(String text) {
    return text.replaceAll("[^A-Za-z0-9_]", "_");
  }
}
