package dev.tilewright.codegen.emit;

import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.TileProgram.Step;
import java.util.HashMap;
import java.util.Map;

/** Writes {@link Step.Blocks}: which rows a worker takes when, in any language. */
final class BlockWriter {
  /**
   * Where the rows at hand lie.
   *
   * @param row the first of them
   * @param first the worker's first
   */
  record Place(String row, String first) {}

  /** What differs from language to language. */
  interface Calls {
    /** A kernel for all rows, by all workers, who meet behind it. */
    void together(Step.Run run);

    /**
     * A kernel for some rows, by this worker alone.
     *
     * @param symbols the texts of the kernel's symbols
     */
    void alone(Step.Run run, Map<String, String> symbols, Place place);

    /** Where workers meet. */
    void meet();
  }

  private BlockWriter() {}

  /**
   * @param symbols texts of the function's symbols and of {@code worker} and {@code workers}
   * @param clock the text of the clock's address as a number
   */
  static void write(
      Code code,
      MachineModel model,
      Step.Blocks blocks,
      Map<String, String> symbols,
      String clock,
      Calls calls) {
    KernelNames names = new KernelNames(code, model, Map.of(), symbols);
    Index rows = Index.of(blocks.rows());
    Index worker = Index.variable("worker");
    Index workers = Index.variable("workers");
    Runnable together = () -> blocks.runs().forEach(calls::together);
    Runnable inBlocks =
        () -> {
          String first = names.index(Step.Blocks.share(rows, worker, workers));
          String end = names.index(Step.Blocks.share(rows, worker.plus(1), workers));
          code.loop(
              "row",
              first,
              end,
              blocks.most(),
              row -> {
                String left = code.integer(Index.Kind.DIFFERENCE, end, row);
                String most = code.integer(blocks.most());
                String count = code.integer(Index.Kind.LEAST, left, most);
                Map<String, String> own = new HashMap<>(symbols);
                blocks
                    .symbols(Index.variable("count"))
                    .forEach(
                        (symbol, value) ->
                            own.put(symbol, value.isConstant(1) ? code.integer(1) : count));
                blocks.runs().forEach(run -> calls.alone(run, own, new Place(row, first)));
              });
          calls.meet();
        };
    code.choose(
        names.index(rows),
        names.index(workers.times(Step.Blocks.LEAST_ROWS)),
        together,
        () -> code.choose(code.integer(0), clock, together, inBlocks));
  }
}
