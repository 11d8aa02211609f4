/**
 * A compilation as people look at it: the text of every pass, and a page that shows them side by
 * side.
 */
package dev.tilewright.codegen.trace;
