/** Models that are declared to be measured; their weights are random. */
package dev.tilewright.bench.model;
