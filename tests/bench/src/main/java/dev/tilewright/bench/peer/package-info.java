/**
 * What is compared: this project, ONNX Runtime and PyTorch, each with the same weights and inputs.
 */
package dev.tilewright.bench.peer;
