package dev.tilewright.runtime.bind;

import dev.tilewright.runtime.Weights;
import dev.tilewright.runtime.weights.FileStamp;
import dev.tilewright.runtime.weights.WeightFiles;
import dev.tilewright.runtime.weights.WeightTable;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** Where a model's weights come from. */
public sealed interface WeightOrigin {
  /** Weights that the caller opened. */
  record Open(Weights weights) implements WeightOrigin {
    @Override
    public List<FileStamp> files() {
      return stamps(weights);
    }

    @Override
    public String path() {
      List<FileStamp> files = files();
      return files.isEmpty() ? "" : files.getFirst().path();
    }

    @Override
    public <R> R read(Function<Weights, R> reader) {
      return reader.apply(weights);
    }
  }

  /** A path, opened only if it must be read. */
  record At(Path place) implements WeightOrigin {
    @Override
    public List<FileStamp> files() {
      return List.of();
    }

    @Override
    public String path() {
      return FileStamp.path(WeightFiles.file(place));
    }

    @Override
    public <R> R read(Function<Weights, R> reader) {
      try (Weights weights = Weights.open(place)) {
        return reader.apply(weights);
      }
    }
  }

  /** The files that were read so far. */
  List<FileStamp> files();

  /** The file that opening reads first; empty if the weights do not come from files. */
  String path();

  /** Applies a function to the open weights. */
  <R> R read(Function<Weights, R> reader);

  /** The files that open weights were read from so far. */
  static List<FileStamp> stamps(Weights weights) {
    return weights instanceof WeightTable table ? table.files() : List.of();
  }
}
