/** From a compiled model's files to code and weights in memory. */
package dev.tilewright.runtime.bind;
