/** Bars and lines as SVG drawings that documents show. */
package dev.tilewright.charts;
