/** Batches of sequences that differ in length. */
package dev.tilewright.tests.ragged;
