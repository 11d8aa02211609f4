/**
 * What a kernel will cost, told from its tile IR and the machine's description: the model behind
 * the choice of tiles, and what the trace page shows beside measurements.
 */
package dev.tilewright.codegen.cost;
