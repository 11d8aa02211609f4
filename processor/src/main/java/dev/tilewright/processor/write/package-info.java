/**
 * Writes what the processor leaves: the class that binds a model, its libraries and descriptions,
 * the companions of blocks.
 */
package dev.tilewright.processor.write;
