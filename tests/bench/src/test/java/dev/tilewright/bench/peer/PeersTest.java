package dev.tilewright.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tilewright.bench.model.RandomWeights;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.Weights;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is compared computes the same. */
class PeersTest {
  @ParameterizedTest
  @ValueSource(strings = {"2x9", "mixed8"})
  void pyTorchComputesTheSameVectors(String name) throws IOException {
    Batch batch = Cases.parse(name);
    try (PyTorch torch = PyTorch.miniLm(Precision.FP32, 1);
        Compiled compiled = Compiled.miniLm(Precision.FP32, LoadOptions.defaults())) {
      torch.prepare(batch);
      compiled.prepare(batch);
      assertThat(torch.vectors()).containsExactly(compiled.vectors(), within(2e-6f));
    }
  }

  @Test
  void pyTorchComputesTheSameGatedEncoder() throws IOException {
    Batch batch = new Batch("1x5", new int[][] {{1, 20, 300, 4, 999}});
    Weights weights = RandomWeights.gatedEncoder();
    try (PyTorch torch = PyTorch.gated(weights, Precision.FP32, 1);
        Compiled compiled = Compiled.gated(weights, Precision.FP32, LoadOptions.defaults())) {
      torch.prepare(batch);
      compiled.prepare(batch);
      assertThat(torch.vectors()).containsExactly(compiled.vectors(), within(1e-4f));
    }
  }
}
