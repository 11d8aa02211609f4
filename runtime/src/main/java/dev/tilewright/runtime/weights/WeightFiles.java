package dev.tilewright.runtime.weights;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.tilewright.runtime.UnreadableWeightsException;
import dev.tilewright.runtime.UnsupportedWeightsException;
import dev.tilewright.runtime.Weights;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Opens weights of any known format. */
public final class WeightFiles {
  private static final List<String> MODEL_FILES =
      List.of("model.safetensors", ShardedSafetensors.INDEX, "model.onnx", "onnx/model.onnx");

  /** First bytes of formats that people try, and what to do about them. */
  private static final Map<String, String> FOREIGN =
      Map.of(
          "PK\3\4", "a zip archive, perhaps a PyTorch checkpoint: save it as safetensors",
          "\200\2", "a Python pickle, perhaps a PyTorch checkpoint: save it as safetensors",
          "\211HDF", "an HDF5 file: save it as safetensors",
          "version https://git-lfs", "a Git LFS pointer, not the file itself: run git lfs pull",
          "<", "markup, perhaps an error page of the download: download it again");

  private WeightFiles() {}

  /** {@link Weights#open(Path)}. */
  public static Weights open(Path path) {
    var file = file(path);
    var arena = Source.openArena();
    return closingOnFailure(arena, () -> read(Source.map(file, arena)));
  }

  /**
   * The file that opening a path reads first.
   *
   * @throws UnreadableWeightsException if it is a folder that holds no model
   */
  public static Path file(Path path) {
    return Files.isDirectory(path) ? modelFile(path) : path;
  }

  /** {@link Weights#open(URL)}. */
  public static Weights open(URL url) {
    if (url.getProtocol().equals("file")) {
      try {
        return open(Path.of(url.toURI()));
      } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
        throw new UnreadableWeightsException(url + " names no file: " + e.getMessage(), e);
      }
    }
    try {
      var connection = url.openConnection();
      connection.setUseCaches(false);
      try (var stream = connection.getInputStream()) {
        return open(url.toString(), stream, connection.getContentLengthLong());
      }
    } catch (IOException e) {
      throw new UnreadableWeightsException(url + " cannot be read: " + e, e);
    }
  }

  /** {@link Weights#open(InputStream)}. */
  public static Weights open(InputStream stream) {
    return open("an input stream", stream, -1);
  }

  private static Weights open(String origin, InputStream stream, long expected) {
    var source = Source.copy(origin, stream, expected);
    return closingOnFailure(source.arena(), () -> read(source));
  }

  private static Weights closingOnFailure(Arena arena, Supplier<Weights> reading) {
    boolean done = false;
    try {
      var weights = reading.get();
      done = true;
      return weights;
    } finally {
      if (!done) {
        arena.close();
      }
    }
  }

  private static Weights read(Source source) {
    var bytes = source.bytes();
    if (bytes.byteSize() < 8) {
      throw source.corrupt(
          bytes.byteSize(), "at least 8 bytes expected, the file has " + bytes.byteSize());
    }
    if (Gguf.recognises(bytes)) {
      return Gguf.read(source);
    }
    if (Safetensors.recognises(bytes)) {
      var tensors = PackedLinears.join(source, Safetensors.read(source));
      return new WeightTable(
          source.origin(), Optional.of(source.arena()), source.files(), tensors.keySet(), tensors);
    }
    if (Source.head(bytes, 1)[0] == '{') {
      return ShardedSafetensors.read(source);
    }
    foreign(bytes)
        .ifPresent(
            what -> {
              throw new UnsupportedWeightsException(source.origin() + " is " + what);
            });
    if (Onnx.recognises(bytes)) {
      return Onnx.read(source);
    }
    throw new UnsupportedWeightsException(
        source.origin()
            + " is neither a safetensors file (or its index) nor a GGUF file nor an ONNX model");
  }

  private static Optional<String> foreign(MemorySegment bytes) {
    var start = new String(Source.head(bytes, 32), ISO_8859_1);
    for (var format : FOREIGN.entrySet()) {
      if (start.startsWith(format.getKey())) {
        return Optional.of(format.getValue());
      }
    }
    return Optional.empty();
  }

  private static Path modelFile(Path folder) {
    return MODEL_FILES.stream()
        .map(folder::resolve)
        .filter(Files::exists)
        .findFirst()
        .orElseThrow(
            () ->
                new UnreadableWeightsException(
                    "the folder %s has none of %s; name the file itself"
                        .formatted(folder, MODEL_FILES)));
  }
}
