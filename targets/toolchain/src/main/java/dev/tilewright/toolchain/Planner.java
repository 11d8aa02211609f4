package dev.tilewright.toolchain;

import dev.tilewright.toolchain.LibraryRequest.Part;
import dev.tilewright.toolchain.Plan.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Request to plan.
 *
 * <p>ELF: LLVM text is assembled to bitcode, and lld optimises all of it together and generates the
 * code while it links. Other formats: clang turns each module into an object file, since their lld
 * flavours take no pass pipeline. C goes through clang everywhere.
 */
final class Planner {
  private static final String ARCHIVE = "archive";

  private final LibraryRequest request;
  private final boolean linkTimeCode;
  private final SortedMap<String, String> inputs = new TreeMap<>();
  private final List<Step> steps = new ArrayList<>();

  private Planner(LibraryRequest request, boolean linkTimeCode) {
    this.request = request;
    this.linkTimeCode = linkTimeCode;
  }

  private Planner(LibraryRequest request) {
    this(request, request.machine().format() == ObjectFormat.ELF);
  }

  /** The plan whose result is a static library of one object file for each part, in order. */
  static Plan archive(ObjectFormat format, List<Part> parts) {
    SortedMap<String, Plan> objects = new TreeMap<>();
    List<String> names = new ArrayList<>();
    for (Part part : parts) {
      String name = part.source().name() + ".o";
      Planner planner =
          new Planner(LibraryRequest.of(part.machine(), List.of("any"), part.source()), false);
      objects.put(name, planner.objects());
      names.add(name);
    }
    List<String> arguments = new ArrayList<>();
    arguments.add(
        switch (format) {
          case ELF -> "--format=gnu";
          case MACHO -> "--format=darwin";
          case PE -> "--format=coff";
        });
    // Without times and owners.
    arguments.addAll(List.of("rcsD", ARCHIVE));
    arguments.addAll(names);
    return new Plan(
        new TreeMap<>(),
        objects,
        List.of(),
        Optional.of(new Step(Tool.LLVM_AR, arguments)),
        List.of(ARCHIVE));
  }

  /** The plan whose result is the bytes of the shared library. */
  static Plan library(LibraryRequest request) {
    return library(request, List.of(), LinkCommand.OUTPUT);
  }

  /** The plan whose result is lld's map of the shared library. */
  static Plan map(LibraryRequest request) {
    return library(request, LinkCommand.of(request).mapOptions(), LinkCommand.MAP);
  }

  private static Plan library(LibraryRequest request, List<String> more, String output) {
    Planner planner = new Planner(request);
    List<String> objects = planner.compileAll("-c", ".o");
    SortedMap<String, Plan> parts = new TreeMap<>();
    parts.put(RuntimeSupport.FILE, support(request));
    for (Part part : request.parts()) {
      String file = "part-" + part.source().name();
      parts.put(file, object(LibraryRequest.of(part.machine(), request.exports(), part.source())));
      objects.add(file);
    }
    LinkCommand link = LinkCommand.of(request);
    planner.inputs.put(LinkCommand.EXPORTS, link.exports());
    for (int i = 0; i < request.imports().size(); i++) {
      planner.inputs.put(link.importFile(i), link.importText(request.imports().get(i)));
      planner.steps.addAll(link.importSteps(i));
      objects.add(link.importInput(i));
    }
    List<String> arguments = new ArrayList<>(link.sharedLibrary(objects));
    arguments.addAll(more);
    return new Plan(
        planner.inputs,
        parts,
        planner.steps,
        Optional.of(new Step(Tool.LLD, arguments)),
        List.of(output));
  }

  /**
   * The plan whose result is the assembly text of all sources: first that of the LLVM text, then
   * that of each C source.
   */
  static Plan assembly(LibraryRequest request) {
    Planner planner = new Planner(request);
    List<String> files = planner.compileAll("-S", ".s");
    List<String> bitcode = files.stream().filter(file -> file.endsWith(".bc")).toList();
    List<String> outputs = new ArrayList<>(files);
    outputs.removeAll(bitcode);
    Optional<Step> link = Optional.empty();
    if (!bitcode.isEmpty()) {
      LinkCommand command = LinkCommand.of(request);
      planner.inputs.put(LinkCommand.EXPORTS, command.exports());
      link = Optional.of(new Step(Tool.LLD, command.assembly(bitcode)));
      outputs.addFirst(LinkCommand.ASSEMBLY_OUTPUT);
    }
    return new Plan(planner.inputs, new TreeMap<>(), planner.steps, link, outputs);
  }

  private static Plan support(LibraryRequest request) {
    TargetMachine machine = request.machine();
    Source source = new Source.LlvmText("support", RuntimeSupport.text(machine));
    return object(LibraryRequest.of(machine, List.of("memset"), source));
  }

  /** The plan whose result is the object file of the one source; link-time code on ELF. */
  private static Plan object(LibraryRequest request) {
    return new Planner(request).objects();
  }

  private Plan objects() {
    List<String> objects = compileAll("-c", ".o");
    return new Plan(inputs, new TreeMap<>(), steps, Optional.empty(), objects);
  }

  /**
   * Adds a step for each source; returns the files that the steps write, {@code .bc} for link-time
   * code.
   */
  private List<String> compileAll(String clangAction, String clangSuffix) {
    List<String> outputs = new ArrayList<>();
    for (Source source : request.sources()) {
      String stem = outputs.size() + "-" + source.name();
      outputs.add(
          switch (source) {
            case Source.LlvmText llvm when linkTimeCode -> assemble(stem, llvm);
            case Source.LlvmText llvm -> {
              inputs.put(stem + ".ll", LlvmHeader.complete(llvm, request.machine()));
              yield clang(stem, ClangOptions.irOptions(stem + ".ll"), clangAction, clangSuffix);
            }
            case Source.C c -> {
              inputs.put(stem + ".c", c.text());
              List<String> options = new ArrayList<>(ClangOptions.C);
              options.addAll(c.options());
              options.addAll(List.of("-x", "c", stem + ".c"));
              yield clang(stem, options, clangAction, clangSuffix);
            }
          });
    }
    return outputs;
  }

  private String assemble(String stem, Source.LlvmText llvm) {
    inputs.put(stem + ".ll", LlvmHeader.complete(llvm, request.machine()));
    steps.add(new Step(Tool.LLVM_AS, List.of(stem + ".ll", "-o", stem + ".bc")));
    return stem + ".bc";
  }

  private String clang(String stem, List<String> options, String action, String suffix) {
    List<String> arguments = new ArrayList<>(ClangOptions.of(request.machine()));
    arguments.add("-O" + request.optimization().level());
    arguments.addAll(options);
    arguments.addAll(List.of(action, "-o", stem + suffix));
    steps.add(new Step(Tool.CLANG, arguments));
    return stem + suffix;
  }
}
