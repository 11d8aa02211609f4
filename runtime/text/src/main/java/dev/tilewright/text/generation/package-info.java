/**
 * Writes text with a language model in this process: reads a prompt, chooses token after token, and
 * says why it ended.
 */
package dev.tilewright.text.generation;
