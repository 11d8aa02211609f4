package dev.tilewright;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The shape of an entry's parameter, of its result (on the method or on a record's component, then
 * checked), or of a {@link Parameter}. Each extent is a number, a symbol, or a polynomial as {@link
 * Dim#parse} reads it. A symbol that an int constant is called by is that number; so what is
 * inherited from a family has each model's own extents ({@link Linear#size}). Any other symbol's
 * value is taken from the arguments of a call; it must stand alone as an extent of a parameter.
 *
 * {@snippet :
 * @Entry
 * default @Shape({"B", "2*S"}) Tensor twice(@Shape({"B", "S"}) Tensor x) {
 *   return concat(1, x, x);
 * }
 * }
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.PARAMETER, ElementType.METHOD, ElementType.RECORD_COMPONENT})
public @interface Shape {
  /** The extents, outermost first; empty for a scalar. */
  String[] value();
}
