/** The modes of the bench, each a command of its own. */
package dev.tilewright.bench.mode;
