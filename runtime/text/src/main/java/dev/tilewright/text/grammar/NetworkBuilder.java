package dev.tilewright.text.grammar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes a {@link Network} of rules: each rule a part of its own, with a start and an end. */
final class NetworkBuilder {
  /** So that repetitions of repetitions cannot fill the memory. */
  static final int MOST_NODES = 200_000;

  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<Network.Node> nodes = new ArrayList<>();
  private final List<Network.Part> parts = new ArrayList<>();
  private final Deque<Runnable> pending = new ArrayDeque<>();
  private Position at;

  private NetworkBuilder() {}

  /**
   * The network of rules.
   *
   * @throws GrammarException if the root or a rule that is called is missing, or it would be too
   *     large
   */
  static Network build(Map<String, Rule> rules, String root) {
    if (!rules.containsKey(root)) {
      throw new GrammarException(
          new Position(1, 1), "There is no rule \"" + root + "\", with which a text begins");
    }
    NetworkBuilder builder = new NetworkBuilder();
    for (Rule rule : rules.values()) {
      builder.part(rule);
    }
    while (!builder.pending.isEmpty()) {
      builder.pending.pop().run();
    }
    return new Network(builder.nodes, builder.parts, builder.numbers.get(root));
  }

  private int part(Rule rule) {
    at = rule.at();
    int number = parts.size();
    numbers.put(rule.name(), number);
    Network.Part part = new Network.Part(rule.name(), rule.at(), node(), node());
    nodes.get(part.end()).isFinal = true;
    parts.add(part);
    pending.push(
        () -> {
          at = part.at();
          add(rule.body(), part.start(), part.end());
        });
    return number;
  }

  private int node() {
    if (nodes.size() == MOST_NODES) {
      throw new GrammarException(
          at,
          "The grammar repeats so much here that it would have more than %d states"
              .formatted(MOST_NODES));
    }
    nodes.add(new Network.Node());
    return nodes.size() - 1;
  }

  /** Puts an expression between two nodes. */
  private void add(Expression expression, int from, int to) {
    switch (expression) {
      case Expression.One(Characters of) -> {
        for (Characters.Range range : of.ranges()) {
          Utf8Bytes.split(range, (first, last) -> chain(from, to, first, last));
        }
      }
      case Expression.Literal(String text) -> {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int[] values = new int[bytes.length];
        for (int i = 0; i < values.length; i++) {
          values[i] = bytes[i] & 0xFF;
        }
        chain(from, to, values, values);
      }
      case Expression.Sequence(List<Expression> items) -> {
        int here = from;
        for (int i = 0; i < items.size(); i++) {
          int next = i == items.size() - 1 ? to : node();
          add(items.get(i), here, next);
          here = next;
        }
        if (items.isEmpty()) {
          nodes.get(from).empty.add(to);
        }
      }
      case Expression.Choice(List<Expression> options) -> {
        for (Expression option : options) {
          add(option, from, to);
        }
      }
      case Expression.Call(String rule, Position here) -> {
        Integer number = numbers.get(rule);
        if (number == null) {
          throw new GrammarException(here, "There is no rule \"" + rule + "\"");
        }
        nodes.get(from).calls.add(new Network.Call(number, to));
      }
      case Expression.Repeat repeat -> repeat(repeat, from, to);
    }
  }

  private void chain(int from, int to, int[] first, int[] last) {
    int here = from;
    for (int i = 0; i < first.length; i++) {
      int next = i == first.length - 1 ? to : node();
      nodes.get(here).bytes.add(new Network.Bytes(first[i], last[i], next));
      here = next;
    }
    if (first.length == 0) {
      nodes.get(from).empty.add(to);
    }
  }

  /** What is repeated becomes a rule, unless it is one byte, so that counting takes a node each. */
  private void repeat(Expression.Repeat repeat, int from, int to) {
    at = repeat.at();
    Expression item = repeat.item();
    if (!isSmall(item)) {
      String name = "(" + parts.size() + ")";
      part(new Rule(name, item, repeat.at()));
      item = new Expression.Call(name, repeat.at());
    }
    int here = from;
    for (int i = 0; i < repeat.least(); i++) {
      int next = node();
      add(item, here, next);
      here = next;
    }
    if (repeat.most() == Expression.Repeat.UNLIMITED) {
      int loop = node();
      nodes.get(here).empty.add(loop);
      int back = node();
      add(item, loop, back);
      nodes.get(back).empty.add(loop);
      nodes.get(loop).empty.add(to);
      return;
    }
    nodes.get(here).empty.add(to);
    for (int i = repeat.least(); i < repeat.most(); i++) {
      int next = node();
      add(item, here, next);
      nodes.get(next).empty.add(to);
      here = next;
    }
  }

  private static boolean isSmall(Expression item) {
    return switch (item) {
      case Expression.One(Characters of) -> of.ranges().getLast().last() < 0x80;
      case Expression.Literal(String text) -> text.length() < 2;
      case Expression.Call _ -> true;
      case Expression.Sequence _, Expression.Choice _, Expression.Repeat _ -> false;
    };
  }
}
