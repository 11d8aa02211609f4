/** Proves that a stream is legal before anything runs it. */
package dev.tilewright.pim.check;
