package dev.tilewright.codegen.lower;

import dev.tilewright.Dim;
import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.fuse.RegionFunction;
import dev.tilewright.codegen.fuse.RegionFunction.Buffer;
import dev.tilewright.codegen.fuse.RegionFunction.Source;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a function's temporaries lie in its frame. Sizes are polynomials: a buffer takes over the
 * place of a dead one if one of the two sizes is provably at least the other for all extents, else
 * it gets a place of its own.
 *
 * @param offsets bytes from the start of the frame, by buffer
 * @param frameBytes all places together, a multiple of 64
 */
record ArenaPlan(Map<String, Dim> offsets, Dim frameBytes, Trace.BufferPlan report) {
  private static final class Place {
    Dim bytes;
    int busyUntil;
    final List<String> buffers = new ArrayList<>();

    Place(Dim bytes) {
      this.bytes = bytes;
    }
  }

  private record Life(Buffer buffer, int first, int last) {}

  static ArenaPlan of(RegionFunction function, List<RowBlocks> blocks, KeyPieces pieces) {
    List<Life> lives = lives(function, blocks, pieces);
    List<Place> places = new ArrayList<>();
    for (Life life : lives) {
      Dim bytes = bytes(function, life.buffer());
      Place place = choose(places, bytes, life.first());
      if (place == null) {
        place = new Place(bytes);
        places.add(place);
      } else if (!bytes.isProvablyAtMost(place.bytes)) {
        place.bytes = bytes;
      }
      place.busyUntil = life.last();
      place.buffers.add(life.buffer().name());
    }
    Map<String, Dim> offsets = new LinkedHashMap<>();
    Dim end = Dim.ZERO;
    for (Place place : places) {
      for (String buffer : place.buffers) {
        offsets.put(buffer, end);
      }
      end = end.plus(place.bytes);
    }
    return new ArenaPlan(offsets, end, report(function, lives, offsets));
  }

  /** A free place: of the same size, else a larger one, else one that can grow. */
  private static Place choose(List<Place> places, Dim bytes, int step) {
    List<Place> free = places.stream().filter(place -> place.busyUntil < step).toList();
    for (Place place : free) {
      if (place.bytes.equals(bytes)) {
        return place;
      }
    }
    Place larger = null;
    for (Place place : free) {
      if (bytes.isProvablyAtMost(place.bytes)
          && (larger == null || place.bytes.isProvablyAtMost(larger.bytes))) {
        larger = place;
      }
    }
    if (larger != null) {
      return larger;
    }
    return free.stream()
        .filter(place -> place.bytes.isProvablyAtMost(bytes))
        .findFirst()
        .orElse(null);
  }

  private static List<Life> lives(
      RegionFunction function, List<RowBlocks> blocks, KeyPieces pieces) {
    Map<String, Integer> first = new LinkedHashMap<>();
    Map<String, Integer> last = new HashMap<>();
    for (int step = 0; step < function.steps().size(); step++) {
      int at = step;
      Optional<RowBlocks> own = blocks.stream().filter(some -> some.contains(at)).findFirst();
      // Steps that take turns need all of their buffers at once.
      for (String buffer : StepBuffers.of(function.steps().get(step))) {
        first.putIfAbsent(buffer, own.map(RowBlocks::first).orElse(step));
        last.put(buffer, own.map(some -> some.end() - 1).orElse(step));
      }
      pieces
          .parts(step)
          .ifPresent(
              buffer -> {
                first.put(buffer, at);
                last.put(buffer, at);
              });
    }
    return first.keySet().stream()
        .map(function::buffer)
        .filter(buffer -> buffer.source() instanceof Source.Temporary)
        .map(buffer -> new Life(buffer, first.get(buffer.name()), last.get(buffer.name())))
        .toList();
  }

  private static Dim bytes(RegionFunction function, Buffer buffer) {
    return function
        .elements(buffer)
        .times(buffer.type().dtype().bytes())
        .ceilDividedBy(64)
        .times(64);
  }

  private static Trace.BufferPlan report(
      RegionFunction function, List<Life> lives, Map<String, Dim> offsets) {
    return new Trace.BufferPlan(
        function.name(),
        function.steps().stream().map(StepBuffers::name).toList(),
        lives.stream()
            .map(
                life ->
                    new Trace.BufferPlan.Slot(
                        life.buffer().name() + " " + life.buffer().type(),
                        offsets.get(life.buffer().name()).toString(),
                        bytes(function, life.buffer()).toString(),
                        life.first(),
                        life.last()))
            .toList());
  }
}
