package dev.tilewright.target.pim;

import dev.tilewright.codegen.UnsupportedProgramException;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.fuse.RegionFunction.Demand;
import dev.tilewright.target.pim.Place.Unit;
import java.util.List;
import java.util.function.Predicate;

/** What {@link dev.tilewright.On} leaves of the places that can compute a region. */
final class Demanded {
  private Demanded() {}

  /**
   * The places that meet all demands.
   *
   * @throws UnsupportedProgramException if there is none, at a demand that cannot be met
   */
  static List<Place> of(Region region, List<Place> possible, List<Demand> demands) {
    List<Place> left = possible;
    for (Demand demand : demands) {
      if (possible.stream().noneMatch(meets(demand))) {
        throw new UnsupportedProgramException(refusal(region, demand), demand.origin());
      }
      left = left.stream().filter(meets(demand)).toList();
      if (left.isEmpty()) {
        throw new UnsupportedProgramException(conflict(demand, demands), demand.origin());
      }
    }
    return left;
  }

  /** The host multiplies only what it also computes the rest of. */
  private static Predicate<Place> meets(Demand demand) {
    return switch (demand.unit()) {
      case MEMORY -> Place::inMemory;
      case CONTROLLER -> place -> !demand.product() && place.unit() == Unit.CONTROLLER;
      case HOST -> place -> place.unit() == Unit.HOST && !(demand.product() && place.inMemory());
    };
  }

  private static String refusal(Region region, Demand demand) {
    boolean product = region instanceof Region.Contraction || region instanceof Region.Streamed;
    return switch (demand.unit()) {
      case MEMORY ->
          product
              ? "memory multiplies with matrices of weights and attends over states that nothing"
                  + " else reads, and this is neither; remove @On(MEMORY)"
              : "memory computes products and attention alone, and this is neither; demand"
                  + " @On(MEMORY) for a layer or attention in a variable of its own";
      case CONTROLLER ->
          demand.product()
              ? "the controller adds and multiplies vectors, but has no products with matrices;"
                  + " demand @On(CONTROLLER) for what is computed of the product, in a variable"
                  + " of its own"
              : "the controller has no logarithm, sine, cosine, error function and power; demand"
                  + " @On(HOST), or write it with exp, tanh, sqrt, additions and multiplications";
      case HOST -> throw new IllegalStateException("the host computes everything");
    };
  }

  private static String conflict(Demand demand, List<Demand> demands) {
    Demand other =
        demands.stream().filter(each -> each.unit() != demand.unit()).findFirst().orElseThrow();
    return "@On(%s) is demanded here and @On(%s) at %s, which are computed together; demand one of them"
        .formatted(demand.unit(), other.unit(), other.origin());
  }
}
