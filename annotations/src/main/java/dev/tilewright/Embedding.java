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
  int rows();

  int dim();
}
