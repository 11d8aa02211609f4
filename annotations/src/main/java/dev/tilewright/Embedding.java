package dev.tilewright;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Rows of the table {@code .weight [rows, dim]} by INT32 ids: {@code [..]} becomes {@code [..,
 * dim]}. An id outside the table fails the call.
 *
 * {@snippet :
 * @Embedding(rows = 100, dim = 8) @Weights("embeddings.word_embeddings") Tensor words(Tensor ids);
 *
 * @Entry
 * default @Shape({"B", "S", "8"}) Tensor look(@Shape({"B", "S"}) @Int32 Tensor ids) {
 *   return words(ids);
 * }
 * }
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Embedding {
  /** How many rows the table has. */
  int rows() default 0;

  /** How long a row is. */
  int dim() default 0;

  /**
   * {@link #rows} and {@link #dim} by names, in place of both: {@code size = {"WORDS", "DIM"}}, as
   * {@link Linear#size} explains.
   */
  String[] size() default {};
}
