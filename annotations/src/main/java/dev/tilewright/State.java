package dev.tilewright;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a session remembers from call to call: a method {@code Tensor name(Tensor rows)} that
 * appends {@code [1, S, ...]} to what earlier calls left and answers with all of it, {@code [1,
 * context, ...]}. A key and value cache is two of them.
 *
 * {@snippet :
 * @State(capacity = 512) Tensor seen(Tensor rows);
 *
 * @Entry
 * default @Shape({"1", "4"}) Tensor mean(@Shape({"1", "S", "4"}) Tensor x) {
 *   return seen(x).mean(1);   // over all that the session was ever told
 * }
 * }
 *
 * Of a {@link Ragged} batch, {@code [B, S, ...]}, each sequence goes on in a session of its own.
 *
 * <p>A state with a {@link #window} forgets: it answers with what the session still holds, {@code
 * [1, recent, ...]}, among it at least so many rows before each row of the call. So its memory has
 * an end, and the session none.
 *
 * {@snippet :
 * @State(capacity = 1024, window = 128) Tensor near(Tensor rows);
 *
 * @Entry
 * default @Shape({"1", "S", "4"}) Tensor look(@Shape({"1", "S", "4"}) Tensor x) {
 *   Tensor rows = near(x);   // [1, recent, 4]
 *   return Operators.attention(x, rows, rows, AttentionOptions.heads(1).causal(true).window(128));
 * }
 * }
 *
 * <p>The memory belongs to a session, so such an entry is called through one. All states of an
 * entry are appended the same number of rows in a call, each once; {@code context}, the extent of
 * what they answer with, counts the rows of the session so far and those of the call.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface State {
  /** The symbol that stands for the rows of a session, those of the call at hand included. */
  String CONTEXT = "context";

  /**
   * The symbol that stands for the rows that a session holds in states with a {@link #window},
   * those of the call at hand included.
   */
  String RECENT = "recent";

  /**
   * Rows are forgotten so many at a time; so what is left lies where it lay modulo this, and sums
   * over it keep their order.
   */
  int FORGOTTEN_TOGETHER = 512;

  /**
   * How many rows a session can hold; at least 1. With a {@link #window}, how many it holds at a
   * time, at least {@code window + FORGOTTEN_TOGETHER}: the more, the more rows a call may bring,
   * and the further a session can be cut back.
   */
  int capacity() default 0;

  /** {@link #capacity} by names, as {@link Linear#size} explains. */
  String size() default "";

  /**
   * How far back from each row what reads the state looks, as {@link AttentionOptions#window} says
   * it: rows before that may be forgotten. 0 keeps all.
   */
  int window() default 0;
}
