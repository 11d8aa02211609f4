/** Semantic search with all-MiniLM-L6-v2, declared as interfaces and compiled by javac. */
package dev.tilewright.examples.search;
