/** How times are taken. */
package dev.tilewright.bench.measure;
