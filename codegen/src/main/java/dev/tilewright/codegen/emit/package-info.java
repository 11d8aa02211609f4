/** Writers of tile IR: LLVM text and C. */
package dev.tilewright.codegen.emit;
