/** What the compiler and the runtime agree on: the description of a compiled model. */
package dev.tilewright.schema;
