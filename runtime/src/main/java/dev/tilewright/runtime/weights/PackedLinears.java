package dev.tilewright.runtime.weights;

import dev.tilewright.runtime.WeightTensor;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Supplier;

/**
 * Finds GPTQ's and AWQ's matrices in safetensors files: {@code x.qweight} with {@code x.scales},
 * {@code x.qzeros} and {@code x.g_idx} is {@code x.weight}.
 */
final class PackedLinears {
  private static final String WEIGHT = ".qweight";

  /** Where a model says how it is quantised. */
  private static final List<String> CONFIGURATIONS = List.of("config.json", "quantize_config.json");

  private PackedLinears() {}

  /** The tensors, with one in place of all parts of a matrix. */
  static SequencedMap<String, Supplier<WeightTensor>> join(
      Source source, SequencedMap<String, Supplier<WeightTensor>> tensors) {
    SequencedMap<String, Supplier<WeightTensor>> joined = new LinkedHashMap<>(tensors);
    Optional<Integer> added = Optional.empty();
    for (String name : tensors.keySet()) {
      String base = name.substring(0, Math.max(0, name.length() - WEIGHT.length()));
      if (!name.endsWith(WEIGHT)
          || !tensors.containsKey(base + ".scales")
          || tensors.containsKey(base + ".weight")) {
        continue;
      }
      if (added.isEmpty()) {
        added = Optional.of(isSecondForm(source) ? 0 : 1);
      }
      PackedLinear.Parts parts =
          new PackedLinear.Parts(
              base + ".weight",
              joined.remove(name),
              Optional.ofNullable(joined.remove(base + ".qzeros")),
              joined.remove(base + ".scales"),
              Optional.ofNullable(joined.remove(base + ".g_idx")));
      joined.put(parts.name(), new PackedLinear(parts, added.get(), source.arena()));
    }
    return joined;
  }

  /** Whether GPTQ's zeros are what they say. */
  private static boolean isSecondForm(Source source) {
    Map<String, String> said = new LinkedHashMap<>();
    for (String name : CONFIGURATIONS) {
      source
          .besideIfThere(name)
          .ifPresent(
              file ->
                  Json.read(
                      file,
                      0,
                      file.bytes().byteSize(),
                      json ->
                          json.members(
                              key -> {
                                if (key.equals("quantization_config")) {
                                  json.members(inner -> read(json, inner, said));
                                } else {
                                  read(json, key, said);
                                }
                              })));
    }
    return "gptq_v2".equals(said.get("checkpoint_format"));
  }

  private static void read(Json json, String key, Map<String, String> into) throws IOException {
    if (key.equals("checkpoint_format")) {
      into.put(key, json.string());
    } else {
      json.skip();
    }
  }
}
