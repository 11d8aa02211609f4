package dev.tilewright.text.grammar;

/** A place in a text, both from 1. */
record Position(int line, int column) {}
