package dev.tilewright.codegen;

import dev.tilewright.schema.ModelSchema.EntrySchema;
import dev.tilewright.schema.ModelSchema.WeightRecipe;
import java.util.List;

/** What a target makes of a program: kernels that are linked, or a plan that ships as it is. */
public sealed interface TargetModule permits KernelModule, PlanModule {
  /** The entries, in the program's order. */
  List<EntrySchema> entries();

  /** The weight table. */
  List<WeightRecipe> weights();
}
