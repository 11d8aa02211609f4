package dev.tilewright.toolchain;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Compiles LLVM text and C to libraries with the tools of {@code org.bytedeco:llvm}, each run as a
 * process.
 *
 * <pre>{@code
 * Toolchain toolchain = Toolchain.open();
 * TargetMachine machine = new TargetMachine("x86_64-unknown-linux-gnu", "x86-64-v4", List.of("+avx512bf16"));
 * CompiledLibrary library =
 *     toolchain.compile(LibraryRequest.of(machine, List.of("embed"), new Source.LlvmText("kernels", text)));
 * Files.write(path, library.bytes());
 * }</pre>
 *
 * <p>Libraries stand alone: they export what the request names, need no other library, and the same
 * request gives the same bytes on every host. All methods may be called from several threads.
 */
public final class Toolchain {
  private static final int LIBRARY_LIMIT = 1 << 30;

  private final ToolchainOptions options;
  private final ToolInstallation tools;
  private final ToolRunner runner;
  private final ResultCache results;
  private final ConcurrentHashMap<String, byte[]> knownParts = new ConcurrentHashMap<>();

  private Toolchain(ToolchainOptions options) {
    this.options = options;
    HostPlatform host = HostPlatform.current();
    ToolArchive archive = ToolArchive.read(ToolJar.find(options.loader(), host), host);
    this.tools = new ToolInstallation(archive, options.cache(), options.listener());
    this.runner = new ToolRunner(tools, options.timeout(), options.listener());
    this.results = new ResultCache(options.cache(), options.resultBytes(), options.listener());
  }

  /**
   * A toolchain with {@link ToolchainOptions#defaults()}. Nothing is extracted yet.
   *
   * @throws ToolchainMissingException if the jar with the tools for this host is not on the class
   *     path
   */
  public static Toolchain open() {
    return open(ToolchainOptions.defaults());
  }

  /**
   * A toolchain with a cache folder of its own.
   *
   * @throws ToolchainMissingException if the jar with the tools for this host is not on the class
   *     path
   */
  public static Toolchain open(Path cache) {
    return open(ToolchainOptions.defaults().withCache(cache));
  }

  /**
   * A toolchain with options.
   *
   * @throws ToolchainMissingException if the jar with the tools for this host is not on the class
   *     path
   */
  public static Toolchain open(ToolchainOptions options) {
    WorkDirectory.sweep(options.cache(), options.listener());
    return new Toolchain(options);
  }

  /**
   * Compiles and links a shared library.
   *
   * @throws IllegalArgumentException if a module of LLVM text is for another machine
   * @throws ToolFailedException if the sources do not compile or leave a symbol undefined
   * @throws ToolchainException if the tools cannot be extracted or run, or the thread is
   *     interrupted
   */
  public CompiledLibrary compile(LibraryRequest request) {
    return carryOut(Planner.library(request));
  }

  /**
   * Compiles several libraries side by side; the results are in the order of the requests.
   *
   * @throws ToolchainException as {@link #compile}
   */
  public List<CompiledLibrary> compileAll(List<LibraryRequest> requests) {
    return requests.isEmpty() ? List.of() : Parallel.map(requests, this::compile);
  }

  /**
   * Compiles objects and puts them into a static library. What LLVM itself may call (copying and
   * filling memory) is left to the C library of the program.
   *
   * @param format of all the machines
   * @param parts with different names
   * @throws ToolchainException as {@link #compile}
   */
  public byte[] archive(ObjectFormat format, List<LibraryRequest.Part> parts) {
    return carryOut(Planner.archive(format, parts)).bytes();
  }

  /**
   * The assembly text of the code that {@link #compile} would generate for the same request.
   *
   * @throws ToolchainException as {@link #compile}
   */
  public String assembly(LibraryRequest request) {
    return new String(carryOut(Planner.assembly(request)).bytes(), StandardCharsets.UTF_8);
  }

  /**
   * Runs a tool on one input and returns what it prints, such as {@code inspect(Tool.LLVM_OBJDUMP,
   * bytes, "-d")}. The input file comes after the options.
   *
   * @throws ToolchainException as {@link #compile}
   */
  public String inspect(Tool tool, byte[] input, String... toolOptions) {
    try (WorkDirectory work = WorkDirectory.create(options.cache())) {
      work.write("input", input);
      return runner
          .run(tool, Stream.concat(Arrays.stream(toolOptions), Stream.of("input")).toList(), work)
          .stdout();
    }
  }

  /**
   * The bytes of code of each function in the library that {@link #compile} makes of the request,
   * by symbol, in the order of the library.
   *
   * @throws ToolchainException as {@link #compile}
   */
  public SequencedMap<String, Long> functionSizes(LibraryRequest request) {
    String map = new String(carryOut(Planner.map(request)).bytes(), StandardCharsets.UTF_8);
    return LinkMap.functions(request.machine().format(), map);
  }

  /**
   * Runs a tool on files in a folder of its own, such as the linker to make a program.
   *
   * @param files the content of each by its name
   * @param output the file that the tool writes
   * @return what it wrote
   * @throws ToolchainException as {@link #compile}
   */
  public byte[] run(Tool tool, Map<String, byte[]> files, String output, List<String> arguments) {
    try (WorkDirectory work = WorkDirectory.create(options.cache())) {
      files.forEach(work::write);
      runner.run(tool, arguments, work);
      return work.read(output, LIBRARY_LIMIT);
    }
  }

  /** Identifies the tools by content; part of every key of the result cache. */
  public String version() {
    return tools.key();
  }

  private CompiledLibrary carryOut(Plan plan) {
    String key = plan.key(tools.key());
    Optional<CompiledLibrary> known = results.get(key);
    if (known.isPresent()) {
      return known.get();
    }
    CompiledLibrary made = make(plan);
    results.put(key, made);
    return made;
  }

  private CompiledLibrary make(Plan plan) {
    try (WorkDirectory work = WorkDirectory.create(options.cache())) {
      plan.inputs()
          .forEach((file, text) -> work.write(file, text.getBytes(StandardCharsets.UTF_8)));
      List<Supplier<String>> parts = new ArrayList<>();
      plan.independent().forEach(step -> parts.add(() -> run(step, work)));
      plan.parts().forEach((file, part) -> parts.add(() -> provide(file, part, work)));
      List<String> logs = new ArrayList<>(Parallel.map(parts, Supplier::get));
      plan.last().ifPresent(step -> logs.add(run(step, work)));
      logs.removeIf(String::isEmpty);
      ByteArrayOutputStream result = new ByteArrayOutputStream();
      plan.outputs().forEach(file -> result.writeBytes(work.read(file, LIBRARY_LIMIT)));
      return new CompiledLibrary(result.toByteArray(), String.join("\n", logs), false);
    }
  }

  private String run(Plan.Step step, WorkDirectory work) {
    return runner.run(step.tool(), step.arguments(), work).log();
  }

  // Parts depend on little, so one of a kind is kept even if the result cache is off.
  private String provide(String file, Plan part, WorkDirectory work) {
    byte[] object = knownParts.computeIfAbsent(part.key(tools.key()), _ -> carryOut(part).bytes());
    work.write(file, object);
    return "";
  }
}
