package dev.tilewright;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Which unit of a device with several is to compute a layer, the body of a method of a block, or
 * the value that a local variable is declared with. Without it a target chooses by cost. A target
 * that has one unit, such as a processor, computes everything there.
 *
 * {@snippet :
 * @Linear(out = 64) @On(On.Unit.MEMORY) Tensor up(Tensor x);
 *
 * @Entry
 * default Tensor activate(@Shape({"N", "64"}) Tensor x) {
 *   Tensor u = up(x);                              // products in memory
 *   @On(On.Unit.HOST) Tensor y = geluTanh(u);      // the exact tanh of a processor
 *   return x.plus(u.times(y));
 * }
 * }
 *
 * <p>What is inside goes before what is around it: a variable before the method that it stands in,
 * a layer before the variable that it is called for. Where a demand cannot be met, for instance
 * because the memory has no such operation, the compilation fails at the expression.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.LOCAL_VARIABLE})
public @interface On {
  /** The unit. */
  Unit value();

  /** What computes beside or in a memory. */
  enum Unit {
    /** The units in the banks: products with matrices of weights, and attention over states. */
    MEMORY,
    /** The memory's controller: what additions and multiplications of vectors compute. */
    CONTROLLER,
    /** The processor beside it: everything. */
    HOST
  }
}
