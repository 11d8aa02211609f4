/** A terminal chat with a language model. */
package dev.tilewright.examples.chat;
