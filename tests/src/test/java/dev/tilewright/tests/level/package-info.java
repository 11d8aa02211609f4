/**
 * One computation at every level: eager, graph, tiles, native. All are held against a reference in
 * double precision that carries a bound of what rounding may do to each element.
 */
package dev.tilewright.tests.level;
