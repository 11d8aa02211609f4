package dev.tilewright.bench.mode;

import dev.tilewright.Tensor;
import dev.tilewright.bench.model.Kernels;
import dev.tilewright.bench.model.RandomWeights;
import dev.tilewright.bench.peer.Precision;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Calls of {@link Kernels}, for JMH. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class KernelBench {
  static final int NORM_ROWS = 256;
  static final int ACTIVATION_ROWS = 64;
  static final int TOKENS = 512;

  /** What products are computed in. */
  @Param("FP32")
  public Precision precision;

  /** Threads of a call. */
  @Param("1")
  public int workers;

  private Kernels kernels;
  private Tensor few;
  private Tensor many;
  private Tensor narrow;
  private Tensor wide;
  private Tensor norms;
  private Tensor activations;

  @Setup
  public void load() {
    kernels =
        Tilewright.load(
            Kernels.class,
            RandomWeights.kernels(),
            LoadOptions.defaults().withWorkers(workers).withPrecision(precision.declared()));
    few = tensor(8, 768);
    many = tensor(128, 768);
    narrow = tensor(1, TOKENS, 384);
    wide = tensor(1, TOKENS, 768);
    norms = tensor(NORM_ROWS, 384);
    activations = tensor(ACTIVATION_ROWS, 1536);
  }

  private static Tensor tensor(long... shape) {
    int count = 1;
    for (long extent : shape) {
      count = Math.toIntExact(count * extent);
    }
    return Tensors.floats(shape, RandomWeights.normal(count));
  }

  @TearDown
  public void close() {
    kernels.close();
  }

  @Benchmark
  public Tensor product8() {
    return kernels.product(few);
  }

  @Benchmark
  public Tensor product128() {
    return kernels.product(many);
  }

  @Benchmark
  public Tensor attention32() {
    return kernels.attention32(narrow);
  }

  @Benchmark
  public Tensor attention64() {
    return kernels.attention64(wide);
  }

  @Benchmark
  public Tensor layerNorm() {
    return kernels.layerNorm(norms);
  }

  @Benchmark
  public Tensor gelu() {
    return kernels.activation(activations);
  }
}
