package dev.tilewright.target.pim;

import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.fuse.RegionFunction;
import dev.tilewright.codegen.fuse.RegionFunction.Source;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.pim.controller.Arithmetic;
import dev.tilewright.pim.controller.Controller;
import dev.tilewright.pim.controller.Host;
import dev.tilewright.pim.controller.VectorFunction;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.map.MatrixMap;
import dev.tilewright.pim.place.Processor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * A memory, its controller and the processor beside it: what plans are placed for, and what runs
 * them.
 *
 * @param vectors how fast the processor goes through vectors
 * @param products how fast it multiplies
 * @param handover seconds that a change between processor and memory takes
 */
record Machine(
    Device device, Controller controller, Host vectors, Processor products, double handover) {

  /** With PIM-GPT's controller and the two cores of docs/pim-placement.md. */
  static Machine of(Device device) {
    return new Machine(
        device,
        new Controller(Arithmetic.FP32, 1e9, 128),
        new Host(1e9),
        new Processor("two cores", 462e9, 30e9),
        1e-6);
  }

  /** What adding up the chunks of a matrix takes on the controller. */
  double chunkSums(MatrixMap matrix) {
    return (matrix.chunks() - 1) * controller.seconds(VectorFunction.ADD, matrix.outputs());
  }

  /**
   * What the products of a region take on the processor: it reads weights and states once and finds
   * vectors in its caches.
   */
  double products(
      Region.Contraction product, RegionFunction function, ToLongFunction<Axis> extent) {
    List<Axis> all = new ArrayList<>(product.axes());
    all.addAll(product.depth());
    double work = 2.0 * count(all, extent);
    double read =
        read(product.left(), all, function, extent) + read(product.right(), all, function, extent);
    return products.seconds(work, read);
  }

  /** Likewise for the scores and the weighted sum of attention. */
  double products(Region.Streamed stream, RegionFunction function, ToLongFunction<Axis> extent) {
    List<Axis> scores = new ArrayList<>(stream.axes());
    scores.addAll(List.of(stream.keys(), stream.depth()));
    List<Axis> sums = new ArrayList<>(stream.axes());
    sums.addAll(List.of(stream.keys(), stream.width()));
    double work = 2.0 * (count(scores, extent) + count(sums, extent));
    double read =
        read(stream.key(), scores, function, extent) + read(stream.value(), sums, function, extent);
    return products.seconds(work, read);
  }

  private static double count(List<Axis> axes, ToLongFunction<Axis> extent) {
    double count = 1;
    for (Axis axis : axes) {
      count *= extent.applyAsLong(axis);
    }
    return count;
  }

  private static double read(
      Element.Read operand, List<Axis> axes, RegionFunction function, ToLongFunction<Axis> extent) {
    return switch (function.buffer(operand.buffer()).source()) {
      case Source.Weight _, Source.State _ -> {
        List<Axis> own =
            axes.stream().filter(axis -> operand.offset().axes().contains(axis.name())).toList();
        yield operand.dtype().bytes() * count(own, extent);
      }
      case Source.Input _, Source.Result _, Source.Temporary _ -> 0;
    };
  }
}
