/** Traces of known products and attentions in the public form, written by one command. */
package dev.tilewright.pim.trace;
