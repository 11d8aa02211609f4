/** What is measured in processes of its own. */
package dev.tilewright.bench.process;
