package dev.tilewright.codegen;

import dev.tilewright.codegen.tile.Extension;
import dev.tilewright.schema.ModelSchema.EntrySchema;
import dev.tilewright.schema.ModelSchema.WeightRecipe;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the compiler makes of a program for one target: the source of a library, and what must be
 * known to call it.
 *
 * @param source the text
 * @param language what the text is written in
 * @param machine what it is to be compiled for
 * @param entries the entries, whose symbols the library exports
 * @param weights the weight table
 */
public record KernelModule(
    String source,
    Language language,
    Machine machine,
    List<EntrySchema> entries,
    List<WeightRecipe> weights)
    implements TargetModule {
  /** The languages that kernels are written in. */
  public enum Language {
    LLVM,
    C
  }

  /**
   * A processor, in LLVM's words.
   *
   * @param triple such as {@code x86_64-unknown-linux-gnu}
   * @param dataLayout LLVM's data layout of the triple
   * @param cpu such as {@code x86-64-v4}
   * @param features such as {@code +avx512bf16}
   * @param intrinsics what the machine model's extensions are called
   */
  public record Machine(
      String triple,
      String dataLayout,
      String cpu,
      List<String> features,
      Map<Extension, Intrinsic> intrinsics) {
    public Machine {
      features = List.copyOf(features);
      intrinsics = Map.copyOf(intrinsics);
    }

    /** A machine without extensions. */
    public Machine(String triple, String dataLayout, String cpu, List<String> features) {
      this(triple, dataLayout, cpu, features, Map.of());
    }
  }

  /**
   * How an extension is called on whole vectors: with addend, left and right for a dot product. An
   * operand of bf16 pairs is a vector of twice as many bf16 numbers, one of bytes a vector of
   * words.
   *
   * @param llvm the function in LLVM's text, an intrinsic one unless it is defined
   * @param c the function in C; one that converts and is not defined takes the type as well
   * @param llvmDefinition what defines the function in LLVM's text, to be inlined; it may use the
   *     group of attributes {@code #1}. Empty if LLVM knows it
   * @param cDefinition what defines it in C, over the types of the prelude: {@code vf}, {@code vi}
   *     and their like. Empty if clang knows it
   */
  public record Intrinsic(String llvm, String c, String llvmDefinition, String cDefinition) {
    /** Of functions that LLVM and clang know. */
    public Intrinsic(String llvm, String c) {
      this(llvm, c, "", "");
    }
  }

  public KernelModule {
    entries = List.copyOf(entries);
    weights = List.copyOf(weights);
  }

  /**
   * The same kernels under other symbols, so that several modules can lie in one library.
   *
   * @param naming gives the new name of an entry's symbol
   */
  public KernelModule withSymbols(UnaryOperator<String> naming) {
    String renamed = source;
    for (EntrySchema entry : entries) {
      renamed =
          renamed.replaceAll(
              "\\b" + Pattern.quote(entry.symbol()) + "\\b",
              Matcher.quoteReplacement(naming.apply(entry.symbol())));
    }
    List<EntrySchema> others =
        entries.stream().map(entry -> entry.withSymbol(naming.apply(entry.symbol()))).toList();
    return new KernelModule(renamed, language, machine, others, weights);
  }

  /** The symbols that the library must export. */
  public List<String> exports() {
    return entries.stream().map(EntrySchema::symbol).toList();
  }
}
