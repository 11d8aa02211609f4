/**
 * From regions to the tile IR: loops, register tiles, panels, the workers' shares and the plan of
 * memory.
 */
package dev.tilewright.codegen.lower;
