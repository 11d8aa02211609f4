package dev.tilewright;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A public interface that declares a part of models: layers and inner blocks as abstract methods,
 * data flow as default methods. Blocks can extend blocks, take type parameters, and come from other
 * jars.
 *
 * <pre>{@code
 * @Block
 * public interface FeedForward {
 *   @Linear(out = 1536) @Weights("intermediate.dense") Tensor up(Tensor x);
 *   @Linear(out = 384) @Weights("output.dense") Tensor down(Tensor x);
 *
 *   default Tensor forward(Tensor x) {
 *     return down(Operators.gelu(up(x)));
 *   }
 * }
 * }</pre>
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Block {}
