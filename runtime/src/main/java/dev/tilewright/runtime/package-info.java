/** Runs a model: weights, tensors, eager execution, native binding and the worker team. */
package dev.tilewright.runtime;
