package dev.tilewright.target.pim;

import static java.util.stream.Collectors.joining;

import dev.tilewright.Precision;
import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.fuse.Fuser;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.fuse.RegionFunction;
import dev.tilewright.codegen.graph.GraphParser;
import dev.tilewright.codegen.graph.GraphPrinter;
import dev.tilewright.codegen.graph.Program;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What ships: the program as text, and a place for each region, with what each was expected to
 * take. Forming regions is a function of the program alone, so the text need not repeat them; the
 * driver refuses a plan whose regions have other names.
 *
 * <pre>
 * tilewright-plan 2
 * costs of pim-gpt, 1 token at the end of 1024
 * place next r6_linear_token_embd memory+controller 33.284us memory+host 83.155us host 2573.158us
 * ..
 * program
 * model a.b.Model
 * ..
 * </pre>
 *
 * The first place of a line is where the region runs; times need not be there.
 *
 * @param functions the program's regions in bf16
 * @param costs what the times are of
 * @param choices by function, then by region
 */
record Plan(
    Program program,
    List<RegionFunction> functions,
    String costs,
    Map<String, Map<String, Choice>> choices) {
  private static final String TITLE = "tilewright-plan 2";
  private static final String COSTS = "costs of ";
  private static final String PROGRAM = "program";

  /**
   * Places the regions of a program.
   *
   * @throws dev.tilewright.codegen.UnsupportedProgramException if a demand cannot be met
   */
  static Plan of(Program program, Machine machine, Trace trace) {
    List<RegionFunction> functions = Fuser.fuse(program, Precision.BFLOAT16, trace);
    Costs costs = new Costs(machine, functions);
    Map<String, Map<String, Choice>> choices = new LinkedHashMap<>();
    functions.forEach(
        function -> choices.put(function.name(), Placer.place(function, costs, trace)));
    return new Plan(program, functions, costs.describe(), choices);
  }

  RegionFunction function(String name) {
    return functions.stream()
        .filter(function -> function.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("the plan has no function '" + name + "'"));
  }

  Place place(RegionFunction function, Region region) {
    return choices.get(function.name()).get(region.name()).place();
  }

  String print() {
    StringBuilder text = new StringBuilder(TITLE + "\n" + COSTS + costs + "\n");
    choices.forEach(
        (function, regions) ->
            regions.forEach(
                (region, choice) ->
                    text.append("place ")
                        .append(String.join(" ", function, region, choice.print()))
                        .append('\n')));
    return text.append(PROGRAM).append('\n').append(GraphPrinter.print(program)).toString();
  }

  /**
   * The plan of a text.
   *
   * @throws IllegalArgumentException if it is none, or places other regions than the program has
   */
  static Plan parse(String text) {
    Map<String, Map<String, Choice>> choices = new LinkedHashMap<>();
    String costs = "";
    int at = 0;
    for (int number = 1; ; number++) {
      int end = text.indexOf('\n', at);
      if (end < 0) {
        throw new IllegalArgumentException("line " + number + ": the plan ends before its program");
      }
      String line = text.substring(at, end);
      at = end + 1;
      if (line.equals(PROGRAM)) {
        break;
      }
      String[] words = line.split(" ", -1);
      if (number == 1) {
        demand(line.equals(TITLE), number, TITLE, line);
      } else if (number == 2) {
        demand(line.startsWith(COSTS), number, COSTS + "DEVICE", line);
        costs = line.substring(COSTS.length());
      } else {
        boolean place = words.length >= 4 && words[0].equals("place");
        demand(place, number, "place FUNCTION REGION PLACE", line);
        choices
            .computeIfAbsent(words[1], _ -> new LinkedHashMap<>())
            .put(words[2], Choice.parse(Arrays.copyOfRange(words, 3, words.length)));
      }
    }
    Program program = GraphParser.parse(text.substring(at));
    List<RegionFunction> functions = Fuser.fuse(program, Precision.BFLOAT16, Trace.NONE);
    for (RegionFunction function : functions) {
      demandPossible(function, choices.getOrDefault(function.name(), Map.of()));
    }
    return new Plan(program, functions, costs, choices);
  }

  private static void demand(boolean fine, int number, String expected, String line) {
    if (!fine) {
      throw new IllegalArgumentException(
          "line %d: expected '%s', but found '%s'".formatted(number, expected, line));
    }
  }

  /** What cannot run in memory or on the controller must not be sent there. */
  private static void demandPossible(RegionFunction function, Map<String, Choice> given) {
    Map<String, List<Place>> options = Placer.options(function);
    if (!given.keySet().equals(options.keySet())) {
      throw new IllegalArgumentException(
          "the plan places %s of %s, whose regions are %s; compile the model with this version"
              .formatted(given.keySet(), function.name(), options.keySet()));
    }
    options.forEach(
        (region, possible) -> {
          Place place = given.get(region).place();
          if (!possible.contains(place)) {
            throw new IllegalArgumentException(
                "%s of %s cannot run on %s, only on %s"
                    .formatted(
                        region,
                        function.name(),
                        place.label(),
                        possible.stream().map(Place::label).collect(joining(" or "))));
          }
        });
  }
}
