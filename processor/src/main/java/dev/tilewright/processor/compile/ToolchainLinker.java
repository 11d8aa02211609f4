package dev.tilewright.processor.compile;

import dev.tilewright.codegen.CpuProbe;
import dev.tilewright.codegen.KernelModule;
import dev.tilewright.codegen.KernelModule.Machine;
import dev.tilewright.codegen.Platform;
import dev.tilewright.schema.CpuFeature;
import dev.tilewright.toolchain.LibraryRequest;
import dev.tilewright.toolchain.LibraryRequest.Part;
import dev.tilewright.toolchain.LibraryRequest.SystemImport;
import dev.tilewright.toolchain.Source;
import dev.tilewright.toolchain.TargetMachine;
import dev.tilewright.toolchain.Toolchain;
import dev.tilewright.toolchain.ToolchainException;
import dev.tilewright.toolchain.ToolchainOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;

/** Links with the LLVM tools of the toolchain. */
public final class ToolchainLinker implements Linker {
  private final String cache;
  private Toolchain toolchain;

  /**
   * @param cache the folder for tools and libraries; null for the user's own
   */
  public ToolchainLinker(String cache) {
    this.cache = cache;
  }

  @Override
  public byte[] link(String name, Platform platform, KernelModule kernels) {
    try {
      return toolchain().compile(request(platform, kernels)).bytes();
    } catch (ToolchainException e) {
      throw new LinkException(e.getMessage(), e);
    }
  }

  @Override
  public SequencedMap<String, Long> functionSizes(Platform platform, KernelModule kernels) {
    try {
      return toolchain().functionSizes(request(platform, kernels));
    } catch (ToolchainException e) {
      throw new LinkException(e.getMessage(), e);
    }
  }

  private static LibraryRequest request(Platform platform, KernelModule kernels) {
    List<SystemImport> imports =
        CpuProbe.imports(platform).entrySet().stream()
            .map(entry -> new SystemImport(entry.getKey(), entry.getValue()))
            .toList();
    return LibraryRequest.of(machine(kernels.machine()), kernels.exports(), source(kernels, ""))
        .with(List.of(probe(platform, CpuFeature.PROBE)), List.of(CpuFeature.PROBE), imports);
  }

  @Override
  public byte[] archive(String name, Platform platform, List<KernelModule> kernels, String glue) {
    List<Part> parts = new ArrayList<>();
    parts.add(new Part(new Source.C(name, glue), plainest(platform)));
    parts.add(probe(platform, name + "_cpu"));
    for (KernelModule module : kernels) {
      parts.add(
          new Part(source(module, Integer.toString(parts.size())), machine(module.machine())));
    }
    TargetMachine plainest = plainest(platform);
    try {
      return toolchain().archive(plainest.format(), parts);
    } catch (ToolchainException e) {
      throw new LinkException(e.getMessage(), e);
    }
  }

  private static Source source(KernelModule kernels, String number) {
    return switch (kernels.language()) {
      case LLVM -> new Source.LlvmText("kernels" + number, kernels.source());
      case C -> new Source.C("kernels" + number, kernels.source());
    };
  }

  /** The probe under a name. */
  private static Part probe(Platform platform, String symbol) {
    String text = CpuProbe.source().replace(CpuFeature.PROBE, symbol);
    return new Part(new Source.C("cpu", text, List.of("-mgeneral-regs-only")), plainest(platform));
  }

  private static TargetMachine plainest(Platform platform) {
    return machine(platform.machine(platform.plainest(), List.of()));
  }

  private static TargetMachine machine(Machine machine) {
    return new TargetMachine(machine.triple(), machine.cpu(), machine.features());
  }

  private synchronized Toolchain toolchain() {
    if (toolchain == null) {
      toolchain =
          cache == null
              ? Toolchain.open()
              : Toolchain.open(ToolchainOptions.defaults().withCache(Path.of(cache)));
    }
    return toolchain;
  }
}
