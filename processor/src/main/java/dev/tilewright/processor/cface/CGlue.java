package dev.tilewright.processor.cface;

import dev.tilewright.Dim;
import dev.tilewright.schema.CpuFeature;
import dev.tilewright.schema.ModelSchema.EntrySchema;
import dev.tilewright.schema.ModelSchema.LibrarySchema;
import dev.tilewright.schema.RaggedAxes;
import dev.tilewright.schema.WeightImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The C text of what a header declares, for the plainest processor of a platform: the table of
 * variants, the choice, and for each entry how its frame is filled.
 */
final class CGlue {
  private final String name;
  private final List<CVariant> variants;
  private final StringBuilder out = new StringBuilder();

  CGlue(String name, List<CVariant> variants) {
    this.name = name;
    this.variants = variants;
  }

  String text() {
    try (InputStream text = CGlue.class.getResourceAsStream("glue.c")) {
      String shared = new String(text.readAllBytes(), StandardCharsets.UTF_8);
      variants.forEach(this::memory);
      table();
      String table = out.toString();
      out.setLength(0);
      entries().forEach(this::entry);
      return shared
          .replace("@TABLE@\n", table)
          .replace("@ENTRIES@\n", out)
          .replace("@COUNT@", Integer.toString(entries().size()))
          .replace("@MAGIC@", Long.toHexString(WeightImage.MAGIC))
          .replace("@NAME@", name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<EntrySchema> entries() {
    return variants.getFirst().schema().entries();
  }

  /** The functions that give an entry's memory for the values s of its symbols. */
  private void memory(CVariant variant) {
    for (EntrySchema entry : variant.schema().entries()) {
      String id = variant.suffix() + "_" + entry.name();
      out.append("void %s(i64 *, i64, i64);\n".formatted(variant.symbol(entry.symbol())));
      out.append(bytes("arena_" + id, entry, entry.arenaBytes()));
      out.append(bytes("scratch_" + id, entry, entry.scratchBytes()));
    }
  }

  private static String bytes(String function, EntrySchema entry, Dim bytes) {
    return "static i64 %s(const i64 *s) { (void)s; return %s; }\n"
        .formatted(function, expression(entry, bytes));
  }

  /** A polynomial of extents, which are positive, so that C's division floors as its own does. */
  private static String expression(EntrySchema entry, Dim dim) {
    Map<String, Dim> places =
        entry.symbols().stream()
            .collect(
                Collectors.toMap(
                    symbol -> symbol,
                    symbol -> Dim.symbol("s" + entry.symbols().indexOf(symbol) + "_")));
    return dim.substitute(places).toString().replaceAll("s([0-9]+)_", "s[$1]");
  }

  private void table() {
    out.append("static const struct @NAME@_variant variants[] = {\n");
    for (CVariant variant : variants) {
      LibrarySchema library = variant.schema().library();
      String entries =
          entries().stream()
              .map(
                  entry ->
                      "{%s, arena_%s, scratch_%s}"
                          .formatted(
                              variant.symbol(entry.symbol()),
                              variant.suffix() + "_" + entry.name(),
                              variant.suffix() + "_" + entry.name()))
              .collect(Collectors.joining(",\n    "));
      out.append(
          "  {\"%s\", \"%s\", %dull, %d, %d, {%s},\n   {%s}},\n"
              .formatted(
                  library.target(),
                  library.precision(),
                  CpuFeature.bits(library.features()),
                  library.rank(),
                  variant.schema().weights().size(),
                  words(WeightImage.digest(variant.schema().weights())),
                  entries));
    }
    out.append("};\nenum { VARIANTS = %d };\n\n".formatted(variants.size()));
  }

  private static String words(long[] digest) {
    List<String> words = new ArrayList<>();
    for (long word : digest) {
      words.add("0x" + Long.toHexString(word) + "ull");
    }
    return String.join(", ", words);
  }

  private void entry(EntrySchema entry) {
    CSignature signature = new CSignature(entry);
    int number = entries().indexOf(entry);
    List<String> symbols = entry.symbols();
    String sizes = String.join("", signature.sizes().stream().map(size -> ", " + size).toList());
    String sizeNames =
        String.join("", signature.sizeNames().stream().map(size -> ", " + size).toList());
    String tensors = String.join(", ", signature.tensors());
    String arguments = sizeNames + ", " + String.join(", ", signature.tensorNames());
    out.append("static int %s_sizes(i64 *s%s) {\n  (void)s;\n".formatted(entry.name(), sizes));
    entry.ragged().ifPresent(axes -> ragged(entry, axes));
    for (int i = 0; i < symbols.size(); i++) {
      if (!signature.isLength(symbols.get(i))) {
        out.append("  s[%d] = %s;\n".formatted(i, signature.symbol(symbols.get(i))));
      }
      out.append("  if (s[%d] < 1) return 0;\n".formatted(i));
    }
    entry
        .limits()
        .forEach(
            limit ->
                out.append(
                    "  if (%s > %s) return 0;\n"
                        .formatted(
                            expression(entry, limit.left()), expression(entry, limit.right()))));
    out.append("  return 1;\n}\n\n");
    String batch =
        entry.ragged().map(axes -> "s[" + symbols.indexOf(axes.batch()) + "]").orElse("0");
    int words = symbols.size() + entry.inputs().size() + entry.results().size() + 1;
    out.append(
        ENTRY
            .replace("@SIZE_NAMES@", sizeNames)
            .replace("@SIZES@", sizes)
            .replace("@TENSORS@", tensors)
            .replace("@ARGUMENTS@", arguments)
            .replace("@ENTRY@", entry.name())
            .replace("@NUMBER@", Integer.toString(number))
            .replace("@SYMBOLS@", Integer.toString(symbols.size()))
            .replace("@WORDS@", Integer.toString(words))
            .replace("@BATCH@", batch)
            .replace("@FILL@", fill(entry, signature)));
  }

  /** Works out the longest sequence and all of them together. */
  private void ragged(EntrySchema entry, RaggedAxes axes) {
    int longest = entry.symbols().indexOf(axes.length());
    int total = entry.symbols().indexOf(axes.total().toString());
    out.append(
        """
          s[@LONGEST@] = s[@TOTAL@] = 0;
          for (i64 i = 0; i < @BATCH@; i++) {
            if (@LENGTHS@[i] < 1) return 0;
            if (@LENGTHS@[i] > s[@LONGEST@]) s[@LONGEST@] = @LENGTHS@[i];
            s[@TOTAL@] += @LENGTHS@[i];
          }
          if (s[@TOTAL@] > 0x7fffffff) return 0;
        """
            .replace("@LONGEST@", Integer.toString(longest))
            .replace("@TOTAL@", Integer.toString(total))
            .replace("@BATCH@", new CSignature(entry).symbol(axes.batch()))
            .replace("@LENGTHS@", CSignature.lengths(axes)));
  }

  private static String fill(EntrySchema entry, CSignature signature) {
    StringBuilder fill = new StringBuilder();
    List<String> names = signature.tensorNames();
    for (int i = 0; i < names.size(); i++) {
      if (i == entry.inputs().size()) {
        entry
            .ragged()
            .ifPresent(
                axes ->
                    fill.append(
                        "  *word++ = ragged(&call, %s, %s);\n"
                            .formatted(signature.symbol(axes.batch()), CSignature.lengths(axes))));
      }
      fill.append("  *word++ = (i64)%s;\n".formatted(names.get(i)));
    }
    return fill.toString();
  }

  private static final String ENTRY =
      """
      i64 @NAME@_@ENTRY@_peak_bytes(const @NAME@_variant *variant @SIZES@, i64 workers) {
        i64 s[@SYMBOLS@ + 1];
        if (workers < 1 || !@ENTRY@_sizes(s @SIZE_NAMES@)) return -1;
        return plan(variant, @NUMBER@, s, @WORDS@, @BATCH@, workers).bytes;
      }

      int @NAME@_@ENTRY@_prepare(const @NAME@_variant *variant, const void *weights, void *workspace,
          i64 workers @SIZES@, @TENSORS@) {
        i64 s[@SYMBOLS@ + 1];
        if (workers < 1 || !@ENTRY@_sizes(s @SIZE_NAMES@)) return BAD_SIZE;
        if (!fits(variant, weights)) return BAD_WEIGHTS;
        places call = plan(variant, @NUMBER@, s, @WORDS@, @BATCH@, workers);
        i64 *word = begin(variant, @NUMBER@, &call, weights, workspace, workers);
        for (int i = 0; i < @SYMBOLS@; i++) *word++ = s[i];
      @FILL@  return OK;
      }

      int @NAME@_@ENTRY@(const @NAME@_variant *variant, const void *weights, void *workspace @SIZES@, @TENSORS@) {
        int status = @NAME@_@ENTRY@_prepare(variant, weights, workspace, 1 @ARGUMENTS@);
        if (status != OK) return status;
        @NAME@_work(workspace, 0);
        return @NAME@_finish(workspace);
      }

      """;
}
