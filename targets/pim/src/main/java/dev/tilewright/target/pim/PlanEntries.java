package dev.tilewright.target.pim;

import dev.tilewright.Dim;
import dev.tilewright.codegen.fuse.Fuser;
import dev.tilewright.codegen.fuse.RegionFunction;
import dev.tilewright.codegen.graph.Function;
import dev.tilewright.codegen.graph.Node;
import dev.tilewright.codegen.graph.Op;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.codegen.graph.Sessions;
import dev.tilewright.schema.ModelSchema.EntrySchema;
import dev.tilewright.schema.ModelSchema.Limit;
import dev.tilewright.schema.ModelSchema.Parameter;
import dev.tilewright.schema.ModelSchema.Site;
import java.util.ArrayList;
import java.util.List;

/** What must be known to call a plan's entries. */
final class PlanEntries {
  private final Plan plan;

  private PlanEntries(Plan plan) {
    this.plan = plan;
  }

  /** All entries of the program; those over ragged batches have no steps. */
  static List<EntrySchema> of(Program program, Plan plan) {
    PlanEntries entries = new PlanEntries(plan);
    return program.entries().stream().map(entry -> entries.entry(program, entry)).toList();
  }

  private EntrySchema entry(Program program, Program.EntryPoint entry) {
    Function graph = program.function(entry.function());
    List<Limit> limits = new ArrayList<>();
    List<Site> sites = new ArrayList<>();
    List<String> steps = new ArrayList<>();
    if (entry.ragged().isEmpty()) {
      collect(plan.function(Fuser.function(entry)), limits, sites, steps);
    }
    return new EntrySchema(
        entry.name(),
        entry.function(),
        graph.symbols(),
        graph.inputs().stream()
            .map(input -> new Parameter(((Op.Input) input.op()).name(), input.type()))
            .toList(),
        graph.results().stream().map(Node::type).toList(),
        Dim.ZERO,
        Dim.ZERO,
        limits.stream().distinct().toList(),
        sites,
        steps,
        entry.ragged(),
        Sessions.of(program, entry.function()));
  }

  private void collect(
      RegionFunction function, List<Limit> limits, List<Site> sites, List<String> steps) {
    for (RegionFunction.Limit limit : function.limits()) {
      if (!limit.left().isProvablyAtMost(limit.right())) {
        limits.add(new Limit(limit.left(), limit.right(), Instances.text(limit.origin())));
      }
    }
    function.sites().stream()
        .map(site -> new Site(site.bound(), Instances.text(site.origin())))
        .forEach(sites::add);
    for (RegionFunction.Step step : function.steps()) {
      switch (step) {
        case RegionFunction.Step.Run run -> steps.add(function.name() + "_" + run.region().name());
        case RegionFunction.Step.Call call ->
            collect(plan.function(call.function()), limits, sites, steps);
      }
    }
  }
}
