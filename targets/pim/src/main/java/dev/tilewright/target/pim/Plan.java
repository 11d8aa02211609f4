package dev.tilewright.target.pim;

import dev.tilewright.Precision;
import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.fuse.Fuser;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.fuse.RegionFunction;
import dev.tilewright.codegen.graph.GraphParser;
import dev.tilewright.codegen.graph.GraphPrinter;
import dev.tilewright.codegen.graph.Program;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What ships: the program as text, and a place for each region. Forming regions is a function of
 * the program alone, so the text need not repeat them; the driver refuses a plan whose regions have
 * other names.
 *
 * <pre>
 * tilewright-plan 1
 * place next r6_linear_token_embd memory+controller
 * ..
 * program
 * model a.b.Model
 * ..
 * </pre>
 *
 * @param functions the program's regions in bf16
 * @param places by function, then by region
 */
record Plan(
    Program program, List<RegionFunction> functions, Map<String, Map<String, Place>> places) {
  private static final String TITLE = "tilewright-plan 1";
  private static final String PROGRAM = "program";

  /** Places the regions of a program. */
  static Plan of(Program program, Trace trace) {
    List<RegionFunction> functions = Fuser.fuse(program, Precision.BFLOAT16, trace);
    Map<String, Map<String, Place>> places = new LinkedHashMap<>();
    functions.forEach(function -> places.put(function.name(), Placer.place(function, trace)));
    return new Plan(program, functions, places);
  }

  RegionFunction function(String name) {
    return functions.stream()
        .filter(function -> function.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("the plan has no function '" + name + "'"));
  }

  Place place(RegionFunction function, Region region) {
    return places.get(function.name()).get(region.name());
  }

  String print() {
    StringBuilder text = new StringBuilder(TITLE).append('\n');
    places.forEach(
        (function, regions) ->
            regions.forEach(
                (region, place) ->
                    text.append("place ")
                        .append(String.join(" ", function, region, place.label()))
                        .append('\n')));
    return text.append(PROGRAM).append('\n').append(GraphPrinter.print(program)).toString();
  }

  /**
   * The plan of a text.
   *
   * @throws IllegalArgumentException if it is none, or places other regions than the program has
   */
  static Plan parse(String text) {
    Map<String, Map<String, Place>> places = new LinkedHashMap<>();
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
      if (number == 1 ? !line.equals(TITLE) : words.length != 4 || !words[0].equals("place")) {
        throw new IllegalArgumentException(
            "line %d: expected '%s', but found '%s'"
                .formatted(number, number == 1 ? TITLE : "place FUNCTION REGION PLACE", line));
      }
      if (number > 1) {
        places
            .computeIfAbsent(words[1], _ -> new LinkedHashMap<>())
            .put(words[2], Place.of(words[3]));
      }
    }
    Plan plan = of(GraphParser.parse(text.substring(at)), Trace.NONE);
    plan.places()
        .forEach(
            (function, regions) -> {
              Map<String, Place> given = places.getOrDefault(function, Map.of());
              if (!given.keySet().equals(regions.keySet())) {
                throw new IllegalArgumentException(
                    "the plan places %s of %s, whose regions are %s; compile the model with this version"
                        .formatted(given.keySet(), function, regions.keySet()));
              }
              regions.forEach((region, own) -> demandPossible(function, region, own, given));
            });
    return new Plan(plan.program(), plan.functions(), places);
  }

  /** What cannot run in memory or on the controller must not be sent there. */
  private static void demandPossible(
      String function, String region, Place own, Map<String, Place> given) {
    Place place = given.get(region);
    if ((place.inMemory() && !own.inMemory())
        || (place.unit() == Place.Unit.CONTROLLER && own.unit() == Place.Unit.HOST)) {
      throw new IllegalArgumentException(
          "%s of %s cannot run on %s, only on %s"
              .formatted(region, function, place.label(), own.label()));
    }
  }
}
