/** The graph IR: what a declaration is lowered to, primitives over symbolic shapes. */
package dev.tilewright.codegen.graph;
