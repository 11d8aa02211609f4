package dev.tilewright.runtime.bind;

import dev.tilewright.Precision;
import dev.tilewright.runtime.MissingPrecisionException;
import dev.tilewright.runtime.UnsupportedCpuException;
import dev.tilewright.schema.ModelSchema;
import dev.tilewright.schema.ModelSchema.LibrarySchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Chooses among a model's libraries. */
final class LibraryChoice {
  private LibraryChoice() {}

  /**
   * The library of greatest rank that the machine runs, among those of the precision, and of the
   * target if one is asked for.
   *
   * @param precision empty for the model's default
   * @throws MissingPrecisionException if the model was not compiled in the precision
   * @throws UnsupportedCpuException if there is none, naming what each of them lacks here
   */
  static ModelSchema choose(
      List<ModelSchema> schemas,
      CpuFeatures machine,
      Optional<String> target,
      Optional<Precision> precision) {
    Precision wanted = precision.orElse(schemas.getFirst().library().precision());
    List<ModelSchema> precise = new ArrayList<>();
    for (ModelSchema schema : schemas) {
      if (schema.library().precision() == wanted) {
        precise.add(schema);
      }
    }
    if (precise.isEmpty()) {
      throw new MissingPrecisionException(missing(schemas, wanted));
    }
    ModelSchema best = null;
    for (ModelSchema schema : precise) {
      if (obstacle(schema.library(), machine, target).isEmpty()
          && (best == null || schema.library().rank() > best.library().rank())) {
        best = schema;
      }
    }
    if (best == null) {
      throw new UnsupportedCpuException(refusal(precise, machine, target));
    }
    return best;
  }

  private static String missing(List<ModelSchema> schemas, Precision wanted) {
    String model = schemas.getFirst().model();
    String compiled =
        schemas.stream()
            .map(schema -> schema.library().precision().label())
            .distinct()
            .collect(Collectors.joining(", "));
    return model
        + " was not compiled in "
        + wanted
        + ", only in "
        + compiled
        + ". Write @Model(precisions = {Precision."
        + wanted.name()
        + ", ..}) or compile with -Atilewright.precisions="
        + wanted
        + ", or load one of the others (LoadOptions.withPrecision, -Dtilewright.precision)";
  }

  private static Optional<String> obstacle(
      LibrarySchema library, CpuFeatures machine, Optional<String> target) {
    if (target.isPresent() && !target.get().equals(library.target())) {
      return Optional.of("not the target asked for, " + target.get());
    }
    if (!library.platform().equals(machine.platform())) {
      return Optional.of("for another platform");
    }
    List<String> lacking = new ArrayList<>(library.features());
    lacking.removeAll(machine.features());
    return lacking.isEmpty()
        ? Optional.empty()
        : Optional.of("this CPU lacks " + String.join(", ", lacking));
  }

  private static String refusal(
      List<ModelSchema> schemas, CpuFeatures machine, Optional<String> target) {
    String libraries =
        schemas.stream()
            .map(ModelSchema::library)
            .map(
                library ->
                    "\n  "
                        + library.target()
                        + " for "
                        + library.platform()
                        + ": "
                        + obstacle(library, machine, target).orElseThrow())
            .collect(Collectors.joining());
    return "no library of "
        + schemas.getFirst().model()
        + " in "
        + schemas.getFirst().library().precision()
        + " runs on this machine, "
        + machine.platform()
        + " with "
        + String.join(" ", new TreeSet<>(machine.features()))
        + ":"
        + libraries
        + "\n"
        + "Compile the model for a target that fits, for instance portable"
        + " (-Atilewright.targets=...), or ask for one of those above (-Dtilewright.target=...)";
  }
}
