package dev.tilewright;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A default method of a {@link Model} that can be called from outside: one native call. Its
 * parameters are tensors with a {@link Shape}; it returns a {@link Tensor} or a record of tensors.
 * Entries of one model have different names and share weights.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Entry {}
