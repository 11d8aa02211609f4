/**
 * Reads declarations: finds the syntax trees of bodies and evaluates them partially. What is
 * constant is computed, what is a tensor is added to a graph by calling the real operators on
 * symbolic tensors.
 */
package dev.tilewright.processor.read;
