/** Grammars and JSON schemas that a model's output is made to keep. */
package dev.tilewright.text.grammar;
