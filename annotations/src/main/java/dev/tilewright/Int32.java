package dev.tilewright;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The elements of this parameter, {@link Parameter} or result are {@link DType#INT32}. Without a
 * type they are {@link DType#FLOAT32}.
 *
 * {@snippet :
 * @Entry
 * default @Shape("N") @Int32 Tensor next(@Shape("N") @Int32 Tensor ids) {
 *   return ids.plus(1f);
 * }
 * }
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.PARAMETER, ElementType.METHOD, ElementType.RECORD_COMPONENT})
public @interface Int32 {}
