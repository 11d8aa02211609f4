package dev.tilewright.codegen;

import dev.tilewright.codegen.KernelModule.Intrinsic;
import dev.tilewright.codegen.KernelModule.Language;
import dev.tilewright.codegen.KernelModule.Machine;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.codegen.tile.ExpandMath;
import dev.tilewright.codegen.tile.ExpandNarrow;
import dev.tilewright.codegen.tile.Extension;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.UnrollLoops;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A target with vector registers and caches: a description of the processor is all it needs to add.
 */
public abstract class CpuTarget implements Target {
  private final String name;
  private final MachineModel model;
  private final Language preferred;
  private final Map<String, Machine> machines = new TreeMap<>();

  /**
   * @param model what tiles are chosen for
   * @param preferred what its kernels are written in if nobody says
   * @param machines the processor on each platform that it makes libraries for
   */
  protected CpuTarget(
      String name, MachineModel model, Language preferred, Map<Platform, Machine> machines) {
    this.name = name;
    this.model = model;
    this.preferred = preferred;
    machines.forEach((platform, machine) -> this.machines.put(platform.id(), machine));
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final List<String> platforms() {
    return List.copyOf(machines.keySet());
  }

  /**
   * The same processor on several platforms.
   *
   * @param cpu what LLVM calls it
   * @param intrinsics what the model's extensions are called
   */
  protected static Map<Platform, Machine> on(
      Set<Platform> platforms,
      String cpu,
      List<String> features,
      Map<Extension, Intrinsic> intrinsics) {
    Map<Platform, Machine> machines = new EnumMap<>(Platform.class);
    platforms.forEach(
        platform -> machines.put(platform, platform.machine(cpu, features, intrinsics)));
    return machines;
  }

  /** The processor that every machine of a platform can stand in for. */
  protected static Map<Platform, Machine> onPlainest(Set<Platform> platforms) {
    return onPlainest(platforms, List.of(), Map.of());
  }

  /**
   * That processor with more.
   *
   * @param intrinsics what the model's extensions are called
   */
  protected static Map<Platform, Machine> onPlainest(
      Set<Platform> platforms, List<String> features, Map<Extension, Intrinsic> intrinsics) {
    Map<Platform, Machine> machines = new EnumMap<>(Platform.class);
    platforms.forEach(
        platform ->
            machines.put(platform, platform.machine(platform.plainest(), features, intrinsics)));
    return machines;
  }

  /**
   * The target's passes over the lowered program, in order.
   *
   * @param model the target's
   */
  protected List<TilePass> passes(MachineModel model) {
    return List.of(
        new TilePass("unroll loops", UnrollLoops::apply),
        new TilePass("expand narrow numbers", tiles -> ExpandNarrow.apply(tiles, model)),
        new TilePass("expand functions", tiles -> ExpandMath.apply(tiles, model)));
  }

  @Override
  public final KernelModule compile(Program program, CompileOptions options, Trace trace) {
    Machine machine = machines.get(options.platform());
    if (machine == null) {
      throw new IllegalArgumentException(
          "%s makes libraries for %s, not for %s: choose one of them, or another target"
              .formatted(name, String.join(", ", platforms()), options.platform()));
    }
    CompileOptions chosen =
        options.withLanguage(options.language() == null ? preferred : options.language());
    return new Pipeline(name, model, machine, passes(model)).compile(program, chosen, trace);
  }
}
