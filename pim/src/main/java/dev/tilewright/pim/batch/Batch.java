package dev.tilewright.pim.batch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Requests and the channels that hold their caches.
 *
 * @param lengths tokens that each request sees
 * @param channels requests of each channel
 */
public record Batch(List<Integer> lengths, List<List<Integer>> channels) {

  /**
   * Requests of lengths that are spread evenly over half to one and a half times the mean; the
   * longest first, each to the channel with the fewest tokens.
   */
  public static Batch of(int requests, int mean, int channels) {
    Random random = new Random(requests * 31L + mean);
    List<Integer> lengths =
        IntStream.range(0, requests)
            .mapToObj(_ -> mean / 2 + random.nextInt(mean + 1))
            .sorted(Comparator.reverseOrder())
            .toList();
    List<List<Integer>> each = new ArrayList<>();
    for (int i = 0; i < channels; i++) {
      each.add(new ArrayList<>());
    }
    for (int length : lengths) {
      each.stream().min(Comparator.comparingInt(Batch::tokens)).orElseThrow().add(length);
    }
    return new Batch(lengths, each);
  }

  private static int tokens(List<Integer> lengths) {
    return lengths.stream().mapToInt(Integer::intValue).sum();
  }

  /** Tokens that all requests see. */
  public int tokens() {
    return tokens(lengths);
  }

  /** The requests of the channel with the most tokens, for which the others wait. */
  List<Integer> busiest() {
    return channels.stream().max(Comparator.comparingInt(Batch::tokens)).orElseThrow();
  }

  /** Every second request of each channel, from the given on. */
  Batch half(int first) {
    List<List<Integer>> each = new ArrayList<>();
    List<Integer> all = new ArrayList<>();
    for (List<Integer> channel : channels) {
      List<Integer> own = new ArrayList<>();
      for (int i = first; i < channel.size(); i += 2) {
        own.add(channel.get(i));
      }
      each.add(own);
      all.addAll(own);
    }
    return new Batch(all, each);
  }
}
