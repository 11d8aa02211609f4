/**
 * The target for memory that computes. What is compiled is a {@link
 * dev.tilewright.target.pim.Plan}: the program, and what each of its regions runs on. The driver
 * maps matrices and caches to banks, and runs the regions with the command streams of {@code
 * dev.tilewright.pim.map}.
 */
package dev.tilewright.target.pim;
