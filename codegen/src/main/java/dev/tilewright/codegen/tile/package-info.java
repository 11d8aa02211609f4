/**
 * The tile IR: loops over register tiles, with every load, store, worker's share and barrier
 * explicit.
 */
package dev.tilewright.codegen.tile;
