/** The tile IR: loops, tile loads and stores, packing, tails and the buffer plan. */
package dev.tilewright.codegen.tile;
