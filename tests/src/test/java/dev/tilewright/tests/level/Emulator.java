package dev.tilewright.tests.level;

import dev.tilewright.Precision;
import dev.tilewright.codegen.CompileOptions;
import dev.tilewright.codegen.KernelModule;
import dev.tilewright.codegen.Platform;
import dev.tilewright.codegen.Target;
import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.op.WeightSource;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.schema.ModelSchema.EntrySchema;
import dev.tilewright.toolchain.LibraryRequest;
import dev.tilewright.toolchain.Optimization;
import dev.tilewright.toolchain.Source;
import dev.tilewright.toolchain.Toolchain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Kernels of another processor, run by one worker under QEMU's user-mode emulation. No system
 * library of that processor is needed: the library itself is the program. Its entry point maps the
 * standard input, an image of the call's memory, at the address that the image was made for, calls
 * the kernel, and writes the image to the standard output.
 */
public final class Emulator implements AutoCloseable {
  private static final Toolchain TOOLCHAIN = Toolchain.open();
  private static final long BASE = 0x2_0000_0000L;
  private static final long MOST_BYTES = 1L << 28;

  private final String name;
  private final String cpu;
  private final Platform platform;
  private final KernelModule module;
  private final Path folder;
  private final Arena arena = Arena.ofShared();
  private List<String> options = List.of();
  private final MemorySegment image = arena.allocate(MOST_BYTES, 1 << 16);

  private Emulator(String name, String cpu, Platform platform, KernelModule module) {
    this.name = name;
    this.cpu = cpu;
    this.platform = platform;
    this.module = module;
    try {
      folder = Files.createTempDirectory("tilewright-emulator");
      Files.write(program(), link());
      if (!program().toFile().setExecutable(true)) {
        throw new IllegalStateException(program() + " cannot be made executable");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether QEMU is there for a platform. */
  public static boolean runs(Platform platform) {
    return Path.of("/").getFileSystem().supportedFileAttributeViews().contains("unix")
        && List.of(System.getenv().getOrDefault("PATH", "").split(":")).stream()
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, command(platform))));
  }

  private static String command(Platform platform) {
    return "qemu-" + platform.id().substring(platform.id().indexOf('-') + 1);
  }

  /**
   * Compiles for a target.
   *
   * @param cpu the name that QEMU has for the processor
   */
  public static Emulator compile(
      Program program, String targetName, Precision precision, Platform platform, String cpu) {
    Target target = NativeRunner.target(targetName);
    CompileOptions options = CompileOptions.of(platform.id()).withPrecision(precision);
    return new Emulator(
        targetName + " on " + cpu,
        cpu,
        platform,
        (KernelModule) target.compile(program, options, Trace.NONE));
  }

  /** Calls an entry. */
  public List<HostTensor> run(
      String entryName, List<HostTensor> inputs, WeightSource weights, Map<String, Long> sizes) {
    EntrySchema entry =
        module.entries().stream().filter(e -> e.name().equals(entryName)).findFirst().orElseThrow();
    try {
      SegmentAllocator memory = SegmentAllocator.slicingAllocator(image);
      MemorySegment head = memory.allocate(ValueLayout.JAVA_LONG, 2);
      CallMemory call =
          new CallMemory(memory, this::address).fill(module, entry, inputs, weights, sizes, 1);
      head.setAtIndex(ValueLayout.JAVA_LONG, 0, module.exports().indexOf(entry.symbol()));
      head.setAtIndex(ValueLayout.JAVA_LONG, 1, address(call.frame()));
      MemorySegment used = image.asSlice(0, address(memory.allocate(1)) - BASE);
      emulate(used);
      List<HostTensor> results = call.results(entryName + ", " + this);
      used.fill((byte) 0);
      return results;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * How many instructions a call takes, start and end of the program included.
   *
   * @param sizes of a small call: QEMU writes a line for each
   */
  long instructions(
      String entryName, List<HostTensor> inputs, WeightSource weights, Map<String, Long> sizes) {
    Path log = folder.resolve("log");
    options = List.of("-singlestep", "-d", "exec,nochain", "-D", log.toString());
    try {
      run(entryName, inputs, weights, sizes);
      try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
        return lines.filter(line -> line.startsWith("Trace")).count();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      options = List.of();
    }
  }

  /** Where the kernels see a segment of the image. */
  private long address(MemorySegment segment) {
    return BASE + segment.address() - image.address();
  }

  private void emulate(MemorySegment used) throws IOException {
    Path before = folder.resolve("before");
    Path after = folder.resolve("after");
    try (FileChannel channel =
        FileChannel.open(
            before,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = used.asByteBuffer();
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
    Path errors = folder.resolve("errors");
    Process process =
        new ProcessBuilder(
                Stream.of(
                        List.of(command(platform), "-cpu", cpu),
                        options,
                        List.of(program().toString()))
                    .flatMap(List::stream)
                    .toList())
            .redirectInput(before.toFile())
            .redirectOutput(after.toFile())
            .redirectError(errors.toFile())
            .start();
    int status;
    try {
      status = process.waitFor();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw new IllegalStateException(e);
    }
    if (status != 0) {
      throw new IllegalStateException(
          this + " ended with " + status + ": " + Files.readString(errors));
    }
    used.copyFrom(MemorySegment.ofArray(Files.readAllBytes(after)));
  }

  private Path program() {
    return folder.resolve("program");
  }

  private byte[] link() {
    return TOOLCHAIN
        .compile(
            new LibraryRequest(
                List.of(NativeRunner.source(module), new Source.C("start", start())),
                NativeRunner.machine(module),
                // Alone, so that kernels are bound when the program is linked: nobody loads it.
                List.of("_start"),
                Optimization.O3))
        .bytes();
  }

  /** The program's entry point. */
  private String start() {
    StringBuilder declarations = new StringBuilder();
    StringBuilder cases = new StringBuilder();
    for (int i = 0; i < module.exports().size(); i++) {
      String symbol = module.exports().get(i);
      declarations.append("void ").append(symbol).append("(long *, long, long);\n");
      cases.append("    case %d: %s((long *)image[1], 0, 1); break;\n".formatted(i, symbol));
    }
    try (var text = Emulator.class.getResourceAsStream("start.c")) {
      return new String(text.readAllBytes(), StandardCharsets.UTF_8)
          .replace("DECLARATIONS", declarations)
          .replace("CASES", cases)
          .replace("BASE", BASE + "L");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    arena.close();
    try (var files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
