package dev.tilewright.codegen.tile;

import dev.tilewright.codegen.tile.Tile.BinaryOp;
import dev.tilewright.codegen.tile.Tile.Shape;
import dev.tilewright.codegen.tile.Tile.UnaryOp;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the functions that no machine has in those that all have: EXP, LOG, TANH, SIN, COS, ERF,
 * RSQRT, POW and TO_INT everywhere, FLOOR and ROUND where the machine lacks them. The code is free
 * of branches and tables and sets registers of its own in the sweep of the statement. {@link
 * MathFunctions} states errors.
 */
public final class ExpandMath {
  private final MachineModel machine;
  private final Names names;

  private ExpandMath(MachineModel machine, Names names) {
    this.machine = machine;
    this.names = names;
  }

  /** The program in operations that the machine has. */
  public static TileProgram apply(TileProgram program, MachineModel machine) {
    return program.withKernels(
        program.kernels().stream()
            .map(
                kernel ->
                    kernel.withBody(new ExpandMath(machine, new Names(kernel)).body(kernel.body())))
            .toList());
  }

  private List<Statement> body(List<Statement> body) {
    List<Statement> all = new ArrayList<>();
    for (Statement statement : body) {
      switch (statement) {
        case Statement.Loop loop ->
            all.add(
                new Statement.Loop(
                    loop.variable(),
                    loop.from(),
                    loop.to(),
                    loop.step(),
                    loop.unroll(),
                    body(loop.body())));
        case Statement.If choice ->
            all.add(
                new Statement.If(
                    choice.left(), choice.right(), body(choice.then()), body(choice.otherwise())));
        case Statement.Define _, Statement.Lookup _, Statement.Prefetch _ -> all.add(statement);
        case Statement.Set _, Statement.Store _ -> alone(statement, all);
        case Statement.Sweep sweep -> {
          List<Statement> parts = new ArrayList<>();
          sweep.body().forEach(part -> parts.add(expand(part, parts)));
          all.add(new Statement.Sweep(sweep.shape(), parts));
        }
      }
    }
    return all;
  }

  /**
   * A statement outside of sweeps: it and what it needs make sweeps, each of one shape; what folds
   * stays alone.
   */
  private void alone(Statement statement, List<Statement> all) {
    List<Statement> before = new ArrayList<>();
    Statement rest = expand(statement, before);
    if (before.isEmpty()) {
      all.add(rest);
      return;
    }
    before.add(rest);
    List<Statement> sweep = new ArrayList<>();
    Shape shape = null;
    for (Statement part : before) {
      boolean joins = part instanceof Statement.Set set && isElementwise(set.value());
      if (!sweep.isEmpty() && !(joins && ((Statement.Set) part).register().shape().equals(shape))) {
        all.add(new Statement.Sweep(shape, sweep));
        sweep = new ArrayList<>();
      }
      if (joins) {
        sweep.add(part);
        shape = ((Statement.Set) part).register().shape();
      } else {
        all.add(part);
      }
    }
    if (!sweep.isEmpty()) {
      all.add(new Statement.Sweep(shape, sweep));
    }
  }

  private static boolean isElementwise(Tile tile) {
    return !(tile instanceof Tile.FoldColumns
            || tile instanceof Tile.FoldRows
            || tile instanceof Tile.Column)
        && tile.operands().stream().allMatch(ExpandMath::isElementwise);
  }

  /** The statement in basic operations, after what it needs. */
  private Statement expand(Statement statement, List<Statement> before) {
    TileMap map = new TileMap(index -> index, tile -> expand(tile, before));
    return switch (statement) {
      case Statement.Set set -> new Statement.Set(set.register(), map.apply(set.value()));
      case Statement.Store store ->
          new Statement.Store(
              store.buffer(),
              store.offset(),
              store.rowStride(),
              store.columnStride(),
              map.apply(store.value()),
              store.columns());
      case Statement.Loop _,
          Statement.If _,
          Statement.Define _,
          Statement.Lookup _,
          Statement.Prefetch _,
          Statement.Sweep _ ->
          throw new IllegalArgumentException("expected a set or store, got " + statement);
    };
  }

  private Tile expand(Tile tile, List<Statement> before) {
    MathFunctions functions =
        new MathFunctions(tile.shape(), machine, value -> keep(value, before));
    return switch (tile) {
      case Tile.Unary(UnaryOp op, Tile x) ->
          switch (op) {
            case EXP -> functions.exp(keep(x, before));
            case LOG -> functions.log(keep(x, before));
            case TANH -> functions.tanh(keep(x, before));
            case SIN -> functions.sine(keep(x, before), 0);
            case COS -> functions.sine(keep(x, before), 1);
            case ERF -> functions.erf(keep(x, before));
            case COARSE_EXP -> functions.coarseExp(keep(x, before));
            case COARSE_ERF -> functions.coarseErf(keep(x, before));
            case RSQRT -> functions.rsqrt(x);
            case FLOOR -> functions.floor(keep(x, before));
            case ROUND -> functions.round(keep(x, before));
            case TO_INT -> functions.toInt(keep(x, before));
            case NEG,
                ABS,
                SQRT,
                NOT,
                TO_INT_EXACT,
                TO_FLOAT,
                TO_BF16,
                BITS_TO_INT,
                BITS_TO_FLOAT,
                MASK_TO_INT ->
                tile;
          };
      case Tile.Binary(BinaryOp op, Tile x, Tile y) when op == BinaryOp.POW ->
          functions.pow(keep(x, before), keep(y, before));
      default -> tile;
    };
  }

  /** The value in a register, so that it is computed once. */
  private Tile keep(Tile value, List<Statement> before) {
    if (value instanceof Tile.Read || value instanceof Tile.Fill) {
      return value;
    }
    Register register = new Register(names.fresh("m"), value.shape(), value.type());
    before.add(new Statement.Set(register, value));
    return new Tile.Read(register);
  }
}
