package dev.tilewright.text.grammar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Which rules call which before they have read anything; that must not go round in a circle. */
final class LeftCalls {
  private enum Mark {
    NEW,
    OPEN,
    DONE
  }

  private final Network network;
  private final Mark[] marks;
  private final int[] order;
  private int free;

  LeftCalls(Network network) {
    this.network = network;
    marks = new Mark[network.rules()];
    Arrays.fill(marks, Mark.NEW);
    order = new int[network.rules()];
    free = order.length;
  }

  /**
   * The rules, each before those that it calls first.
   *
   * @throws GrammarException if a rule calls itself first
   */
  int[] order() {
    for (int rule = 0; rule < marks.length; rule++) {
      visit(rule);
    }
    return order;
  }

  /** Depth first, with a stack of its own, as chains of rules may be long. */
  private void visit(int first) {
    List<Integer> path = new ArrayList<>();
    List<List<Integer>> rest = new ArrayList<>();
    if (marks[first] == Mark.NEW) {
      open(first, path, rest);
    }
    while (!path.isEmpty()) {
      List<Integer> callees = rest.getLast();
      if (callees.isEmpty()) {
        int done = path.removeLast();
        rest.removeLast();
        marks[done] = Mark.DONE;
        order[--free] = done;
        continue;
      }
      int callee = callees.removeLast();
      if (marks[callee] == Mark.OPEN) {
        throw circle(path.subList(path.indexOf(callee), path.size()));
      }
      if (marks[callee] == Mark.NEW) {
        open(callee, path, rest);
      }
    }
  }

  private void open(int rule, List<Integer> path, List<List<Integer>> rest) {
    marks[rule] = Mark.OPEN;
    path.add(rule);
    List<Integer> callees = new ArrayList<>();
    for (int node : network.closure(network.part(rule).start())) {
      for (Network.Call call : network.node(node).calls) {
        callees.add(call.rule());
      }
    }
    rest.add(callees);
  }

  private GrammarException circle(List<Integer> rules) {
    List<String> names =
        new ArrayList<>(
            rules.stream()
                .map(rule -> network.part(rule).name())
                .filter(name -> !name.startsWith("("))
                .toList());
    Network.Part named =
        rules.stream()
            .map(network::part)
            .filter(part -> !part.name().startsWith("("))
            .findFirst()
            .orElse(network.part(rules.getFirst()));
    if (names.isEmpty()) {
      names.add(named.name());
    }
    names.add(names.getFirst());
    return new GrammarException(
        named.at(),
        "Left recursion: the rule calls itself before it reads anything, %s. Write it as a repetition"
            .formatted(String.join(" -> ", names)));
  }
}
