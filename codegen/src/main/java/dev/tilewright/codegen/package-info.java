/**
 * The compiler: from a {@link dev.tilewright.codegen.graph.Program} to a {@link
 * dev.tilewright.codegen.KernelModule} for a {@link dev.tilewright.codegen.Target}.
 */
package dev.tilewright.codegen;
