package dev.tilewright.runtime.weights;

import dev.tilewright.runtime.UnsupportedWeightsException;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.Weights;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** A model in several safetensors files under an index: {@code {"weight_map": {name: file}}}. */
final class ShardedSafetensors {
  static final String INDEX = "model.safetensors.index.json";

  private ShardedSafetensors() {}

  /** Maps every file of the index into the index's arena. */
  static Weights read(Source index) {
    Map<String, String> files = fileByName(index);
    var shards = new LinkedHashMap<String, Map<String, Supplier<WeightTensor>>>();
    var tensors = new LinkedHashMap<String, Supplier<WeightTensor>>();
    files.forEach(
        (name, file) -> {
          var shard = shards.computeIfAbsent(file, f -> readShard(index, f));
          if (!shard.containsKey(name)) {
            throw index.corrupt(
                0,
                "tensor %s is said to be in %s, but that file does not have it"
                    .formatted(name, file));
          }
          tensors.put(name, shard.get(name));
        });
    var joined = PackedLinears.join(index, tensors);
    return new WeightTable(
        index.origin(), Optional.of(index.arena()), index.files(), joined.keySet(), joined);
  }

  private static Map<String, Supplier<WeightTensor>> readShard(Source index, String file) {
    var shard = index.beside(file);
    if (!Safetensors.recognises(shard.bytes())) {
      throw new UnsupportedWeightsException(
          shard.origin() + ", a part of " + index.origin() + ", is no safetensors file");
    }
    return Safetensors.read(shard);
  }

  private static Map<String, String> fileByName(Source index) {
    var files = new LinkedHashMap<String, String>();
    Json.read(
        index,
        0,
        index.bytes().byteSize(),
        json ->
            json.members(
                key -> {
                  if (key.equals("weight_map")) {
                    json.members(name -> files.put(name, json.string()));
                  } else {
                    json.skip();
                  }
                }));
    if (files.isEmpty()) {
      throw index.corrupt(0, "an index with a weight_map from tensor names to files expected");
    }
    return files;
  }
}
