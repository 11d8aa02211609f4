package dev.tilewright.codegen.emit;

import dev.tilewright.codegen.tile.Tile;

/**
 * A value in the written language.
 *
 * @param text its name or literal
 * @param vector whether it is a vector of the machine's lanes; else a scalar
 */
record Operand(String text, Tile.Type type, boolean vector) {}
