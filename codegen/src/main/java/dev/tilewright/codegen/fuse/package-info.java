/** From graphs to regions: what shares a kernel, why it may, and what was refused. */
package dev.tilewright.codegen.fuse;
