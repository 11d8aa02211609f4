package dev.tilewright;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The second axis of this parameter of an entry is ragged over the first: each sequence of the
 * batch has a length of its own, and all are computed without padding. Whatever else of the entry
 * is declared with both symbols is ragged, too.
 *
 * {@snippet :
 * @Entry
 * default @Shape("B") Tensor mean(@Shape({"B", "S"}) @Ragged Tensor x) {
 *   return x.mean(1);
 * }
 * }
 *
 * The body is written for {@code [B, S, ...]} as ever and means each sequence by itself: {@code S}
 * is the length of the sequence at hand, and a result has the bits that the sequence alone gives.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface Ragged {}
