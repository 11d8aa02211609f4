package dev.tilewright.text;

import java.util.Arrays;
import java.util.PriorityQueue;
import java.util.function.IntConsumer;

/**
 * A chain of symbols that byte-pair encoding shortens: again and again the two neighbours of the
 * best rank become one, the leftmost of equals, until no two neighbours have a rank.
 *
 * @see <a href="https://arxiv.org/abs/1508.07909">Sennrich et al., Neural Machine Translation of
 *     Rare Words with Subword Units</a>
 */
final class Symbols {
  /** Knows which neighbours may be joined. */
  interface Pairs {
    long NONE = -1;

    /** Rank (less is better) in the high word and the joined token in the low one, or NONE. */
    long find(Symbols symbols, int left, int right);

    static long of(int rank, int id) {
      return ((long) rank << 32) | id;
    }
  }

  private static final int END = -1;
  private static final int GONE = -2;

  private int count;
  private int[] ids = new int[64];
  private int[] starts = new int[64];
  private int[] ends = new int[64];
  private int[] previous;
  private int[] next;
  private long[] joined;
  private final PriorityQueue<Long> queue = new PriorityQueue<>();

  void clear() {
    count = 0;
  }

  /** Appends a symbol, which has the token {@code id} and the range of the text given. */
  void add(int id, int start, int end) {
    if (count == ids.length) {
      ids = Arrays.copyOf(ids, 2 * count);
      starts = Arrays.copyOf(starts, 2 * count);
      ends = Arrays.copyOf(ends, 2 * count);
    }
    ids[count] = id;
    starts[count] = start;
    ends[count++] = end;
  }

  int id(int symbol) {
    return ids[symbol];
  }

  int start(int symbol) {
    return starts[symbol];
  }

  int end(int symbol) {
    return ends[symbol];
  }

  void merge(Pairs pairs) {
    previous = new int[count];
    next = new int[count];
    joined = new long[count];
    for (int i = 0; i < count; i++) {
      previous[i] = i - 1;
      next[i] = i + 1 < count ? i + 1 : END;
    }
    for (int i = 0; i < count; i++) {
      offer(pairs, i);
    }
    while (!queue.isEmpty()) {
      long entry = queue.poll();
      int left = (int) entry;
      // Entries are not taken out when a neighbour changes: such a one has another rank by now.
      if (next[left] == GONE || joined[left] == Pairs.NONE || joined[left] >>> 32 != entry >>> 32) {
        continue;
      }
      join(left, (int) joined[left]);
      offer(pairs, left);
      if (previous[left] != END) {
        offer(pairs, previous[left]);
      }
    }
  }

  /** The symbols that are left, in order. */
  void forEach(IntConsumer consumer) {
    for (int i = count == 0 ? END : 0; i != END; i = next[i]) {
      consumer.accept(i);
    }
  }

  private void join(int left, int id) {
    int right = next[left];
    ids[left] = id;
    ends[left] = ends[right];
    next[left] = next[right];
    next[right] = GONE;
    if (next[left] != END) {
      previous[next[left]] = left;
    }
  }

  private void offer(Pairs pairs, int left) {
    joined[left] = next[left] == END ? Pairs.NONE : pairs.find(this, left, next[left]);
    if (joined[left] != Pairs.NONE) {
      queue.add((joined[left] >>> 32 << 32) | left);
    }
  }
}
