package dev.tilewright.pim.timing;

import java.util.List;

/**
 * Ordinary reads and writes of another host, which knows nothing of a stream's: each channel gets
 * the same, over and over, as long as the stream runs. Needs two row buffers.
 *
 * @param requests in their order
 * @param interval cycles from one to the next at least; a full queue holds them up
 */
public record Traffic(List<Request> requests, double interval) {
  /** A column of a bank of each channel. */
  public record Request(boolean write, int bank, int row) {}

  public Traffic {
    requests = List.copyOf(requests);
    if (requests.isEmpty() || interval < 0) {
      throw new IllegalArgumentException(
          "traffic is of at least one request, each no cycle before the other; there are %d, every %s"
              .formatted(requests.size(), interval));
    }
  }

  Request request(long number) {
    return requests.get((int) (number % requests.size()));
  }

  /** The first cycle in which a request may be sent. */
  long due(long number) {
    return (long) Math.ceil(number * interval);
  }
}
