/**
 * What the stages of the processor hand to each other: the values of the partial evaluation, and
 * what is declared.
 */
package dev.tilewright.processor.model;
