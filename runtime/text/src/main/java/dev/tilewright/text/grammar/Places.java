package dev.tilewright.text.grammar;

import java.util.Arrays;

/** A set of places, each a node and a frame, in a canonical order. */
@SuppressWarnings("ReferenceEquality") // Equal frames are one object.
final class Places {
  private static final int MOST = 10_000;

  private int[] nodes = new int[8];
  private Frame[] frames = new Frame[8];
  private int size;

  int size() {
    return size;
  }

  int node(int i) {
    return nodes[i];
  }

  Frame frame(int i) {
    return frames[i];
  }

  void clear() {
    size = 0;
  }

  /** Adds a place; whether it was new. */
  boolean add(int node, Frame frame) {
    for (int i = 0; i < size; i++) {
      if (nodes[i] == node && frames[i] == frame) {
        return false;
      }
    }
    if (size == MOST) {
      throw new GrammarException(
          "The text can be understood in more than %d ways by this grammar; write it with fewer choices"
              .formatted(MOST));
    }
    if (size == nodes.length) {
      nodes = Arrays.copyOf(nodes, 2 * size);
      frames = Arrays.copyOf(frames, 2 * size);
    }
    nodes[size] = node;
    frames[size++] = frame;
    return true;
  }

  /** As a frame, which is a set of places too, in the order of nodes. */
  Frame toFrame() {
    for (int i = 1; i < size; i++) {
      int node = nodes[i];
      Frame frame = frames[i];
      int j = i;
      for (; j > 0 && after(nodes[j - 1], frames[j - 1], node, frame); j--) {
        nodes[j] = nodes[j - 1];
        frames[j] = frames[j - 1];
      }
      nodes[j] = node;
      frames[j] = frame;
    }
    return new Frame(Arrays.copyOf(nodes, size), Arrays.copyOf(frames, size));
  }

  private static boolean after(int node, Frame frame, int otherNode, Frame otherFrame) {
    return node > otherNode
        || (node == otherNode
            && (frame.depth > otherFrame.depth
                || (frame.depth == otherFrame.depth && frame.hashCode() > otherFrame.hashCode())));
  }
}
