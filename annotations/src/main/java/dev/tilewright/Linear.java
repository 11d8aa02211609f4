package dev.tilewright;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * {@code y = x W^T + b}: maps {@code [.., in]} to {@code [.., out]}, with the weights {@code
 * .weight [out, in]} and {@code .bias [out]}.
 *
 * <pre>{@code
 * @Linear(out = 1536, bias = false) @Weights("mlp.up") Tensor up(Tensor x);
 * }</pre>
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Linear {
  /** The extent of the last axis of the result. */
  int out();

  /** Whether a bias is added. */
  boolean bias() default true;
}
