package dev.tilewright;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * An interface that extends {@link CompiledModel} and declares a whole model: layers and blocks as
 * abstract methods, data flow as default methods, of which those marked {@link Entry} can be
 * called. Compiled by the annotation processor.
 *
 * {@snippet :
 * @Model
 * public interface Doubler extends CompiledModel {
 *   @Entry
 *   default @Shape("N") Tensor twice(@Shape("N") Tensor x) {
 *     return x.plus(x);
 *   }
 * }
 * }
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Model {
  /**
   * The precisions that the model is compiled in, each into libraries of its own; the first is
   * loaded unless another is asked for. The processor's option {@code -Atilewright.precisions}
   * takes their place.
   */
  Precision[] precisions() default {Precision.FLOAT32};
}
