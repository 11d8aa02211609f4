package dev.tilewright;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The places in the session of the rows that a call brings: a method {@code Tensor name(Tensor x)}
 * that answers, for x of {@code [1, S, ...]}, with INT32 {@code [1, S]}: n, n+1, .. n+S-1, where n
 * rows were there before. Of a {@link Ragged} batch {@code [B, S, ...]} it gives each sequence's,
 * {@code [B, S]}. It stands in a model whose entry appends S rows to a {@link State}.
 *
 * {@snippet :
 * @State(capacity = 512) Tensor seen(Tensor rows);
 *
 * @Positions Tensor places(Tensor x);
 *
 * @Entry
 * default @Shape({"1", "4"}) Tensor weighted(@Shape({"1", "S", "4"}) Tensor x) {
 *   Tensor place = places(x).cast(DType.FLOAT32).unsqueeze(-1);   // [1, S, 1]
 *   return seen(x.times(place)).sum(1);
 * }
 * }
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Positions {}
