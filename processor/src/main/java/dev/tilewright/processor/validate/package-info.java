/**
 * The rules that declarations must keep, each reported at the annotation or name that breaks it.
 */
package dev.tilewright.processor.validate;
