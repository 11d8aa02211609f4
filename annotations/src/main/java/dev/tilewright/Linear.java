package dev.tilewright;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * {@code y = x W^T + b}: maps {@code [.., in]} to {@code [.., out]}, with the weights {@code
 * .weight [out, in]} and {@code .bias [out]}.
 *
 * {@snippet :
 * @Linear(out = 16, bias = false) @Weights("mlp.up") Tensor up(Tensor x);   // mlp.up.weight [16, 4]
 *
 * @Entry
 * default @Shape({"B", "S", "16"}) Tensor apply(@Shape({"B", "S", "4"}) Tensor x) {
 *   return up(x);
 * }
 * }
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Linear {
  /** The extent of the last axis of the result. */
  int out() default 0;

  /**
   * {@link #out} by names, such as {@code "HEADS * HEAD"}: a polynomial over int constants of the
   * interface that the block is used as, or of one around it. So a family of models declares its
   * layers once, and each model says how large they are.
   *
   * {@snippet :
   * @Block
   * interface Head {
   *   @Linear(size = "CLASSES") Tensor classify(Tensor x);
   * }
   *
   * @Block
   * interface Three extends Head {
   *   int CLASSES = 3;
   * }
   *
   * Three head();
   *
   * @Entry
   * default @Shape({"B", "3"}) Tensor apply(@Shape({"B", "4"}) Tensor x) {
   *   return head().classify(x);
   * }
   * }
   */
  String size() default "";

  /** Whether a bias is added. */
  boolean bias() default true;
}
