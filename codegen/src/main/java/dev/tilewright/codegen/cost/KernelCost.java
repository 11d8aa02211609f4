package dev.tilewright.codegen.cost;

import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.Kernel;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.Register;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.codegen.tile.Tile;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Cycles that one worker's share of a kernel takes with its operands in the near caches, from the
 * kernel's loops alone: every statement asks for {@link Work}, and a loop's turn takes as long as
 * its busiest part, or as the chain of sums that its next turn waits for. Of a loop's turns the
 * first, the middle one and the last are counted, the middle one for all between.
 */
public final class KernelCost {
  /** An integer division, and what a loop's end costs that was not foreseen. */
  private static final double DIVISION = 12;

  private static final double LOOP = 12;

  /** Of the sequences of a ragged batch, whose lengths are data. */
  private static final long TYPICAL_LENGTH = 64;

  private final MachineModel machine;
  private final Map<String, Long> variables;

  private KernelCost(MachineModel machine, Map<String, Long> variables) {
    this.machine = machine;
    this.variables = variables;
  }

  /**
   * The cycles of the last of so many workers, whose share is the greatest.
   *
   * @param symbols the kernel's symbolic extents
   */
  public static double cycles(
      Kernel kernel, MachineModel machine, Map<String, Long> symbols, int workers) {
    Map<String, Long> variables = new HashMap<>(symbols);
    variables.put("worker", workers - 1L);
    variables.put("workers", (long) workers);
    return new KernelCost(machine, variables).body(kernel.body(), 0);
  }

  /**
   * @param chain cycles that the results of one pass wait for those of the last
   */
  private double body(List<Statement> body, double chain) {
    Work straight = Work.NONE;
    double inner = 0;
    for (Statement statement : body) {
      switch (statement) {
        case Statement.Loop loop -> inner += loop(loop);
        case Statement.If choice -> {
          boolean less = evaluate(choice.left()) < evaluate(choice.right());
          inner += body(less ? choice.then() : choice.otherwise(), 0);
        }
        case Statement.Define define -> {
          straight = straight.plus(new Work(0, 0, 0, divisions(define.value()) * DIVISION));
          variables.put(define.variable(), evaluate(define.value()));
        }
        case Statement.Lookup lookup -> {
          straight = straight.plus(Work.ofLoads(1));
          // Which row a table is read at costs nothing; where a sequence starts tells its length.
          long last = evaluate(lookup.bound()) - 1;
          variables.put(
              lookup.variable(), Math.min(TYPICAL_LENGTH * evaluate(lookup.offset()), last));
        }
        case Statement.Set _, Statement.Store _, Statement.Prefetch _ ->
            straight = straight.plus(leaf(statement, new TileCost(machine), null));
        case Statement.Sweep sweep -> {
          TileCost tiles = new TileCost(machine);
          for (Statement part : sweep.body()) {
            straight = straight.plus(leaf(part, tiles, sweep.shape()));
          }
        }
      }
    }
    return inner + straight.cycles(machine, chain);
  }

  private Work leaf(Statement statement, TileCost tiles, Tile.Shape sweep) {
    return switch (statement) {
      case Statement.Set set -> tiles.of(set.value());
      case Statement.Store store ->
          tiles
              .of(store.value())
              .plus(tiles.store(store, sweep == null ? store.value().shape() : sweep));
      case Statement.Prefetch _ -> Work.ofLoads(1);
      default -> throw new IllegalArgumentException("no statement of a sweep: " + statement);
    };
  }

  private double loop(Statement.Loop loop) {
    long from = evaluate(loop.from());
    long turns = Math.ceilDiv(evaluate(loop.to()) - from, loop.step());
    if (turns <= 0) {
      return 0;
    }
    double chain = chain(loop.body());
    double sum = turn(loop, from, chain);
    if (turns > 1) {
      sum += turn(loop, from + (turns - 1) * loop.step(), chain);
    }
    if (turns > 2) {
      sum += (turns - 2) * turn(loop, from + turns / 2 * loop.step(), chain);
    }
    return sum + LOOP;
  }

  private double turn(Statement.Loop loop, long value, double chain) {
    variables.put(loop.variable(), value);
    return body(loop.body(), chain);
  }

  /** The most often that a register of the body is set from itself, each time waiting. */
  private double chain(List<Statement> body) {
    Map<Register, Integer> links = new HashMap<>();
    for (Statement statement : body) {
      List<Statement> parts =
          statement instanceof Statement.Sweep sweep ? sweep.body() : List.of(statement);
      for (Statement part : parts) {
        if (part instanceof Statement.Set set && reads(set.value(), set.register())) {
          links.merge(set.register(), 1, Integer::sum);
        }
      }
    }
    return machine.latency() * links.values().stream().mapToInt(Integer::intValue).max().orElse(0);
  }

  private static boolean reads(Tile tile, Register register) {
    Set<Tile> seen = new HashSet<>();
    return reads(tile, register, seen);
  }

  private static boolean reads(Tile tile, Register register, Set<Tile> seen) {
    if (tile instanceof Tile.Read read) {
      return read.register().equals(register);
    }
    return seen.add(tile)
        && tile.operands().stream().anyMatch(operand -> reads(operand, register, seen));
  }

  private static int divisions(Index index) {
    return switch (index) {
      case Index.Constant _, Index.Variable _ -> 0;
      case Index.Binary binary -> {
        int below = divisions(binary.left()) + divisions(binary.right());
        boolean divides =
            binary.kind() == Index.Kind.QUOTIENT || binary.kind() == Index.Kind.REMAINDER;
        yield divides && !(binary.right() instanceof Index.Constant) ? below + 1 : below;
      }
    };
  }

  private long evaluate(Index index) {
    return index.evaluate(name -> variables.getOrDefault(name, 0L));
  }
}
