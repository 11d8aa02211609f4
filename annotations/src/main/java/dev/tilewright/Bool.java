package dev.tilewright;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The elements of this parameter, {@link Parameter} or result are {@link DType#BOOL}. Without a
 * type they are {@link DType#FLOAT32}.
 *
 * {@snippet :
 * @Entry
 * default @Shape("N") Tensor choose(@Shape("N") @Bool Tensor condition, @Shape("N") Tensor x) {
 *   return where(condition, x, 0f);
 * }
 * }
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.PARAMETER, ElementType.METHOD, ElementType.RECORD_COMPONENT})
public @interface Bool {}
