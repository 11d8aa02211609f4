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
 * <pre>{@code
 * @Linear(out = 384) @Weights("attention.self.query") Tensor query(Tensor x);
 * }</pre>
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
