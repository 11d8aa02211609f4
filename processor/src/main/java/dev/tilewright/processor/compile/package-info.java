/** From programs to libraries: runs the targets and the linker, and keeps the trace. */
package dev.tilewright.processor.compile;
