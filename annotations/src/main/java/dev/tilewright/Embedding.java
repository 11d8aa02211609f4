package dev.tilewright;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Rows of the table {@code .weight [rows, dim]} by INT32 ids: {@code [..]} becomes {@code [..,
 * dim]}. An id outside the table fails the call.
 *
 * <pre>{@code
 * @Embedding(rows = 30522, dim = 384) @Weights("embeddings.word_embeddings") Tensor words(Tensor ids);
 * }</pre>
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Embedding {
  int rows();

  int dim();
}
