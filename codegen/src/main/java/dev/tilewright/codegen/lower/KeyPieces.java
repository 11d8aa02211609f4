package dev.tilewright.codegen.lower;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.fuse.RegionFunction;
import dev.tilewright.codegen.fuse.RegionFunction.Buffer;
import dev.tilewright.codegen.fuse.RegionFunction.Source;
import dev.tilewright.codegen.fuse.RegionFunction.Step;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.op.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which streamed regions go through their keys in pieces of a constant size, whose results are
 * merged in order (Flash-Decoding; LeanAttention, <a
 * href="https://arxiv.org/abs/2405.10480">Sanovar et al.</a>). So few queries over a long cache
 * keep all workers busy, and because the pieces depend on nothing but the key's position, the bits
 * depend neither on the number of workers nor on how many queries come in a call.
 *
 * @param function with a buffer for the results of each such region's pieces
 * @param parts these buffers, by the number of the region's step
 */
record KeyPieces(RegionFunction function, Map<Integer, String> parts) {
  /** Keys in a piece, a multiple of {@link QueryState#KEYS}: their rows fit the private caches. */
  static final int KEYS = 512;

  static KeyPieces of(RegionFunction function, MachineModel machine) {
    List<Buffer> buffers = new ArrayList<>(function.buffers());
    Map<Integer, String> parts = new LinkedHashMap<>();
    for (int step = 0; step < function.steps().size(); step++) {
      if (function.steps().get(step) instanceof Step.Run(Region.Streamed region)
          && isLongAlone(region, function)
          && apply(region, machine)) {
        String name = region.name() + "_parts";
        parts.put(step, name);
        TensorType type =
            new TensorType(DType.FLOAT32, List.of(elements(region, machine, function)));
        buffers.add(new Buffer(name, type, new Source.Temporary()));
      }
    }
    RegionFunction extended =
        new RegionFunction(
            function.name(),
            function.symbols(),
            buffers,
            function.inputs(),
            function.results(),
            function.steps(),
            function.sites(),
            function.limits(),
            function.demands(),
            function.ragged());
    return new KeyPieces(extended, Map.copyOf(parts));
  }

  /** The buffer of a step. */
  Optional<String> parts(int step) {
    return Optional.ofNullable(parts.get(step));
  }

  /** Queries that are too few to fill the lanes; more go by {@link QueryBlock}. */
  static int mostQueries(MachineModel machine) {
    return Math.max(1, machine.lanes() / 4);
  }

  /** How many pieces the keys have. */
  static Dim count(Region.Streamed region) {
    return region.keys().extent().ceilDividedBy(KEYS);
  }

  /** Floats that the result of a piece takes for one query: {@code out[width], maximum, sums}. */
  static Dim floats(Region.Streamed region) {
    return region.width().extent().plus(1 + region.sums().size());
  }

  /** Without sequences, or where their sessions are what is long. */
  private static boolean isLongAlone(Region.Streamed region, RegionFunction function) {
    return function.ragged().isEmpty()
        || function.ragged().get().hasOwnSession(region.keys().extent());
  }

  /** Where there may be many more keys than queries. */
  private static boolean apply(Region.Streamed region, MachineModel machine) {
    Dim queries = region.axes().getLast().extent();
    Dim keys = region.keys().extent();
    boolean few = !queries.isKnown() || queries.value() <= mostQueries(machine);
    boolean isLong = !keys.isKnown() || keys.value() > KEYS;
    return few && isLong && !queries.equals(keys) && KeyLanesLoop.isPossible(region);
  }

  private static Dim elements(
      Region.Streamed region, MachineModel machine, RegionFunction function) {
    Dim all = elements(region, machine);
    return function.ragged().map(ragged -> ragged.greatest(all)).orElse(all);
  }

  /** Floats that the results of all pieces take, of a kernel of one sequence for that. */
  static Dim elements(Region.Streamed region, MachineModel machine) {
    Axis queries = region.axes().getLast();
    Dim points = queries.extent().isKnown() ? queries.extent() : Dim.of(mostQueries(machine));
    for (Axis axis : region.axes().subList(0, region.axes().size() - 1)) {
      points = points.times(axis.extent());
    }
    return points.times(count(region)).times(floats(region));
  }
}
