/** Batched decode as NeuPIMs divides it, on the simulator. */
package dev.tilewright.examples.neupims;
