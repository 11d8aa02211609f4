package dev.tilewright.toolchain;

import dev.tilewright.toolchain.LibraryRequest.SystemImport;
import dev.tilewright.toolchain.Plan.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How lld is called for one object format. No time stamp, build id or path gets into the output.
 */
sealed interface LinkCommand {
  /** The file that lists the exported symbols. */
  String EXPORTS = "exports.txt";

  /** The library. */
  String OUTPUT = "library";

  /** Where lld leaves the assembly text of bitcode. */
  String ASSEMBLY_OUTPUT = OUTPUT + ".lto.s";

  static LinkCommand of(LibraryRequest request) {
    return switch (request.machine().format()) {
      case ELF -> new Elf(request);
      case MACHO -> new MachO(request);
      case PE -> new Pe(request);
    };
  }

  LibraryRequest request();

  /** The content of {@link #EXPORTS}. */
  String exports();

  /** The arguments that link objects to a shared library without undefined symbols. */
  List<String> sharedLibrary(List<String> objects);

  /** The arguments that write the assembly text of bitcode. */
  List<String> assembly(List<String> bitcode);

  /** Where lld leaves the map. */
  String MAP = "map";

  /** The options that make lld write down where everything lies. */
  List<String> mapOptions();

  /** The file that describes what the i-th system library offers. */
  default String importFile(int i) {
    return "system" + i;
  }

  /** The content of that file. */
  String importText(SystemImport wanted);

  /** What makes the linker's input of it. */
  default List<Step> importSteps(int i) {
    return List.of();
  }

  /** The linker's input. */
  default String importInput(int i) {
    return importFile(i);
  }

  private static List<String> join(List<String> first, List<String> second, String... rest) {
    List<String> all = new ArrayList<>(first);
    all.addAll(second);
    all.addAll(List.of(rest));
    return all;
  }

  /** {@code ld.lld}; it also optimises bitcode and generates its code. */
  record Elf(LibraryRequest request) implements LinkCommand {
    @Override
    public String importText(SystemImport wanted) {
      throw new AssertionError("ELF requests have no imports");
    }

    @Override
    public List<String> mapOptions() {
      return List.of("-Map=" + MAP);
    }

    @Override
    public String exports() {
      return request.exports().stream()
          .collect(Collectors.joining("; ", "{ global: ", "; local: *; };\n"));
    }

    @Override
    public List<String> sharedLibrary(List<String> objects) {
      return join(options(), objects, "--start-lib", RuntimeSupport.FILE, "--end-lib");
    }

    @Override
    public List<String> assembly(List<String> bitcode) {
      return join(options(), bitcode, "--lto-emit-asm");
    }

    private List<String> options() {
      TargetMachine machine = request.machine();
      List<String> options =
          new ArrayList<>(
              List.of(
                  "-flavor",
                  "gnu",
                  "-shared",
                  "-s",
                  "--build-id=none",
                  "--no-undefined",
                  "--gc-sections"));
      options.addAll(
          List.of("--threads=1", "-z", "noexecstack", "-z", "now", "--version-script=" + EXPORTS));
      options.add("--lto-O" + request.optimization().level());
      options.add("--lto-newpm-passes=" + request.optimization().pipeline());
      options.add("-plugin-opt=mcpu=" + machine.cpu());
      if (!machine.features().isEmpty()) {
        options.addAll(List.of("-mllvm", "-mattr=" + String.join(",", machine.features())));
      }
      // A loop that clears or copies stays a loop, which is vectorised in place, instead of
      // becoming a call.
      options.addAll(List.of("-mllvm", "-disable-loop-idiom-all", "-o", OUTPUT));
      return options;
    }
  }

  /** {@code ld64.lld}. */
  record MachO(LibraryRequest request) implements LinkCommand {
    private static final Pattern VERSION =
        Pattern.compile("(?:macosx?|darwin)([0-9]+(?:\\.[0-9]+)*)");
    private static final String OLDEST = "11.0";

