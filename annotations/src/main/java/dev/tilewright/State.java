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
 * <p>The memory belongs to a session, so such an entry is called through one. All states of an
 * entry are appended the same number of rows in a call, each once; {@code context}, the extent of
 * what they answer with, counts the rows of the session so far and those of the call.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface State {
  /** The symbol that stands for the rows of a session, those of the call at hand included. */
  String CONTEXT = "context";

  /** How many rows a session can hold; at least 1. */
  int capacity();
}
