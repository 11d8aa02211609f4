package dev.tilewright.processor.cface;

import dev.tilewright.schema.ModelSchema;
import dev.tilewright.schema.ModelSchema.EntrySchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The text of a model's header. */
final class CHeader {
  private final String name;
  private final ModelSchema schema;

  CHeader(String name, ModelSchema schema) {
    this.name = name;
    this.schema = schema;
  }

  String text() {
    StringBuilder entries = new StringBuilder();
    for (EntrySchema entry : schema.entries()) {
      entries.append(entry(entry));
    }
    return HEADER
        .replace("@ENTRIES@", entries.toString().indent(0).stripTrailing())
        .replace("@MODEL@", schema.model())
        .replace("@UPPER@", name.toUpperCase(Locale.ROOT))
        .replace("@NAME@", name);
  }

  private String entry(EntrySchema entry) {
    CSignature signature = new CSignature(entry);
    StringBuilder limits = new StringBuilder();
    entry
        .limits()
        .forEach(limit -> limits.append("\n   " + limit.left() + " <= " + limit.right() + "."));
    return ENTRY
        .replace("@TENSORS@", String.join("\n     ", signature.comments()))
        .replace(
            "@LENGTHS@",
            entry
                .ragged()
                .map(
                    axes ->
                        "\n   %s sequences of the lengths %s."
                            .formatted(signature.symbol(axes.batch()), CSignature.lengths(axes)))
                .orElse(""))
        .replace("@LIMITS@", limits)
        .replace("@SIZES@", parameters(signature.sizes(), "int64_t workers"))
        .replace("@ARGUMENTS@", parameters(signature.sizes(), signature.tensors()))
        .replace("@ENTRY@", entry.name());
  }

  private static String parameters(List<String> sizes, String more) {
    return parameters(sizes, List.of(more));
  }

  private static String parameters(List<String> sizes, List<String> more) {
    List<String> all = new ArrayList<>(sizes);
    all.addAll(more);
    return String.join(", ", all);
  }

  private static final String ENTRY =
      """

      /* @ENTRY@
           @TENSORS@@LENGTHS@@LIMITS@ */

      /* Bytes of workspace that a call takes, tensors and weights not counted; -1 if it is refused. */
      int64_t @NAME@_@ENTRY@_peak_bytes(const @NAME@_variant *variant, @SIZES@);

      /* Calls the entry on this thread. Answers @UPPER@_OK or why not. */
      int @NAME@_@ENTRY@(const @NAME@_variant *variant, const void *weights, void *workspace, @ARGUMENTS@);

      /* The same on several threads: prepare on one of them, then @NAME@_work on each with its number,
         then @NAME@_finish when all of them are through. */
      int @NAME@_@ENTRY@_prepare(const @NAME@_variant *variant, const void *weights, void *workspace,
          int64_t workers, @ARGUMENTS@);
      """;

  private static final String HEADER =
      """
      /* @MODEL@, compiled by Tilewright; do not edit. */
      #ifndef @UPPER@_H
      #define @UPPER@_H
      #include <stdint.h>
      #ifdef __cplusplus
      extern "C" {
      #endif

      /* What calls answer. */
      enum {
        @UPPER@_OK = 0,
        @UPPER@_BAD_SIZE = 1,    /* an extent is below 1 or above its limit */
        @UPPER@_BAD_INDEX = 2,   /* a tensor of indices has one outside of its table */
        @UPPER@_BAD_WEIGHTS = 3  /* the image of weights is of another variant or model */
      };

      /* The kernels of one target in one precision. */
      typedef struct @NAME@_variant @NAME@_variant;

      /* The best variant that this CPU runs, of those of the target and of the precision that are
         asked for, each by its name, or 0 for any; any precision is the model's first. 0 if there is
         none. Never a variant that the CPU does not run. */
      const @NAME@_variant *@NAME@_choose(const char *target, const char *precision);

      /* Such as avx2 and float32. */
      const char *@NAME@_target(const @NAME@_variant *variant);
      const char *@NAME@_precision(const @NAME@_variant *variant);

      /* Whether these bytes, at an address that is a multiple of 64, are weights for the variant.
         dev.tilewright.runtime.PackWeights writes them to a file, to be read or mapped. */
      int @NAME@_weights_fit(const @NAME@_variant *variant, const void *weights, int64_t bytes);

      /* Does one worker's part of a call that was prepared; returns when all of it is done. */
      void @NAME@_work(void *workspace, int64_t worker);

      /* Answers @UPPER@_OK or @UPPER@_BAD_INDEX. */
      int @NAME@_finish(const void *workspace);

      /* The frame of a prepared call, for kernels of a library that was loaded by hand. */
      int64_t *@NAME@_frame(void *workspace);

      /* A workspace is memory at a multiple of 64, for one call at a time; it need not be cleared. */
      @ENTRIES@

      #ifdef __cplusplus
      }
      #endif
      #endif
      """;
}
