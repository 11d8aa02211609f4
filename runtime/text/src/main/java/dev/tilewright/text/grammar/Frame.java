package dev.tilewright.text.grammar;

import java.util.Arrays;

/**
 * From where a rule was called, and so where it may return to: several places, if the text so far
 * can be understood in several ways. Frames form a graph-structured stack (Tomita, 1985). Equal
 * frames are one object.
 */
@SuppressWarnings("ReferenceEquality") // Equal frames are one object.
final class Frame {
  /** Of the rule that a text begins with. */
  static final Frame BOTTOM = new Frame(new int[0], new Frame[0]);

  /** The nodes to return to. */
  final int[] nodes;

  /** And their frames. */
  final Frame[] frames;

  /** How many calls lie in each other at most. */
  final int depth;

  private final int hash;

  Frame(int[] nodes, Frame[] frames) {
    this.nodes = nodes;
    this.frames = frames;
    int most = -1;
    int mixed = Arrays.hashCode(nodes);
    for (Frame frame : frames) {
      most = Math.max(most, frame.depth);
      mixed = 31 * mixed + System.identityHashCode(frame);
    }
    depth = most + 1;
    hash = mixed;
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof Frame frame) || !Arrays.equals(nodes, frame.nodes)) {
      return false;
    }
    for (int i = 0; i < frames.length; i++) {
      if (frames[i] != frame.frames[i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
