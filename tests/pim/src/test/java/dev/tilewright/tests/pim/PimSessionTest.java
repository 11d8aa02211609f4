package dev.tilewright.tests.pim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.Tensor;
import dev.tilewright.runtime.Device;
import dev.tilewright.runtime.DeviceException;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.Session;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions whose states lie in the banks. */
class PimSessionTest {
  private static final LoadOptions PIM = LoadOptions.defaults().withDevice(Device.pim("pim-gpt"));

  /** A session, and the words that it remembers. */
  private record Branch(Session<SmallLlama> session, List<Integer> words) {
    float[] read(int... ids) {
      for (int id : ids) {
        words.add(id);
      }
      Tensor logits = session.model().next(Tensors.of(new int[][] {ids}));
      return HostTensor.of(logits).toFloats();
    }
  }

  /**
   * However sessions read on, fork, forget and close, one gives the bits of a new session that
   * reads what it remembers in one piece.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void branchesAreTexts(long seed) {
    Random random = new Random(seed);
    try (SmallLlama model = Tilewright.load(SmallLlama.class, RandomWeights.llama(), PIM)) {
      List<Branch> branches = new ArrayList<>();
      branches.add(new Branch(Session.open(model), new ArrayList<>()));
      branches.getFirst().read(ids(random, 3));
      for (int step = 0; step < 12; step++) {
        Branch at = branches.get(random.nextInt(branches.size()));
        switch (random.nextInt(4)) {
          case 0 -> branches.add(new Branch(at.session().fork(), new ArrayList<>(at.words())));
          case 1 -> {
            int left = 1 + random.nextInt(at.words().size());
            at.session().truncate(left);
            at.words().subList(left, at.words().size()).clear();
          }
          case 2 -> {
            if (branches.size() > 2) {
              at.session().close();
              branches.remove(at);
            }
          }
          default -> at.read(ids(random, 1 + random.nextInt(3)));
        }
      }
      for (Branch branch : branches) {
        assertThat(branch.session().length()).isEqualTo(branch.words().size());
        float[] found = branch.read(7);
        try (Session<SmallLlama> fresh = Session.open(model)) {
          int[] words = branch.words().stream().mapToInt(Integer::intValue).toArray();
          assertThat(found).containsExactly(new Branch(fresh, new ArrayList<>()).read(words));
        }
        branch.session().close();
      }
    }
  }

  private static int[] ids(Random random, int count) {
    return random.ints(count, 0, SmallLlama.WORDS).toArray();
  }

  @Test
  void raggedEntriesAreLeftOutAndSayIt() {
    RandomWeights weights = new RandomWeights().linear("score", 16, 16, true);
    try (Scores model = Tilewright.load(Scores.class, weights.weights(), PIM)) {
      Tensor x = Tensors.floats(new long[] {1, 2, 16}, new float[32]);
      assertThat(HostTensor.of(model.one(x)).toFloats()).hasSize(32);
      assertThatThrownBy(() -> model.several(x))
          .isInstanceOf(DeviceException.class)
          .hasMessage(
              "Scores.several takes ragged batches, and a device one sequence at a time: call an"
                  + " entry without @Ragged");
    }
  }

  @Test
  void sessionsAreNotSaved() {
    try (SmallLlama model = Tilewright.load(SmallLlama.class, RandomWeights.llama(), PIM);
        Session<SmallLlama> session = Session.open(model)) {
      assertThatThrownBy(() -> session.save(new ByteArrayOutputStream()))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessage("SmallLlama runs on a device, whose sessions are neither saved nor restored");
      assertThatThrownBy(() -> session.restore(new ByteArrayInputStream(new byte[8])))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("neither saved nor restored");
    }
  }
}
