package dev.tilewright.text.grammar;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The pushdown automaton of a network, made deterministic as far as it is walked: a state is all
 * places at which a text may be, and is made when it is first come to. Not safe for use by several
 * threads.
 */
@SuppressWarnings("ReferenceEquality") // Equal frames are one object.
final class Automaton {
  /** Calls in each other; deeper ones are not entered, so that each text can still be ended. */
  static final int DEEPEST = 1000;

  /** Above this, states are forgotten, and made again when they are come to. */
  private static final int MOST_STATES = 20_000;

  /** Where a text may be. */
  static final class State {
    /** Whether the text may end here. */
    final boolean accepts;

    private final Frame places;
    private final State[] next = new State[256];

    /** What {@link TokenMasks} keeps with the state. */
    long[] mask;

    private State(Frame places, boolean accepts) {
      this.places = places;
      this.accepts = accepts;
    }

    /** Whether some byte may follow. */
    boolean continues() {
      return places.nodes.length > 0;
    }
  }

  private record Key(Frame places, boolean accepts) {}

  /** What no text of the grammar begins with. */
  final State dead = new State(Frame.BOTTOM, false);

  private final Network network;
  private final Map<Frame, Frame> frames = new HashMap<>();
  private final Map<Key, State> states = new HashMap<>();
  private final Places kernel = new Places();
  private final Places reading = new Places();
  private final Places[] calls;
  private final State start;

  Automaton(Network network) {
    this.network = network;
    calls = new Places[network.rules()];
    Arrays.setAll(calls, _ -> new Places());
    start = first();
  }

  /** Before the first byte. */
  State start() {
    return start;
  }

  private State first() {
    begin();
    enter(network.root(), Frame.BOTTOM);
    return finish(network.isNullable(network.root()));
  }

  /** The state after one more byte; {@link #dead} if it may not come. */
  State step(State from, int value) {
    State known = from.next[value];
    if (known == null) {
      known = stepAnew(from, value);
      from.next[value] = known;
    }
    return known;
  }

  private State stepAnew(State from, int value) {
    begin();
    boolean accepts = false;
    for (int i = 0; i < from.places.nodes.length; i++) {
      for (Network.Bytes edge : network.node(from.places.nodes[i]).bytes) {
        if (edge.first() <= value && value <= edge.last()) {
          kernel.add(edge.target(), from.places.frames[i]);
        }
      }
    }
    for (int i = 0; i < kernel.size(); i++) {
      accepts |= expand(kernel.node(i), kernel.frame(i));
    }
    return finish(accepts);
  }

  private void begin() {
    kernel.clear();
    reading.clear();
    for (Places places : calls) {
      places.clear();
    }
  }

  /** Adds what is reached from a place without reading; whether the text may end there. */
  private boolean expand(int from, Frame frame) {
    boolean ends = false;
    for (int node : network.closure(from)) {
      place(node, frame);
      if (network.node(node).isFinal) {
        ends |= frame == Frame.BOTTOM;
        for (int i = 0; i < frame.nodes.length; i++) {
          kernel.add(frame.nodes[i], frame.frames[i]);
        }
      }
    }
    return ends;
  }

  private void enter(int rule, Frame frame) {
    for (int node : network.closure(network.part(rule).start())) {
      place(node, frame);
    }
  }

  private void place(int node, Frame frame) {
    if (frame.depth + network.depth(node) > DEEPEST) {
      return;
    }
    Network.Node what = network.node(node);
    if (!what.bytes.isEmpty()) {
      reading.add(node, frame);
    }
    for (Network.Call call : what.calls) {
      call(call, frame);
    }
  }

  private void call(Network.Call call, Frame frame) {
    int inner = network.depth(network.part(call.rule()).start());
    int after = network.depth(call.target());
    if (inner >= DEEPEST || after > DEEPEST) {
      return;
    }
    if (network.node(call.target()).isFinal && frame != Frame.BOTTOM) {
      if (frame.depth + inner <= DEEPEST) {
        for (int i = 0; i < frame.nodes.length; i++) {
          calls[call.rule()].add(frame.nodes[i], frame.frames[i]);
        }
      }
    } else if (frame.depth + Math.max(after, inner + 1) <= DEEPEST) {
      calls[call.rule()].add(call.target(), frame);
    }
  }

  /** Enters the rules that were called, each once, from all places at which it was. */
  private State finish(boolean accepts) {
    for (int rule : network.order()) {
      if (calls[rule].size() > 0) {
        enter(rule, unique(calls[rule].toFrame()));
      }
    }
    if (reading.size() == 0 && !accepts) {
      return dead;
    }
    if (states.size() >= MOST_STATES) {
      states.clear();
      frames.clear();
      Arrays.fill(start.next, null);
    }
    Frame places = reading.toFrame();
    return states.computeIfAbsent(
        new Key(unique(places), accepts), key -> new State(key.places(), key.accepts()));
  }

  private Frame unique(Frame frame) {
    Frame known = frames.putIfAbsent(frame, frame);
    return known == null ? frame : known;
  }
}
