package dev.tilewright.pim.map;

/**
 * The place of one bf16.
 *
 * @param lane its place in the column of 16
 */
public record Cell(int channel, int bank, int row, int column, int lane) {}
