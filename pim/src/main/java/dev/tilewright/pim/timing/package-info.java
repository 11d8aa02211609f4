/**
 * When everything happens: an event-driven simulator of the memory's timing, its statistics and its
 * energy. It needs no data and assumes a stream that the validator accepts.
 */
package dev.tilewright.pim.timing;
