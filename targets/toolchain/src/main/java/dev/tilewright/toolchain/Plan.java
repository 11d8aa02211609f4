package dev.tilewright.toolchain;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What will be run for a request, as data: every file name is relative and every input is inline,
 * so the hash of a plan names its result.
 *
 * @param inputs texts by file name
 * @param parts plans whose results become inputs, by file name
 * @param independent steps in any order
 * @param last the step after them; empty if they make the outputs
 * @param outputs the files whose concatenation is the result
 */
record Plan(
    SortedMap<String, String> inputs,
    SortedMap<String, Plan> parts,
    List<Step> independent,
    Optional<Step> last,
    List<String> outputs) {

  /** One run of a tool. */
  record Step(Tool tool, List<String> arguments) {}

  Plan {
    inputs = new TreeMap<>(inputs);
    parts = new TreeMap<>(parts);
    independent = List.copyOf(independent);
    outputs = List.copyOf(outputs);
  }

  /** The hash of this plan done by tools of the given version. */
  String key(String toolsKey) {
    Digest digest = new Digest().add(toolsKey);
    inputs.forEach((file, text) -> digest.add(file).add(text));
    parts.forEach((file, plan) -> digest.add(file).add(plan.key(toolsKey)));
    independent.forEach(step -> digest.add(step.tool().program()).add(step.arguments()));
    digest.add("last");
    last.ifPresent(step -> digest.add(step.tool().program()).add(step.arguments()));
    return digest.add(outputs).hex();
  }
}
