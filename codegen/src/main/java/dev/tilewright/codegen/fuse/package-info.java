/** Legality-checked rewrites of the graph into regions that share a kernel. */
package dev.tilewright.codegen.fuse;
