package dev.tilewright;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A default method of a {@link Model} that can be called from outside: one native call. Its
 * parameters are tensors with a {@link Shape}; it returns a {@link Tensor} or a record of tensors.
 * Entries of one model have different names and share weights.
 *
 * {@snippet :
 * record Sums(@Shape("B") Tensor rows, @Shape("S") Tensor columns) {}
 *
 * @Entry
 * default Sums sums(@Shape({"B", "S"}) Tensor x) {
 *   return new Sums(x.sum(1), x.sum(0));
 * }
 *
 * @Entry
 * default @Shape({}) Tensor total(@Shape({"B", "S"}) Tensor x) {
 *   return sums(x).rows().sum(0);
 * }
 * }
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Entry {}
