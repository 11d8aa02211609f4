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
 * {@snippet :
 * @Block
 * interface FeedForward {
 *   @Linear(out = 32) @Weights("intermediate.dense") Tensor up(Tensor x);
 *   @Linear(out = 8) @Weights("output.dense") Tensor down(Tensor x);
 *
 *   default Tensor forward(Tensor x) {
 *     return down(gelu(up(x)));
 *   }
 * }
 *
 * FeedForward ffn();
 *
 * @Entry
 * default @Shape({"B", "8"}) Tensor apply(@Shape({"B", "8"}) Tensor x) {
 *   return x.plus(ffn().forward(x));
 * }
 * }
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Block {}
