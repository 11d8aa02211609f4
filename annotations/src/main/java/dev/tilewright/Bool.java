package dev.tilewright;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The elements of this parameter, {@link Parameter} or result are {@link DType#BOOL}. Without a
 * type they are {@link DType#FLOAT32}.
 *
 * <pre>{@code
 * @Entry default @Shape("N") Tensor scale(@Shape("N") @Bool Tensor x) { ... }
 * }</pre>
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.PARAMETER, ElementType.METHOD, ElementType.RECORD_COMPONENT})
public @interface Bool {}
