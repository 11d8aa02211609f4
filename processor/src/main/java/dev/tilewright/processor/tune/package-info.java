/** Measures which sizes of tiles are the fastest on the machine that compiles. */
package dev.tilewright.processor.tune;
