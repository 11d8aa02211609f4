package dev.tilewright.text.grammar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * A recursive transition network (<a href="https://doi.org/10.1145/355598.362773">Woods, 1970</a>)
 * over bytes: an automaton for each rule, in which an edge reads a byte, reads nothing, or calls a
 * rule.
 */
final class Network {
  private static final int NEVER = Integer.MAX_VALUE;

  /**
   * So that optional parts behind each other, each with all that follow, cannot fill the memory.
   */
  private static final long MOST_STEPS = 20_000_000;

  /** Reads a byte of a range. */
  record Bytes(int first, int last, int target) {}

  /** Calls a rule and goes on at a node. */
  record Call(int rule, int target) {}

  /** A rule's start and end. */
  record Part(String name, Position at, int start, int end) {}

  /** A state of a rule. */
  static final class Node {
    final List<Bytes> bytes = new ArrayList<>();
    final List<Call> calls = new ArrayList<>();
    final List<Integer> empty = new ArrayList<>();

    /** Whether it is the end of its rule, which no edge leaves. */
    boolean isFinal;

    /** The nodes that nothing needs to be read for and that do something. */
    private int[] closure;

    /** How many calls lie in each other, at least, on the way to the rule's end. */
    private int depth = NEVER;
  }

  private final List<Node> nodes;
  private final List<Part> parts;
  private final int root;
  private final boolean[] nullable;
  private long steps;

  /** The rules in an order in which each stands before those that it calls first. */
  private final int[] order;

  /**
   * A network that can be walked.
   *
   * @throws GrammarException if a rule calls itself before it reads anything, or the root matches
   *     no text, or none without too many calls within each other
   */
  Network(List<Node> nodes, List<Part> parts, int root) {
    this.nodes = nodes;
    this.parts = parts;
    this.root = root;
    nullable = new boolean[parts.size()];
    findNullable();
    findDepths();
    if (nodes.get(parts.get(root).start()).depth == NEVER) {
      throw new GrammarException(
          parts.get(root).at(),
          "No text is of the rule \"%s\": every way through it calls rules without an end"
              .formatted(parts.get(root).name()));
    }
    if (nodes.get(parts.get(root).start()).depth >= Automaton.DEEPEST) {
      throw new GrammarException(
          parts.get(root).at(),
          "Every text of the rule \"%s\" needs more than %d calls of rules within each other"
              .formatted(parts.get(root).name(), Automaton.DEEPEST - 1));
    }
    for (int node = 0; node < nodes.size(); node++) {
      nodes.get(node).closure = closureOf(node);
    }
    order = new LeftCalls(this).order();
  }

  Node node(int number) {
    return nodes.get(number);
  }

  Part part(int rule) {
    return parts.get(rule);
  }

  int rules() {
    return parts.size();
  }

  int root() {
    return root;
  }

  int[] order() {
    return order;
  }

  boolean isNullable(int rule) {
    return nullable[rule];
  }

  /** How many calls lie in each other, at least, from a node to its rule's end. */
  int depth(int node) {
    return nodes.get(node).depth;
  }

  /** Which nodes the end is reached from without reading. */
  private void findNullable() {
    boolean[] ends = new boolean[nodes.size()];
    solve(
        i -> {
          Node node = nodes.get(i);
          boolean now = node.isFinal;
          for (int target : node.empty) {
            now |= ends[target];
          }
          for (Call call : node.calls) {
            now |= ends[parts.get(call.rule()).start()] && ends[call.target()];
          }
          boolean changed = now && !ends[i];
          ends[i] = now;
          return changed;
        });
    for (int rule = 0; rule < nullable.length; rule++) {
      nullable[rule] = ends[parts.get(rule).start()];
    }
  }

  /** Updates nodes until none changes; a node after those that it depends on changed. */
  private void solve(IntPredicate update) {
    List<List<Integer>> dependents = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      dependents.add(new ArrayList<>(2));
    }
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      for (Bytes edge : node.bytes) {
        dependents.get(edge.target()).add(i);
      }
      for (int target : node.empty) {
        dependents.get(target).add(i);
      }
      for (Call call : node.calls) {
        dependents.get(call.target()).add(i);
        dependents.get(parts.get(call.rule()).start()).add(i);
      }
    }
    ArrayDeque<Integer> queue = new ArrayDeque<>();
    BitSet queued = new BitSet();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      queue.add(i);
      queued.set(i);
    }
    while (!queue.isEmpty()) {
      int i = queue.pop();
      queued.clear(i);
      if (update.test(i)) {
        for (int dependent : dependents.get(i)) {
          if (!queued.get(dependent)) {
            queued.set(dependent);
            queue.add(dependent);
          }
        }
      }
    }
  }

  /** All nodes that nothing needs to be read for. */
  private int[] reachable(int from) {
    int[] found = {from};
    int count = 1;
    BitSet seen = new BitSet();
    seen.set(from);
    for (int i = 0; i < count; i++) {
      Node node = nodes.get(found[i]);
      for (int j = 0; j < node.empty.size() + node.calls.size(); j++) {
        int target = -1;
        if (j < node.empty.size()) {
          target = node.empty.get(j);
        } else if (nullable[node.calls.get(j - node.empty.size()).rule()]) {
          target = node.calls.get(j - node.empty.size()).target();
        }
        if (target >= 0 && !seen.get(target)) {
          seen.set(target);
          if (count == found.length) {
            found = Arrays.copyOf(found, 2 * count);
          }
          found[count++] = target;
        }
      }
    }
    return Arrays.copyOf(found, count);
  }

  /** The nodes that nothing needs to be read for and that read, call, or end the rule. */
  int[] closure(int node) {
    return nodes.get(node).closure;
  }

  private int[] closureOf(int node) {
    int[] reached = reachable(node);
    steps += reached.length;
    if (steps > MOST_STEPS) {
      throw new GrammarException(
          "The grammar has too many optional parts behind each other; write them as a repetition");
    }
    return Arrays.stream(reached)
        .filter(
            i ->
                !nodes.get(i).bytes.isEmpty()
                    || !nodes.get(i).calls.isEmpty()
                    || nodes.get(i).isFinal)
        .filter(i -> nodes.get(i).depth != NEVER)
        .sorted()
        .toArray();
  }

  /**
   * The least solution of {@code depth(n) = 0} at an end, else the least of {@code depth(target)}
   * of edges that read, and {@code max(depth(target), 1 + depth(start of the rule))} of calls; a
   * call that its rule ends with takes no depth of its own.
   */
  private void findDepths() {
    solve(
        i -> {
          Node node = nodes.get(i);
          int depth = node.isFinal ? 0 : node.depth;
          for (Bytes edge : node.bytes) {
            depth = Math.min(depth, nodes.get(edge.target()).depth);
          }
          for (int target : node.empty) {
            depth = Math.min(depth, nodes.get(target).depth);
          }
          for (Call call : node.calls) {
            int inner = nodes.get(parts.get(call.rule()).start()).depth;
            if (inner != NEVER && nodes.get(call.target()).isFinal) {
              depth = Math.min(depth, inner);
            } else if (inner != NEVER) {
              depth = Math.min(depth, Math.max(nodes.get(call.target()).depth, 1 + inner));
            }
          }
          boolean changed = depth < node.depth;
          node.depth = depth;
          return changed;
        });
  }
}
