package dev.tilewright.codegen;

import dev.tilewright.codegen.tile.TileProgram;
import java.util.function.UnaryOperator;

/**
 * A step from tile program to tile program.
 *
 * @param name what it does, in words
 */
public record TilePass(String name, UnaryOperator<TileProgram> pass) {}
