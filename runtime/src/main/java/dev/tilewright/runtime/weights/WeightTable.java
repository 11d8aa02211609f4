package dev.tilewright.runtime.weights;

import dev.tilewright.runtime.ClosedWeightsException;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.Weights;
import dev.tilewright.runtime.WeightsInUseException;
import java.lang.foreign.Arena;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Weights by name over memory that an arena owns; every format ends up here. */
public final class WeightTable implements Weights {
  private final String origin;
  private final Optional<Arena> arena;
  private final List<FileStamp> files;
  private final Set<String> names;
  private final Map<String, Supplier<WeightTensor>> tensors;
  private final Map<String, Object> metadata;
  private volatile boolean closed;

  /** A table of a file that says nothing else. */
  WeightTable(
      String origin,
      Optional<Arena> arena,
      List<FileStamp> files,
      Set<String> names,
      Map<String, Supplier<WeightTensor>> tensors) {
    this(origin, arena, files, names, tensors, Map.of());
  }

  /**
   * A table.
   *
   * @param files those that were read so far; may grow
   * @param names the names to list, all of them keys of {@code tensors}
   * @param tensors what each name, listed or not, means; a supplier may throw to say why a tensor
   *     cannot be had
   * @param metadata {@link Weights#metadata}
   */
  WeightTable(
      String origin,
      Optional<Arena> arena,
      List<FileStamp> files,
      Set<String> names,
      Map<String, Supplier<WeightTensor>> tensors,
      Map<String, Object> metadata) {
    this.origin = origin;
    this.arena = arena;
    this.files = files;
    this.names = Collections.unmodifiableSet(new LinkedHashSet<>(names));
    this.tensors = Map.copyOf(tensors);
    this.metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /** A table of tensors whose memory belongs to somebody else. */
  public static WeightTable of(Map<String, WeightTensor> tensors) {
    var suppliers = new LinkedHashMap<String, Supplier<WeightTensor>>();
    tensors.forEach(
        (name, tensor) -> {
          var renamed = tensor.named(name);
          suppliers.put(name, () -> renamed);
        });
    return new WeightTable(
        "a map of tensors", Optional.empty(), List.of(), suppliers.keySet(), suppliers);
  }

  /**
   * The files that were read so far, the first of them that which was opened; empty if none was.
   */
  public List<FileStamp> files() {
    return List.copyOf(files);
  }

  @Override
  public String origin() {
    return origin;
  }

  @Override
  public Set<String> names() {
    checkOpen();
    return names;
  }

  @Override
  public Optional<WeightTensor> find(String name) {
    checkOpen();
    try {
      return Optional.ofNullable(tensors.get(name)).map(tensor -> tensor.get().named(name));
    } catch (IllegalStateException e) {
      checkOpen(); // closed meanwhile by another thread
      throw e;
    }
  }

  @Override
  public Map<String, Object> metadata() {
    checkOpen();
    return metadata;
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    try {
      arena.ifPresent(Arena::close);
    } catch (IllegalStateException e) {
      throw new WeightsInUseException(
          origin + " cannot be closed while native code reads it; close it afterwards");
    }
    closed = true;
  }

  private void checkOpen() {
    if (closed) {
      throw new ClosedWeightsException(origin + " was closed; open it again");
    }
  }

  @Override
  public String toString() {
    return origin + " (" + names.size() + " weights)";
  }
}
