package dev.tilewright.codegen;

import dev.tilewright.schema.ModelSchema.EntrySchema;
import dev.tilewright.schema.ModelSchema.WeightRecipe;
import java.util.List;

/**
 * A program for a device that no library runs on: data which the device's driver carries out.
 *
 * @param plan the text that ships
 * @param entries the entries, whose symbols are their names in the plan
 * @param weights the weight table: tensors as they are, or as expressions make them
 */
public record PlanModule(String plan, List<EntrySchema> entries, List<WeightRecipe> weights)
    implements TargetModule {
  public PlanModule {
    entries = List.copyOf(entries);
    weights = List.copyOf(weights);
  }
}
