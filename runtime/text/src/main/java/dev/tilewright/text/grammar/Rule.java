package dev.tilewright.text.grammar;

/** A name for what may stand in its place. */
record Rule(String name, Expression body, Position at) {}
