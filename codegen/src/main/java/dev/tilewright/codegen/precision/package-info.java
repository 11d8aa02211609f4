/** Precisions as rewrites of the graph. */
package dev.tilewright.codegen.precision;
