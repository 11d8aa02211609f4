/**
 * The language that models are declared in: tensors, operators and annotations. Depends on nothing.
 */
package dev.tilewright;
