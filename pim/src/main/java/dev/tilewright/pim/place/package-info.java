/**
 * Which piece of work goes to the memory, to its controller or to the host processor.
 *
 * <p>A {@link dev.tilewright.pim.place.Candidate} says how long a piece of work takes at each place
 * that can do it; a {@link dev.tilewright.pim.place.Placer} chooses for a chain of them, counting
 * what it takes to change between host and memory. Times of the memory come from {@link
 * dev.tilewright.pim.place.MemoryClock}, a law over a stream's commands that stands in for the
 * timing simulator, the controller's from its lanes, the host's from its roofline, {@link
 * dev.tilewright.pim.place.Processor}.
 *
 * <pre>
 * MemoryClock clock = new MemoryClock(device);
 * Processor host = new Processor("two cores", 231e9, 30e9);
 * Candidate product =
 *     Candidate.of("up", MEMORY, rows * clock.seconds(up.stream()), HOST, host.seconds(operations, bytes));
 * Placement chosen = new Placer(handover).cheapest(List.of(norm, product, ..));
 * </pre>
 */
package dev.tilewright.pim.place;
