package dev.tilewright.text.generation;

import java.util.Arrays;

/**
 * Several continuations of a text that share their beginnings: node 0 is the text's last token, and
 * each other one a guess of what follows its parent. The first child of a node is the likeliest.
 *
 * {@snippet :
 * GuessTree tree = new GuessTree(8, last);
 * int hello = tree.add(0, 12);          // perhaps 12,
 * tree.add(hello, 7);                   // and then 7,
 * tree.add(0, 30);                      // or 30
 * }
 */
public final class GuessTree {
  private final int[] tokens;
  private final int[] parents;
  private final int[] firstChild;
  private final int[] nextSibling;
  private int size;

  /**
   * A tree without guesses.
   *
   * @param most how many guesses it takes, at least 0
   * @param last the text's last token
   */
  public GuessTree(int most, int last) {
    tokens = new int[most + 1];
    parents = new int[most + 1];
    firstChild = new int[most + 1];
    nextSibling = new int[most + 1];
    tokens[0] = last;
    parents[0] = -1;
    size = 1;
  }

  /** How many guesses there are. */
  public int guesses() {
    return size - 1;
  }

  /** How many more it takes. */
  public int room() {
    return tokens.length - size;
  }

  /** The token of a node. */
  public int token(int node) {
    return tokens[node];
  }

  /** The node whose guess a node follows; -1 for node 0. */
  public int parent(int node) {
    return parents[node];
  }

  /** The child of a node with a token, or -1. */
  public int child(int node, int token) {
    for (int child = firstChild[node]; child > 0; child = nextSibling[child]) {
      if (tokens[child] == token) {
        return child;
      }
    }
    return -1;
  }

  /** The first child of a node, or -1. */
  public int firstChild(int node) {
    return firstChild[node] > 0 ? firstChild[node] : -1;
  }

  /**
   * Guesses a token after a node.
   *
   * @return its node, which may have been there; -1 if there is no room
   */
  public int add(int node, int token) {
    int last = 0;
    for (int child = firstChild[node]; child > 0; child = nextSibling[child]) {
      if (tokens[child] == token) {
        return child;
      }
      last = child;
    }
    if (room() == 0) {
      return -1;
    }
    tokens[size] = token;
    parents[size] = node;
    if (last == 0) {
      firstChild[node] = size;
    } else {
      nextSibling[last] = size;
    }
    return size++;
  }

  /**
   * The nodes as a model reads them, in depth-first order, children in the order in which they were
   * added.
   *
   * @param nodes the number of each
   * @param tokens the token of each
   * @param depths how many ancestors each has
   * @param ends the place behind the last that descends from each
   */
  record Order(int[] nodes, int[] tokens, int[] depths, int[] ends) {
    /** Where a node stands. */
    int place(int node) {
      int place = 0;
      while (nodes[place] != node) {
        place++;
      }
      return place;
    }
  }

  Order order() {
    Order order = new Order(new int[size], new int[size], new int[size], new int[size]);
    int[] depth = new int[size];
    int node = 0;
    for (int place = 0; place < size; place++) {
      order.nodes[place] = node;
      order.tokens[place] = tokens[node];
      order.depths[place] = depth[node];
      int next = firstChild[node];
      if (next > 0) {
        depth[next] = depth[node] + 1;
      } else {
        next = behind(node);
        if (next > 0) {
          depth[next] = depth[parents[next]] + 1;
        }
      }
      node = next;
    }
    Arrays.fill(order.ends, size);
    for (int place = 0; place < size; place++) {
      for (int other = place + 1; other < order.ends[place]; other++) {
        if (order.depths[other] <= order.depths[place]) {
          order.ends[place] = other;
        }
      }
    }
    return order;
  }

  /** The next sibling of the node or of the nearest ancestor that has one; 0 if there is none. */
  private int behind(int node) {
    int at = node;
    while (at > 0 && nextSibling[at] == 0) {
      at = parents[at];
    }
    return at > 0 ? nextSibling[at] : 0;
  }
}
