package dev.tilewright;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Where a layer's or a block's weights stand in the weight file: the prefix of their names, without
 * a dot at the end. A block's own prefix comes before those of its members. A layer adds {@code
 * .weight} and {@code .bias}; a {@link Parameter} adds nothing. Without this annotation the prefix
 * is the method's name.
 *
 * {@snippet :
 * @Block
 * interface Projection {
 *   @Linear(out = 8) @Weights("dense") Tensor dense(Tensor x);
 * }
 *
 * @Weights("pooler") Projection pooler();   // pooler.dense.weight and pooler.dense.bias
 *
 * @Entry
 * default @Shape({"B", "8"}) Tensor pool(@Shape({"B", "4"}) Tensor x) {
 *   return tanh(pooler().dense(x));
 * }
 * }
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Weights {
  /**
   * The prefix; may hold {@code {i}} under {@link Repeat}. Empty for a block whose members'
   * prefixes are whole.
   */
  String value();
}
