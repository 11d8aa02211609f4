/**
 * Descriptions of memories that compute: how banks are organised, their timing in cycles and their
 * energy, each read from a small file of {@code key = value} lines.
 */
package dev.tilewright.pim.device;
