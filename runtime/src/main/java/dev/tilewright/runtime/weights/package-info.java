/** Readers of weight files: safetensors and ONNX. */
package dev.tilewright.runtime.weights;
