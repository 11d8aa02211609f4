/**
 * Executes primitives, and whole models, at once in plain Java: the reference that compiled code is
 * held against.
 */
package dev.tilewright.runtime.eager;
