package dev.tilewright;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A bare weight: a method without parameters that returns it, with its {@link Shape} of numbers.
 * Its name in the file is its {@link Weights} prefix, with nothing added.
 *
 * {@snippet :
 * @Parameter @Shape({"1", "16", "8"}) @Weights("pos_embed") Tensor positions();
 *
 * @Entry
 * default @Shape({"B", "16", "8"}) Tensor place(@Shape({"B", "16", "8"}) Tensor x) {
 *   return x.plus(positions());
 * }
 * }
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Parameter {}
