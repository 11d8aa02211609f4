package dev.tilewright.processor.compile;

import dev.tilewright.codegen.KernelModule;
import dev.tilewright.codegen.KernelModule.Machine;
import dev.tilewright.toolchain.LibraryRequest;
import dev.tilewright.toolchain.Source;
import dev.tilewright.toolchain.TargetMachine;
import dev.tilewright.toolchain.Toolchain;
import dev.tilewright.toolchain.ToolchainException;
import dev.tilewright.toolchain.ToolchainOptions;
import java.nio.file.Path;

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
  public byte[] link(String name, KernelModule kernels) {
    Machine machine = kernels.machine();
    Source source =
        switch (kernels.language()) {
          case LLVM -> new Source.LlvmText("kernels", kernels.source());
          case C -> new Source.C("kernels", kernels.source());
        };
    try {
      return toolchain()
          .compile(
              LibraryRequest.of(
                  new TargetMachine(machine.triple(), machine.cpu(), machine.features()),
                  kernels.exports(),
                  source))
          .bytes();
    } catch (ToolchainException e) {
      throw new LinkException(e.getMessage(), e);
    }
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