    /** A text-based stub (TBD version 4), as Apple's SDKs have them. */
    @Override
    public String importText(SystemImport wanted) {
      String target = (request.machine().isArm64() ? "arm64" : "x86_64") + "-macos";
      return """
      --- !tapi-tbd
      tbd-version: 4
      targets: [ %s ]
      install-name: '%s'
      exports:
        - targets: [ %s ]
          symbols: [ %s ]
      ...
      """
          .formatted(
              target,
              wanted.library(),
              target,
              wanted.functions().stream()
                  .map(function -> "_" + function)
                  .collect(Collectors.joining(", ")));
    }

    @Override
    public String importFile(int i) {
      return "system" + i + ".tbd";
    }

    @Override
    public List<String> mapOptions() {
      return List.of("-map", MAP);
    }

    @Override
    public String exports() {
      return request.exports().stream()
          .map(symbol -> "_" + symbol + "\n")
          .collect(Collectors.joining());
    }

    @Override
    public List<String> sharedLibrary(List<String> objects) {
      Matcher version = VERSION.matcher(request.machine().triple());
      String macos = version.find() ? version.group(1) : OLDEST;
      List<String> options =
          List.of(
              "-flavor",
              "darwin",
              "-arch",
              request.machine().isArm64() ? "arm64" : "x86_64",
              "-platform_version",
              "macos",
              macos,
              macos,
              "-dylib",
              "-install_name",
              "@rpath/" + OUTPUT,
              "-undefined",
              "error",
              // Apple's Arm systems load signed code alone; here it is so on both.
              "-adhoc_codesign",
              "-fixup_chains",
              "-dead_strip",
              "-x",
              "-exported_symbols_list",
              EXPORTS,
              "-o",
              OUTPUT);
      return join(options, objects, "--start-lib", RuntimeSupport.FILE, "--end-lib");
    }

    @Override
    public List<String> assembly(List<String> bitcode) {
      throw new AssertionError("Mach-O plans have no bitcode");
    }
  }

  /** {@code lld-link}. */
  record Pe(LibraryRequest request) implements LinkCommand {
    /** A module definition, of which an import library is made. */
    @Override
    public String importText(SystemImport wanted) {
      return wanted.functions().stream()
          .map(function -> "  " + function + "\n")
          .collect(Collectors.joining("", "LIBRARY " + wanted.library() + "\nEXPORTS\n", ""));
    }

    @Override
    public List<Step> importSteps(int i) {
      List<String> arguments =
          List.of(
              "-flavor",
              "link",
              "/lib",
              "/machine:" + machineName(),
              "/def:" + importFile(i),
              "/out:" + importInput(i));
      return List.of(new Step(Tool.LLD, arguments));
    }

    @Override
    public String importInput(int i) {
      return "system" + i + ".lib";
    }

    private String machineName() {
      return request.machine().isArm64() ? "arm64" : "x64";
    }

    @Override
    public List<String> mapOptions() {
      return List.of("/map:" + MAP);
    }

    @Override
    public String exports() {
      return request.exports().stream()
          .map(symbol -> "  " + symbol + "\n")
          .collect(Collectors.joining("", "EXPORTS\n", ""));
    }

    @Override
    public List<String> sharedLibrary(List<String> objects) {
      List<String> options =
          List.of(
              "-flavor",
              "link",
              "/dll",
              "/noentry",
              "/nodefaultlib",
              "/Brepro",
              "/opt:ref",
              "/machine:" + machineName(),
              "/def:" + EXPORTS,
              "/implib:import.lib",
              "/out:" + OUTPUT);
      return join(options, objects, "/start-lib", RuntimeSupport.FILE, "/end-lib");
    }

    @Override
    public List<String> assembly(List<String> bitcode) {
      throw new AssertionError("PE plans have no bitcode");
    }
  }
}
