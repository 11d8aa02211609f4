package dev.tilewright.processor;

import dev.tilewright.processor.diagnose.Diagnostic;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The diagnostics that a test provokes, where it is not a case under {@code diagnostics/}. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Covers {
  Diagnostic[] value();
}
