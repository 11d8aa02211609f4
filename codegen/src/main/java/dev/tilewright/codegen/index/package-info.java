/** Integer arithmetic over axes and symbolic extents: where elements lie. */
package dev.tilewright.codegen.index;
