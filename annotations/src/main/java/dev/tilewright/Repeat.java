package dev.tilewright;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A block that stands several times, each with its own weights: the method takes its index, which
 * must be a constant below the count wherever it is called, and the {@link Weights} prefix holds
 * {@code {i}} in the index's place.
 *
 * <pre>{@code
 * @Repeat(6) @Weights("encoder.layer.{i}") EncoderLayer layer(int i);
 * }</pre>
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Repeat {
  /** How many there are, at least 1. */
  int value();
}
